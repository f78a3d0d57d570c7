/** The cache: a replication group with one node group. Never replaced, because its data would be lost. */
import type {
  ElastiCache,
  EngineVersion,
  NewReplicationGroup,
  ReplicationGroup,
} from '../aws/elasticache.ts';
import type { Change, Detail } from '../domain/change.ts';
import { versionProblem } from '../domain/engine-version.ts';
import { asDescription } from '../domain/limits.ts';
import type { Known, Outputs } from '../domain/outputs.ts';
import { ownerOf, ownershipTags, type Owner, type Tags } from '../domain/ownership.ts';
import { isGiven, type ReplicationGroupSettings, type Settings, type Sourced } from '../domain/settings.ts';
import type { Resource, Step } from '../engine/resource.ts';
import type { Probe } from '../engine/wait.ts';
import { WizardError } from '../errors.ts';
import { createLabelled, isUntaggedOurs, LATE_TAGS, tagLate } from './late-tags.ts';
import { foreign } from './ownership.ts';
import {
  blockedOf,
  isVersion,
  modificationsOf,
  type LivingCache,
  type Modification,
} from './replication-group-changes.ts';

type Out = Outputs['cache'];

const POLL_MS = 10_000;
/** Creates took 9 to 31 minutes in Terraform's acceptance tests; its own time-out is an hour. */
const CREATE_TIMEOUT_MS = 60 * 60_000;
/** A group just created, or just changed, may not be there in the reads of the next moments. */
const STALE_MS = 60_000;

