/** The cache: a replication group, in cluster mode or not. Never replaced, because its data would be lost. */
import type { Aws } from '../aws/aws.ts';
import type { EngineVersion, ReplicationGroup } from '../aws/elasticache.ts';
import { userGroupIdOf } from '../domain/access.ts';
import type { AppNetwork } from '../domain/app.ts';
import type { Change } from '../domain/change.ts';
import { suggestion } from '../domain/nearest.ts';
import type { Known, Outputs, Ref } from '../domain/outputs.ts';
import { ownerOf, ownershipTags, type Owner, type Tags } from '../domain/ownership.ts';
import type { ReplicationGroupSettings, Settings } from '../domain/settings.ts';
import type { Resource, Step } from '../engine/resource.ts';
import type { Probe } from '../engine/wait.ts';
import { WizardError } from '../errors.ts';
import { ADOPTED_NOTE, networkObstacle, noteAdopted, nothingToAdopt } from './adoption.ts';
import { parameterGroupOf } from './cache-parameter-group.ts';
import { acceptsPlaintext, PLAINTEXT_NOTE } from './changes/encryption.ts';
import { wantedEngine } from './changes/engine.ts';
import {
  given,
  type Blocked,
  type LivingCache,
  type Modification,
  type Surroundings,
} from './changes/modification.ts';
import { createLabelled, isUntaggedOurs, LATE_TAGS, tagLate } from './late-tags.ts';
import { readMembers, readVersion } from './living-cache.ts';
import { foreign } from './ownership.ts';
import { blockedOf, changesAddress, modificationsOf, pendingDetails } from './replication-group-changes.ts';
import { CLIENTS, creation, creationDetails, creationObstacle } from './replication-group-creation.ts';
import { planStandalone, reconcileStandalone } from './standalone-cache.ts';

type Out = Outputs['cache'];

const POLL_MS = 10_000;
/** Creates took 9 to 31 minutes in Terraform's acceptance tests; its own time-out is an hour. */
const CREATE_TIMEOUT_MS = 60 * 60_000;
/** A group just created, or just changed, may not be there in the reads of the next moments. */
const STALE_MS = 60_000;

export interface ReplicationGroupOptions {
  readonly cache: ReplicationGroupSettings;
  readonly settings: Settings;
  /** Of the apps that use it. */
  readonly network: Pick<AppNetwork, 'vpcId'>;
  readonly aws: Pick<Aws, 'ec2' | 'elasticache'>;
  /** Of a cache that is made with one. */
  readonly readToken?: (() => Promise<string>) | undefined;
}

