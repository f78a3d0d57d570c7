/** The parameters of a cache that are not its family's defaults, in a group of ours; or a group of theirs, as it is. */
import type { Aws } from '../../aws/aws.ts';
import type { CacheParameter, CacheParameterGroup } from '../../aws/elasticache.ts';
import type { Change, Detail } from '../../domain/change.ts';
import { ownerOf, ownershipTags, PARAMETER_GROUP_TAG } from '../../domain/ownership.ts';
import { parameterProblem } from '../../domain/parameters.ts';
import type { ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { readAnchor } from '../ownership/anchor.ts';
import { keepsParameterGroup } from './changes/engine.ts';
import { given, type LivingCache } from './changes/modification.ts';
import { createLabelled, isUntaggedOurs, LATE_TAGS, tagLate } from '../ownership/late-tags.ts';
import { readLivingCache, readVersion } from './living-cache.ts';
import { foreign } from '../ownership/ownership.ts';

type Out = { readonly cacheParameterGroupName: string };

/** Undefined: the default group of its family will do. */
export function parameterGroupOf(cache: ReplicationGroupSettings): string | undefined {
  if (cache.existingParameterGroup) return cache.existingParameterGroup.value;
  // One of ours could not be taken off again; a rule of the inputs refuses parameters that are given.
  if (cache.adopt) return undefined;
  return Object.keys(cache.parameters.value).length > 0 ? cache.parameterGroupName : undefined;
}

/** What the cache is to be, as far as its parameters depend on it. */
interface Wanted {
  readonly family: string;
  readonly clustered: boolean;
  readonly living: LivingCache | undefined;
}

export function cacheParameterGroup(
  cache: ReplicationGroupSettings,
  settings: Settings,
  name: string,
  { ec2, elasticache }: Pick<Aws, 'ec2' | 'elasticache'>,
): Resource<'cacheParameterGroup'> {
  const tagsOf = (groupName: string) => ({
    ...settings.tags,
    ...ownershipTags(settings.project, groupName),
  });

  async function readWanted(): Promise<Wanted> {
    const living = await readLivingCache(cache.name, elasticache);
    const version = await readVersion(cache, living, elasticache);
    const mode = living ? (given(cache.clusterMode) ?? living.group.clusterMode) : cache.clusterMode.value;
    return { family: version.cacheParameterGroupFamily, clustered: mode !== 'disabled', living };
  }

  const parametersFor = ({ clustered }: Wanted): Readonly<Record<string, string>> => ({
    ...cache.parameters.value,
    // A group for cluster mode has to say so itself (user guide, "Configuring engine parameters").
    ...(clustered ? { 'cluster-enabled': 'yes' } : {}),
  });

  /** A group keeps its family for life, and its cluster mode while a cache uses it: then a second one takes its place. */
  async function choose(wanted: Wanted): Promise<{ name: string; group: CacheParameterGroup | undefined }> {
    const { family, clustered, living } = wanted;
    const inUse = living?.members[0]?.cacheParameterGroupName;
    const changesMode = clustered && living?.group.clusterMode === 'disabled';
    for (const candidate of [name, `${name}-${family}${clustered ? '-cluster' : ''}`]) {
      const group = await elasticache.readCacheParameterGroup(candidate);
      const fits = group?.family === family && !(changesMode && candidate === inUse);
      if (!group || fits) return { name: candidate, group };
    }
    throw new WizardError('Blocked', `The cache parameter group ${name}-${family} is of another family`, {
      hint: 'Delete it, or name a group of your own with --parameter-group.',
    });
  }

  async function readOwner(group: CacheParameterGroup) {
    const tags = await elasticache.readTags(group.arn);
    return typeof tags === 'string'
      ? { owner: 'somebody else' as const, tags: {} }
      : { owner: ownerOf(tags, settings.project, group.cacheParameterGroupName), tags };
  }

  async function differing(groupName: string, wanted: Wanted): Promise<Readonly<Record<string, string>>> {
    const now = await elasticache.describeCacheParameters(groupName, 'user');
    const values = new Map(now.map((parameter) => [parameter.name, parameter.value]));
    return Object.fromEntries(
      Object.entries(parametersFor(wanted)).filter(([parameter, value]) => values.get(parameter) !== value),
    );
  }

  /** Throws what AWS would refuse in the middle of the run. */
  async function readKnown({ family }: Wanted): Promise<readonly CacheParameter[]> {
    const known = await elasticache.describeEngineDefaultParameters(family);
    if (!known) return [];
    for (const [parameter, value] of Object.entries(cache.parameters.value)) {
      const wrong = parameterProblem(parameter, value, known, family);
      if (wrong) throw new WizardError('InvalidInput', `--parameter ${wrong.problem}`, { hint: wrong.fix });
    }
    return known;
  }

  function detailsOf(
    changes: Readonly<Record<string, string>>,
    known: readonly CacheParameter[],
    { living }: Wanted,
  ): Detail[] {
    return Object.entries(changes).map(([field, value]) => {
      const late = living && known.find((each) => each.name === field)?.needsReboot;
      return {
        field,
        to: late ? `${value}, which nodes take when they start` : value,
        origin: cache.parameters.origin,
      };
    });
  }

  async function planOurs(): Promise<Change<Out>> {
    const wanted = await readWanted();
    const { living } = wanted;
    const inUse = living?.members[0]?.cacheParameterGroupName;
    if (living && inUse !== undefined && keepsParameterGroup(cache, living)) {
      const note = `${cache.name} keeps ${inUse}: parameters that are derived are those of new caches`;
      return { action: 'none', outputs: { cacheParameterGroupName: inUse }, note };
    }
    const known = await readKnown(wanted);
    const { name: groupName, group } = await choose(wanted);
    if (!group) {
      const family = { field: 'family', to: wanted.family };
      return { action: 'create', details: [family, ...detailsOf(parametersFor(wanted), known, wanted)] };
    }
    const { owner, tags } = await readOwner(group);
    const untagged = isUntaggedOurs(group, tags, settings.project);
    if (owner !== 'ours' && !untagged)
      return foreign(`The cache parameter group ${groupName}`, owner, tags, '--cache-name');
    const outputs = { cacheParameterGroupName: groupName };
    const details = [
      ...(untagged ? [LATE_TAGS] : []),
      ...detailsOf(await differing(groupName, wanted), known, wanted),
    ];
    return details.length > 0 ? { action: 'update', details, outputs } : { action: 'none', outputs };
  }

  async function planTheirs(): Promise<Change<Out>> {
    const group = await elasticache.readCacheParameterGroup(name);
    if (!group) {
      return {
        action: 'blocked',
        reason: `There is no cache parameter group ${name}`,
        hint: '--parameter-group names one that exists; --parameter makes one.',
      };
    }
    const { family, clustered } = await readWanted();
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
    return {
      action: 'none',
      outputs: { cacheParameterGroupName: name },
      note: 'is yours: used as it is',
    };
  }

  async function ensure(groupName: string, found: CacheParameterGroup | undefined, { family }: Wanted) {
    const tags = tagsOf(groupName);
    if (!found) {
      const made = await createLabelled(
        (labels) => elasticache.createCacheParameterGroup({ name: groupName, family, ...labels }),
        { description: `Parameters of ${cache.name}`, tags },
        settings.project,
      );
      if (made === 'created') return;
    }
    const group = found ?? (await elasticache.readCacheParameterGroup(groupName));
    const owned = group && (await readOwner(group));
    if (group && owned && isUntaggedOurs(group, owned.tags, settings.project)) {
      await tagLate(elasticache, `The cache parameter group ${groupName}`, group.arn, tags);
    } else if (owned?.owner !== 'ours') {
      throw new WizardError(
        'NotOurs',
        `Creating the cache parameter group ${groupName}: somebody else has just made one of that name`,
        { hint: 'Run the same command again to see whose it is.' },
      );
    }
  }

  /** Only what differs is sent, until nothing does. */
  function sync(groupName: string, wanted: Wanted, step: Step): Promise<undefined> {
    return step.wait<undefined>({
      what: `the parameters of ${groupName}`,
      everyMs: 5_000,
      timeoutMs: 10 * 60_000,
      probe: async () => {
        const changes = await differing(groupName, wanted);
        if (Object.keys(changes).length === 0) return { state: 'ready', value: undefined };
        const answer = await elasticache.modifyCacheParameterGroup(groupName, changes);
        return { state: 'pending', detail: answer === 'busy' ? 'being changed' : 'not yet changed' };
      },
    });
  }

  return {
    kind: 'cacheParameterGroup',
    name,
    needs: [{ kind: 'securityGroup', name: cache.securityGroupName }],

    plan: () => (cache.existingParameterGroup ? planTheirs() : planOurs()),

    async reconcile(known, step) {
      const wanted = await readWanted();
      const { name: groupName, group } = await choose(wanted);
      const { groupId } = known.need('securityGroup', cache.securityGroupName);
      const noted = (await readAnchor(ec2, groupId))[PARAMETER_GROUP_TAG];
      if (noted !== name) await ec2.createTags(groupId, { [PARAMETER_GROUP_TAG]: name });
      await ensure(groupName, group, wanted);
      await sync(groupName, wanted, step);
      return { cacheParameterGroupName: groupName };
    },
  };
}