export function replicationGroup(
  cache: ReplicationGroupSettings,
  settings: Settings,
  elasticache: ElastiCache,
): Resource<'cache'> {
  const { name } = cache;
  const tags: Tags = { ...settings.tags, ...ownershipTags(settings.project, name) };

  async function readLiving(group: ReplicationGroup): Promise<LivingCache> {
    return { group, members: await elasticache.describeCacheClusters(group.memberClusters) };
  }

  /** Undefined while AWS does not show the tags: the owner is not known yet. */
  async function readOwner(group: ReplicationGroup): Promise<{ owner: Owner; tags: Tags } | undefined> {
    const tags = await elasticache.readTags(group.arn);
    return typeof tags === 'string' ? undefined : { owner: ownerOf(tags, settings.project, name), tags };
  }

  /** The last thing that AWS has to say about it, for a failure's sentence. */
  async function lastEvent(): Promise<string> {
    const events = await elasticache.describeEvents('replication-group', name);
    return events.at(-1)?.message ?? 'AWS gives no reason';
  }

  const failedToCreate = (reason: string): { reason: string; hint: string } => ({
    reason: `${name} failed to create: ${reason}`,
    hint: `It holds the name until it is gone: aws elasticache delete-replication-group --replication-group-id ${name}. Then run the same command again.`,
  });

  async function planExisting(group: ReplicationGroup, known: Known): Promise<Change<Out>> {
    if (group.status === 'create-failed') return { action: 'blocked', ...failedToCreate(await lastEvent()) };
    if (group.status === 'deleting') {
      return {
        action: 'blocked',
        reason: `${name} is being deleted`,
        hint: 'Run the same command again when it is gone, in some minutes.',
      };
    }
    const owned = await readOwner(group);
    if (owned && owned.owner !== 'ours') {
      if (isUntaggedOurs(group, owned.tags, settings.project))
        return { action: 'update', details: [LATE_TAGS] };
      return foreign(`The replication group ${name}`, owned.owner, owned.tags, '--cache-name');
    }
    const living = await readLiving(group);
    const outputs = outputsOf(group);
    // A snapshot hides the tags for some minutes each night; the network that only we would give it proves it then.
    if (!owned && !isInOurNetwork(living, known)) {
      const details = [{ field: 'status', from: group.status, to: 'available' }];
      return { action: 'update', details, ...(outputs ? { outputs } : {}) };
    }
    const blocked = blockedOf(cache, living, cache.subnetGroupName);
    if (blocked) return { action: 'blocked', ...blocked };
    await requireOffered(living);
    const details = modificationsOf(cache, living, groupIdOf(known)).flatMap((modification) => [
      ...modification.details,
    ]);
    if (details.length === 0 && outputs) return { action: 'none', outputs };
    if (group.status !== 'available' || !outputs) {
      details.unshift({ field: 'status', from: group.status, to: 'available' });
    }
    return outputs ? { action: 'update', details, outputs } : { action: 'update', details };
  }

  function isInOurNetwork({ members }: LivingCache, known: Known): boolean {
    const groupId = groupIdOf(known);
    return (
      groupId !== undefined &&
      members.length > 0 &&
      members.every(
        ({ securityGroupIds, cacheSubnetGroupName }) =>
          securityGroupIds.includes(groupId) && cacheSubnetGroupName === cache.subnetGroupName,
      )
    );
  }

  async function planNew(): Promise<Change<Out>> {
    const standalone = await elasticache.readCacheCluster(name);
    if (standalone) return foreign(`A cache cluster named ${name}`, 'somebody else', {}, '--cache-name');
    const wrong = versionProblem(cache.engine.value, cache.engineVersion.value);
    if (wrong) throw new WizardError('InvalidInput', wrong.problem, { hint: wrong.fix });
    const { engineVersion, cacheParameterGroupFamily, assumed } = await readVersion(
      cache.engine.value,
      cache.engineVersion.value,
    );
    if (cache.multiAz.value && cache.replicas.value < 1) {
      return {
        action: 'blocked',
        reason: 'Multi-AZ needs a replica to fail over to',
        hint: 'Add --replicas 1.',
      };
    }
    const guess = {
      field: 'parameter group',
      to: `default.${cacheParameterGroupFamily}, assumed: this endpoint lists no versions of ${cache.engine.value}, of which ${engineVersion}.x is known`,
    };
    return { action: 'create', details: [...creationDetails(cache), ...(assumed ? [guess] : [])] };
  }

  /** The version as AWS offers it, for its family. */
  async function readVersion(engine: string, wanted: string): Promise<EngineVersion> {
    const versions = await elasticache.describeEngineVersions(engine);
    const match = versions.find(({ engineVersion, assumed }) =>
      assumed ? isVersion(wanted, engineVersion) : isVersion(engineVersion, wanted),
    );
    if (match) return match;
    const offered = versions.map(({ engineVersion, assumed }) => `${engineVersion}${assumed ? '.x' : ''}`);
    throw new WizardError('InvalidInput', `${engine} ${wanted} is not offered here`, {
      hint: `Choose --engine-version from: ${offered.join(', ')}.`,
    });
  }

  /** Else AWS would refuse it in the middle of the run. */
  async function requireOffered({ group, members }: LivingCache): Promise<void> {
    const { value: wanted } = cache.engineVersion;
    const [member] = members;
    if (!isGiven(cache.engineVersion) || !member || isVersion(member.engineVersion, wanted)) return;
    await readVersion(group.engine, wanted);
  }

  async function create(known: Known): Promise<void> {
    // An answer of 'exists' is our own create whose answer was lost, or somebody else's: its tags tell, once they can be read.
    const group = {
      ...creation(cache, await readVersion(cache.engine.value, cache.engineVersion.value)),
      cacheSubnetGroupName: known.need('cacheSubnetGroup', cache.subnetGroupName).cacheSubnetGroupName,
      securityGroupIds: [known.need('securityGroup', cache.securityGroupName).groupId],
    };
    await createLabelled(
      (labels) => elasticache.createReplicationGroup({ ...group, ...labels }),
      { description: group.description, tags },
      settings.project,
    );
  }

  /** Waits until it is available and, at last, known to be ours; then `done` says whether it is as wanted. */
  function available(step: Step, done: (living: LivingCache) => boolean): Promise<LivingCache> {
    let seenAt = step.now();
    const probe = async (): Promise<Probe<LivingCache>> => {
      const group = await elasticache.readReplicationGroup(name);
      if (!group) {
        if (step.now() - seenAt < STALE_MS) return { state: 'pending', detail: 'not visible yet' };
        return failed(
          new WizardError('OperationFailed', `${name} is gone while it was being waited for`, {
            hint: 'Somebody has deleted it. Run the same command again to make it anew.',
          }),
        );
      }
      seenAt = step.now();
      if (group.status === 'create-failed') {
        const { reason, hint } = failedToCreate(await lastEvent());
        return failed(new WizardError('OperationFailed', reason, { hint }));
      }
      if (group.status === 'deleting') {
        return failed(new WizardError('OperationFailed', `${name} is being deleted by somebody else`));
      }
      if (group.status !== 'available') return { state: 'pending', detail: group.status };
      const owned = await readOwner(group);
      if (!owned) return { state: 'pending', detail: group.status };
      if (isUntaggedOurs(group, owned.tags, settings.project)) {
        await tagLate(elasticache, `The replication group ${name}`, group.arn, tags);
        return { state: 'pending', detail: 'being tagged' };
      }
      if (owned.owner !== 'ours') {
        const { reason, hint } = foreign(
          `The replication group ${name}`,
          owned.owner,
          owned.tags,
          '--cache-name',
        );
        return failed(new WizardError('NotOurs', reason, { hint }));
      }
      const living = await readLiving(group);
      return done(living)
        ? { state: 'ready', value: living }
        : { state: 'pending', detail: 'available, not yet changed' };
    };
    return step.wait({
      what: `${name} to become available`,
      everyMs: POLL_MS,
      timeoutMs: CREATE_TIMEOUT_MS,
      probe,
    });
  }

  /** Brings a living group to what was asked, one call at a time. */
  async function sync(living: LivingCache, securityGroupId: string, step: Step): Promise<LivingCache> {
    const needless = new Set<string>();
    const pending = (seen: LivingCache): Modification[] =>
      modificationsOf(cache, seen, securityGroupId).filter((each) => !needless.has(fieldsOf(each)));
    let now = living;
    for (;;) {
      const blocked = blockedOf(cache, now, cache.subnetGroupName);
      if (blocked) throw new WizardError('Blocked', blocked.reason, { hint: blocked.hint });
      const [next, ...later] = pending(now);
      if (!next) return now;
      const fields = fieldsOf(next);
      step.progress(`changing ${fields}`);
      const answer = await apply(next);
      if (answer === 'unchanged') {
        // No state will ever tell that it is done, so there is nothing to wait for.
        needless.add(fields);
        step.warn(
          'cache.unchanged',
          `AWS sees nothing to change in ${name} (${fields}), so this was passed over`,
        );
      } else if (answer === 'busy') {
        now = await available(step, () => true);
      } else {
        // A read right after a change may still say `available` with the old values: only the new ones count.
        now = await available(step, (seen) => pending(seen).length <= later.length);
      }
    }
  }

  /** 'busy': with something else. 'unchanged': AWS has it so already. */
  function apply(modification: Modification): Promise<'modified' | 'unchanged' | 'busy'> {
    return modification.call === 'modify'
      ? elasticache.modifyReplicationGroup(name, modification.change)
      : elasticache.setReplicaCount(name, modification.direction, modification.replicas);
  }

  const groupIdOf = (known: Known): string | undefined =>
    known.get('securityGroup', cache.securityGroupName)?.groupId;

  return {
    kind: 'cache',
    name,
    needs: [
      { kind: 'securityGroup', name: cache.securityGroupName },
      { kind: 'cacheSubnetGroup', name: cache.subnetGroupName },
    ],
    usualMs: 8 * 60_000,

    async plan(known) {
      const group = await elasticache.readReplicationGroup(name);
      return group ? planExisting(group, known) : planNew();
    },

    async reconcile(known, step) {
      if (!(await elasticache.readReplicationGroup(name))) await create(known);
      const ready = await available(step, ({ group }) => group.endpoint !== undefined);
      const { group } = await sync(ready, known.need('securityGroup', cache.securityGroupName).groupId, step);
      const outputs = outputsOf(group);
      if (!outputs)
        throw new WizardError('OperationFailed', `${name} is available but AWS gives no endpoint for it`);
      return outputs;
    },
  };
}