export function replicationGroup(options: ReplicationGroupOptions): Resource<'cache'> {
  const { cache, settings, network, aws, readToken } = options;
  const { elasticache } = aws;
  const { name } = cache;
  const tags: Tags = { ...settings.tags, ...ownershipTags(settings.project, name) };
  const parameterGroup = parameterGroupOf(cache);
  const withUsers = cache.auth.value === 'rbac';

  /** Undefined while AWS does not show the tags: the owner is not known yet. */
  async function readOwner(group: ReplicationGroup): Promise<{ owner: Owner; tags: Tags } | undefined> {
    const tags = await elasticache.readTags(group.arn);
    return typeof tags === 'string' ? undefined : { owner: ownerOf(tags, settings.project, name), tags };
  }

  function surroundingsOf(known: Known): Surroundings {
    const made = parameterGroup && known.get('cacheParameterGroup', parameterGroup);
    return {
      securityGroupId: known.get('securityGroup', cache.securityGroupName)?.groupId,
      cacheParameterGroupName: made ? made.cacheParameterGroupName : parameterGroup,
      subnetGroupName: cache.adopt ? undefined : cache.subnetGroupName,
    };
  }

  /** The last thing that AWS has to say about it, for a failure's sentence. */
  async function lastEvent(): Promise<string> {
    const events = await elasticache.describeEvents('replication-group', name);
    return events.at(-1)?.message ?? 'AWS gives no reason';
  }

  const failedToCreate = (reason: string): Blocked => ({
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
    const isOurs = owned?.owner === 'ours';
    if (owned && !isOurs) {
      if (isUntaggedOurs(group, owned.tags, settings.project))
        return { action: 'update', details: [LATE_TAGS] };
      if (!cache.adopt) return foreignGroup(owned.owner, owned.tags);
    }
    const living = await readMembers(group, elasticache);
    const outputs = outputsOf(group);
    const surroundings = surroundingsOf(known);
    // A snapshot hides the tags for some minutes each night; the network that only we would give it proves it then.
    if (!owned && !cache.adopt && !isInOurNetwork(living, surroundings)) {
      const details = [{ field: 'status', from: group.status, to: 'available' }];
      return { action: 'update', details, ...(outputs ? { outputs } : {}) };
    }
    const blocked = await obstacleOf(living, surroundings, cache.adopt && !isOurs);
    if (blocked) return { action: 'blocked', ...blocked };
    const modifications = modificationsOf(cache, living, surroundings);
    const details = modifications.flatMap((modification) => [...modification.details]);
    const notes = notesOf(living, cache.adopt && !isOurs);
    if (details.length === 0 && outputs) {
      const waiting = pendingDetails(living).map(({ field, to }) => `${to} ${field}`);
      const note = [...notes, ...waiting].join('; ');
      return { action: 'none', outputs, ...(note === '' ? {} : { note }) };
    }
    // "ApplyImmediately: the modifications in this request and any pending modifications" (API reference).
    const atOnce = pendingDetails(living).map((each) => ({
      ...each,
      to: `${each.to}, now done with the rest`,
    }));
    const status =
      group.status === 'available' && outputs
        ? []
        : [{ field: 'status', from: group.status, to: 'available' }];
    const all = [...status, ...details, ...atOnce, ...notes.map((to) => ({ field: 'note', to }))];
    const lasts = outputs && !changesAddress(modifications);
    return lasts ? { action: 'update', details: all, outputs } : { action: 'update', details: all };
  }

  const foreignGroup = (owner: Owner, tags: Tags) => {
    const change = foreign(
      `The replication group ${name}`,
      owner === 'ours' ? 'somebody else' : owner,
      tags,
      '--cache-name',
    );
    return { ...change, hint: `${change.hint} To use this very one: --adopt.` };
  };

  async function obstacleOf(
    living: LivingCache,
    surroundings: Surroundings,
    adopted: boolean,
  ): Promise<Blocked | undefined> {
    const blocked = blockedOf(cache, living, surroundings);
    if (blocked) return blocked;
    // Else AWS would refuse these in the middle of the run.
    if (wantedEngine(cache, living)) await readVersion(cache, living, elasticache);
    return (
      (await nodeTypeObstacle(living)) ??
      (adopted ? networkObstacle(name, living.members[0], network, aws) : undefined)
    );
  }

  async function nodeTypeObstacle({ group }: LivingCache): Promise<Blocked | undefined> {
    const wanted = given(cache.cacheNodeType);
    if (wanted === undefined || wanted === group.cacheNodeType) return undefined;
    const allowed = await elasticache.listAllowedNodeTypes(name);
    if (!allowed || allowed.includes(wanted)) return undefined;
    return {
      reason: `${name} cannot be changed from ${group.cacheNodeType} to ${wanted}`,
      hint: suggestion(wanted, allowed) ?? 'AWS names no node type that it could be changed to.',
    };
  }

  function isInOurNetwork({ members }: LivingCache, { securityGroupId }: Surroundings): boolean {
    return (
      securityGroupId !== undefined &&
      members.length > 0 &&
      members.every(
        ({ securityGroupIds, cacheSubnetGroupName }) =>
          securityGroupIds.includes(securityGroupId) && cacheSubnetGroupName === cache.subnetGroupName,
      )
    );
  }

  async function planNew(known: Known): Promise<Change<Out>> {
    const standalone = await elasticache.readCacheCluster(name);
    if (standalone && cache.adopt) return planStandalone(standalone, cache, known, network, aws);
    if (standalone) return foreign(`A cache cluster named ${name}`, 'somebody else', {}, '--cache-name');
    const obstacle = cache.adopt ? nothingToAdopt(cache) : creationObstacle(cache);
    if (obstacle) return { action: 'blocked', ...obstacle };
    const version = await readVersion(cache, undefined, elasticache);
    const details = [...creationDetails(cache), ...(version.assumed ? [assumption(version)] : [])];
    return { action: 'create', details };
  }

  const assumption = ({ engineVersion, cacheParameterGroupFamily }: EngineVersion) => ({
    field: 'parameter group',
    to: `default.${cacheParameterGroupFamily}, assumed: this endpoint lists no versions of ${cache.engine.value}, of which ${engineVersion}.x is known`,
  });

  async function create(known: Known): Promise<void> {
    const madeGroup = parameterGroup && known.need('cacheParameterGroup', parameterGroup);
    const version = await readVersion(cache, undefined, elasticache);
    const { groupId } = known.need('securityGroup', cache.securityGroupName);
    // An answer of 'exists' is our own create whose answer was lost, or somebody else's: its tags tell, once they can be read.
    const group = {
      ...creation(cache, version, madeGroup ? madeGroup.cacheParameterGroupName : undefined),
      cacheSubnetGroupName: known.need('cacheSubnetGroup', cache.subnetGroupName).cacheSubnetGroupName,
      securityGroupIds: [groupId, ...cache.securityGroupIds],
      ...(readToken ? { authToken: await readToken() } : {}),
      ...(withUsers ? known.need('userGroup', userGroupIdOf(name)) : {}),
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
      const pending = { state: 'pending', detail: statusOf(group) } as const;
      if (group.status !== 'available') return pending;
      const owned = await readOwner(group);
      if (!owned) return pending;
      if (isUntaggedOurs(group, owned.tags, settings.project)) {
        await tagLate(elasticache, `The replication group ${name}`, group.arn, tags);
        return { state: 'pending', detail: 'being tagged' };
      }
      if (owned.owner !== 'ours' && !cache.adopt) {
        const { reason, hint } = foreignGroup(owned.owner, owned.tags);
        return failed(new WizardError('NotOurs', reason, { hint }));
      }
      const living = await readMembers(group, elasticache);
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
  async function sync(living: LivingCache, surroundings: Surroundings, step: Step): Promise<LivingCache> {
    const needless = new Set<string>();
    const pending = (seen: LivingCache): Modification[] =>
      modificationsOf(cache, seen, surroundings).filter((each) => !needless.has(fieldsOf(each)));
    let now = living;
    for (;;) {
      const blocked = blockedOf(cache, now, surroundings);
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
    switch (modification.call) {
      case 'modify':
        return elasticache.modifyReplicationGroup(name, modification.change);
      case 'replicas':
        return elasticache.setReplicaCount(name, modification.direction, modification.replicas);
      case 'shards':
        return elasticache.setShardCount(name, modification.shards, modification.removed);
    }
  }

  const needs: Ref[] = [
    { kind: 'securityGroup', name: cache.securityGroupName },
    ...(cache.adopt ? [] : [{ kind: 'cacheSubnetGroup' as const, name: cache.subnetGroupName }]),
    ...(parameterGroup === undefined ? [] : [{ kind: 'cacheParameterGroup' as const, name: parameterGroup }]),
    ...(readToken ? [{ kind: 'password' as const, name }] : []),
    ...(withUsers ? [{ kind: 'userGroup' as const, name: userGroupIdOf(name) }] : []),
  ];

  return {
    kind: 'cache',
    name,
    needs,
    usualMs: 8 * 60_000,

    async plan(known) {
      const group = await elasticache.readReplicationGroup(name);
      return group ? planExisting(group, known) : planNew(known);
    },

    async reconcile(known, step) {
      const { groupId } = known.need('securityGroup', cache.securityGroupName);
      const found = await elasticache.readReplicationGroup(name);
      if (!found && cache.adopt) {
        const standalone = await elasticache.readCacheCluster(name);
        if (standalone) return reconcileStandalone(standalone, cache, known, aws, step);
        const { reason, hint } = nothingToAdopt(cache);
        throw new WizardError('Blocked', reason, { hint });
      }
      if (!found) await create(known);
      const ready = await available(step, ({ group }) => group.endpoint !== undefined);
      const owned = await readOwner(ready.group);
      if (owned?.owner !== 'ours') await noteAdopted(aws.ec2, groupId, ready.group.arn);
      const { group } = await sync(ready, surroundingsOf(known), step);
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

/** What an operator should know of a living cache, whatever is asked of it. */
function notesOf(living: LivingCache, adopted: boolean): string[] {
  const { group } = living;
  return [
    ...(adopted ? [ADOPTED_NOTE] : []),
    ...(group.clusterMode === 'disabled' ? [] : [`cluster mode is ${group.clusterMode}: ${CLIENTS}`]),
    ...(acceptsPlaintext(living) ? [PLAINTEXT_NOTE] : []),
  ];
}

function statusOf({ status, slotsMoved }: ReplicationGroup): string {
  return slotsMoved === undefined ? status : `${status}, ${Math.round(slotsMoved)} % of the slots moved`;
}

function outputsOf(group: ReplicationGroup): Out | undefined {
  if (!group.endpoint) return undefined;
  const { address, port } = group.endpoint;
  const { arn, readerEndpoint } = group;
  return {
    arn,
    endpoint: { address, port, tls: group.transitEncryption },
    ...(readerEndpoint ? { readerEndpoint } : {}),
  };
}

function fieldsOf({ details }: Modification): string {
  return details.map(({ field }) => field).join(', ');
}
