/** The parameters of a cache that are not its family's defaults, in a group of ours; or a group of theirs, as it is. */
import type { Aws } from '../../aws/aws.ts';
import type { CacheParameter, CacheParameterGroup } from '../../aws/elasticache.ts';
import type { Change, Detail } from '../../domain/change.ts';
import { foreign, ownershipTags, PARAMETER_GROUP_TAG } from '../../domain/ownership.ts';
import { parameterProblem } from '../../domain/parameters.ts';
import {
  given,
  isGiven,
  sourceOf,
  type ReplicationGroupSettings,
  type Settings,
} from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { readAnchor } from '../ownership/anchor.ts';
import { keepsParameterGroup } from './changes/engine.ts';
import type { LivingReplicationGroup } from './changes/modification.ts';
import { ensureLabelled, isUntaggedOurs, LATE_TAGS } from '../ownership/late-tags.ts';
import { readOwnerNow } from '../ownership/owner.ts';
import { planExistingParameterGroup, type ParameterGroupNeeds } from './existing-parameter-group.ts';
import { readLivingReplicationGroup, readVersion } from './living-replication-group.ts';

type Out = { readonly cacheParameterGroupName: string };

/** Undefined: the default group of its family will do. */
export function parameterGroupOf(cache: ReplicationGroupSettings): string | undefined {
  if (cache.existingParameterGroup) return cache.existingParameterGroup.value;
  // One of ours could not be taken off again; a rule of the inputs refuses parameters that are given.
  if (cache.adopt) return undefined;
  return Object.keys(cache.parameters).length > 0 ? cache.parameterGroupName : undefined;
}

/** What the cache is to be, as far as its parameters depend on it. */
interface Wanted extends ParameterGroupNeeds {
  readonly living: LivingReplicationGroup | undefined;
  /** What the group of ours that a living cache uses has set: parameters that nobody gave never change that. */
  readonly present: ReadonlyMap<string, string | undefined> | undefined;
}

export function cacheParameterGroup(
  cache: ReplicationGroupSettings,
  settings: Settings,
  name: string,
  { ec2, elasticache }: Pick<Aws, 'ec2' | 'elasticache'>,
): Resource<'cacheParameterGroup'> {
  async function readWanted(): Promise<Wanted> {
    const living = await readLivingReplicationGroup(cache.name, elasticache);
    const version = await readVersion(cache, living, elasticache);
    const mode = living ? (given(cache.clusterMode) ?? living.group.clusterMode) : cache.clusterMode.value;
    return {
      family: version.cacheParameterGroupFamily,
      clustered: mode !== 'disabled',
      living,
      present: living && (await readPresent(living)),
    };
  }

  async function readPresent({ members }: LivingReplicationGroup): Promise<Wanted['present']> {
    const inUse = members[0]?.cacheParameterGroupName;
    const isDerived = Object.values(cache.parameters).some((setting) => !isGiven(setting));
    return isDerived && inUse?.startsWith(name) === true ? readOwn(inUse) : new Map();
  }

  /** Those that are not the family's defaults. */
  async function readOwn(groupName: string): Promise<Map<string, string | undefined>> {
    const own = await elasticache.describeCacheParameters(groupName, 'user');
    return new Map(own.map((parameter) => [parameter.name, parameter.value]));
  }

  const parametersFor = ({ clustered, present }: Wanted): Readonly<Record<string, string>> => ({
    ...Object.fromEntries(
      Object.entries(cache.parameters)
        .filter(([name, setting]) => isGiven(setting) || !present || present.get(name) === setting.value)
        .map(([name, { value }]) => [name, value]),
    ),
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

  async function differing(groupName: string, wanted: Wanted): Promise<Readonly<Record<string, string>>> {
    const values = await readOwn(groupName);
    return Object.fromEntries(
      Object.entries(parametersFor(wanted)).filter(([parameter, value]) => values.get(parameter) !== value),
    );
  }

  /** Throws what AWS would refuse in the middle of the run. */
  async function readKnown({ family }: Wanted): Promise<readonly CacheParameter[]> {
    const known = await elasticache.describeEngineDefaultParameters(family);
    if (!known) return [];
    for (const [parameter, { value }] of Object.entries(cache.parameters)) {
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
      const to = late ? `${value}, which nodes take when they start` : value;
      return { field, to, origin: sourceOf(cache.parameters[field] ?? cache.clusterMode) };
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
    const { owner, tags } = await readOwnerNow(group, settings.project, groupName, elasticache);
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

  async function ensure(groupName: string, found: CacheParameterGroup | undefined, { family }: Wanted) {
    await ensureLabelled(
      found,
      {
        noun: 'cache parameter group',
        name: groupName,
        project: settings.project,
        labels: {
          description: `Parameters of ${cache.name}`,
          tags: { ...settings.tags, ...ownershipTags(settings.project, groupName) },
        },
        read: () => elasticache.readCacheParameterGroup(groupName),
        create: (labels) => elasticache.createCacheParameterGroup({ name: groupName, family, ...labels }),
      },
      elasticache,
    );
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

    plan: () =>
      cache.existingParameterGroup ? planExistingParameterGroup(name, readWanted, elasticache) : planOurs(),

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
