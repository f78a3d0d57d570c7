/** A replication group as it is, and the version of its engine that it is to run. */
import type { ElastiCache, EngineVersion, ReplicationGroup } from '../../aws/elasticache.ts';
import { minorProblem, versionProblem } from '../../domain/engine-version.ts';
import type { ReplicationGroupSettings } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import { wantedEngine } from './changes/engine.ts';
import { isVersion, type LivingReplicationGroup } from './changes/modification.ts';

type Reads = Pick<ElastiCache, 'readReplicationGroup' | 'describeCacheClusters' | 'describeEngineVersions'>;

export async function readMembers(
  group: ReplicationGroup,
  elasticache: Reads,
): Promise<LivingReplicationGroup> {
  return { group, members: await elasticache.describeCacheClusters(group.memberClusters) };
}

export async function readLivingReplicationGroup(
  name: string,
  elasticache: Reads,
): Promise<LivingReplicationGroup | undefined> {
  const group = await elasticache.readReplicationGroup(name);
  return group && readMembers(group, elasticache);
}

/** As AWS offers it, for the family of its parameters. Throws where it is not offered. */
export async function readVersion(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup | undefined,
  elasticache: Reads,
): Promise<EngineVersion> {
  if (!living) {
    const wrong = versionProblem(cache.engine.value, cache.engineVersion.value);
    if (wrong) throw new WizardError('InvalidInput', wrong.problem, { hint: wrong.fix });
    return readOffered(cache.engine.value, cache.engineVersion.value, elasticache);
  }
  const wanted = wantedEngine(cache, living);
  const wrong = wanted && minorProblem(wanted.engineVersion);
  if (wrong) throw new WizardError('InvalidInput', wrong.problem, { hint: wrong.fix });
  const { engine, engineVersion } = wanted ?? {
    engine: living.group.engine,
    engineVersion: living.members[0]?.engineVersion ?? cache.engineVersion.value,
  };
  return readOffered(engine, engineVersion, elasticache);
}

/** AWS lists '7.1' in one place and '7.1.0' in another, and both are the same. */
async function readOffered(
  engine: string,
  wanted: string,
  elasticache: Pick<ElastiCache, 'describeEngineVersions'>,
): Promise<EngineVersion> {
  const versions = await elasticache.describeEngineVersions(engine);
  const match = versions.find(
    ({ engineVersion }) => isVersion(engineVersion, wanted) || isVersion(wanted, engineVersion),
  );
  if (match) return match;
  const offered = versions.map(({ engineVersion, assumed }) => `${engineVersion}${assumed ? '.x' : ''}`);
  throw new WizardError('InvalidInput', `${engine} ${wanted} is not offered here`, {
    hint: `Choose --engine-version from: ${offered.join(', ')}.`,
  });
}
