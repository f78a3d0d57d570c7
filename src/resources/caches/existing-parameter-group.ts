/** A cache parameter group of theirs: looked at whether it goes with the cache, and nothing more. */
import type { ElastiCache } from '../../aws/elasticache.ts';
import type { Change } from '../../domain/change.ts';
import type { Outputs } from '../../domain/outputs.ts';

/** What the cache is to be. */
export interface ParameterGroupNeeds {
  readonly family: string;
  readonly clustered: boolean;
}

export async function planExistingParameterGroup(
  name: string,
  readNeeds: () => Promise<ParameterGroupNeeds>,
  elasticache: Pick<ElastiCache, 'readCacheParameterGroup' | 'describeCacheParameters'>,
): Promise<Change<Outputs['cacheParameterGroup']>> {
  const group = await elasticache.readCacheParameterGroup(name);
  if (!group) {
    return {
      action: 'blocked',
      reason: `There is no cache parameter group ${name}`,
      hint: '--parameter-group names one that exists; --parameter makes one.',
    };
  }
  const { family, clustered } = await readNeeds();
  if (group.family !== family) {
    return {
      action: 'blocked',
      reason: `The cache parameter group ${name} is of the family ${group.family}, and the cache takes ${family}`,
      hint: `Name a group of the family ${family}, or leave --parameter-group out.`,
    };
  }
  const own = await elasticache.describeCacheParameters(name, 'user');
  const isForClusters =
    name.endsWith('.cluster.on') ||
    own.some((each) => each.name === 'cluster-enabled' && each.value === 'yes');
  if (isForClusters !== clustered) {
    return {
      action: 'blocked',
      reason: `The cache parameter group ${name} has cluster-enabled=${isForClusters ? 'yes' : 'no'}, and cluster mode is ${clustered ? 'wanted' : 'not'}`,
      hint: `Name a group that goes with it, or leave --parameter-group out.`,
    };
  }
  return { action: 'none', outputs: { cacheParameterGroupName: name }, note: 'is yours: used as it is' };
}