function failed(error: WizardError): Probe<never> {
  return { state: 'failed', error };
}

function outputsOf(group: ReplicationGroup): Out | undefined {
  if (!group.endpoint) return undefined;
  const { address, port } = group.endpoint;
  return { arn: group.arn, endpoint: { address, port, tls: group.transitEncryption } };
}

function fieldsOf({ details }: Modification): string {
  return details.map(({ field }) => field).join(', ');
}

function creation(
  cache: ReplicationGroupSettings,
  { cacheParameterGroupFamily: family }: EngineVersion,
): Omit<NewReplicationGroup, 'cacheSubnetGroupName' | 'securityGroupIds' | 'tags'> {
  return {
    replicationGroupId: cache.name,
    description: asDescription(cache.description.value),
    engine: cache.engine.value,
    engineVersion: cache.engineVersion.value,
    cacheNodeType: cache.cacheNodeType.value,
    nodes: 1 + cache.replicas.value,
    automaticFailover: cache.multiAz.value,
    multiAz: cache.multiAz.value,
    port: cache.port.value,
    // Cluster mode off: AWS advises to name the default group rather than to leave it open.
    cacheParameterGroupName: `default.${family}`,
    transitEncryption: cache.transitEncryption.value,
    atRestEncryption: cache.atRestEncryption.value,
    snapshotRetentionLimit: cache.snapshotRetention.value,
    ...(cache.kmsKeyId ? { kmsKeyId: cache.kmsKeyId.value } : {}),
    ...(cache.snapshotWindow ? { snapshotWindow: cache.snapshotWindow.value } : {}),
    ...(cache.maintenanceWindow ? { maintenanceWindow: cache.maintenanceWindow.value } : {}),
  };
}

function creationDetails(cache: ReplicationGroupSettings): Detail[] {
  const row = (field: string, setting: Sourced<unknown>, to = String(setting.value)): Detail => ({
    field,
    to,
    origin: setting.origin,
  });
  const onOff = (setting: Sourced<boolean>): string => (setting.value ? 'on' : 'off');
  return [
    row('engine', cache.engineVersion, `${cache.engine.value} ${cache.engineVersion.value}`),
    row('node type', cache.cacheNodeType),
    row('replicas', cache.replicas),
    row('Multi-AZ with failover', cache.multiAz, onOff(cache.multiAz)),
    row('port', cache.port),
    row('encryption in transit', cache.transitEncryption, onOff(cache.transitEncryption)),
    row('encryption at rest', cache.atRestEncryption, onOff(cache.atRestEncryption)),
    row('snapshot retention', cache.snapshotRetention, `${cache.snapshotRetention.value} days`),
    ...(cache.maintenanceWindow ? [row('maintenance window', cache.maintenanceWindow)] : []),
    ...(cache.snapshotWindow ? [row('snapshot window', cache.snapshotWindow)] : []),
  ];
}
