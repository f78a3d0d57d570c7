/** The cache: a replication group, in cluster mode or not. Never replaced, because its data would be lost. */
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import { userGroupIdOf } from '../../domain/access.ts';
import type { Known, Ref } from '../../domain/outputs.ts';
import { ownershipTags, SNAPSHOT_TAG, type Tags } from '../../domain/ownership.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { noteAdopted, nothingToAdopt } from './adoption.ts';
import { availableCache, CREATING, type AwaitedCache } from './available-cache.ts';
import { parameterGroupOf } from './cache-parameter-group.ts';
import { changeInPlace } from './change-in-place.ts';
import { acceptsPlaintext, PLAINTEXT_NOTE } from './changes/encryption.ts';
import type { LivingReplicationGroup, Modification, Surroundings } from './changes/modification.ts';
import { createLabelled } from '../ownership/late-tags.ts';
import { readMembers, readVersion } from './living-replication-group.ts';
import { blockedOf, modificationsOf } from './replication-group-changes.ts';
import { creation } from './replication-group-creation.ts';
import { planReplicationGroup } from './replication-group-plan.ts';
import {
  foreignGroup,
  outputsOf,
  surroundingsOf,
  type ReplicationGroupOptions,
} from './replication-group-reading.ts';
import { reconcileStandalone } from './standalone-cache.ts';

const POLL_MS = 10_000;
const USUAL_MS = 8 * 60_000;
/** Creates took 9 to 31 minutes in Terraform's acceptance tests; its own time-out is an hour. */
const CREATE_TIMEOUT_MS = 60 * 60_000;

export function replicationGroup(options: ReplicationGroupOptions): Resource<'cache'> {
  const { cache, settings, aws, readToken } = options;
  const { elasticache } = aws;
  const { name } = cache;
  const tags: Tags = {
    ...settings.tags,
    ...ownershipTags(settings.project, name),
    ...(cache.snapshot ? { [SNAPSHOT_TAG]: cache.snapshot.snapshotName } : {}),
  };
  const parameterGroup = parameterGroupOf(cache);
  const withUsers = cache.auth.value === 'rbac';

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

  const awaited: AwaitedCache<ReplicationGroup, LivingReplicationGroup> = {
    kind: 'replicationGroup',
    name,
    project: settings.project,
    tags,
    everyMs: POLL_MS,
    timeoutMs: CREATE_TIMEOUT_MS,
    read: () => elasticache.readReplicationGroup(name),
    progressOf: statusOf,
    refuse: (owned) => (cache.adopt ? undefined : foreignGroup(name, owned)),
    complete: (group) => readMembers(group, elasticache),
  };

  /** Waits until it is available and, at last, known to be ours, or adopted; then `done` says whether it is as wanted. */
  const available = (step: Step, done: (living: LivingReplicationGroup) => boolean, usualMs?: number) =>
    availableCache({ ...awaited, usualMs }, elasticache, step, (living) => isWhole(living) && done(living));

  const sync = (living: LivingReplicationGroup, surroundings: Surroundings, step: Step) =>
    changeInPlace<LivingReplicationGroup, Modification>(
      {
        name,
        blockedOf: (now) => blockedOf(cache, now, surroundings),
        callsFor: (now) => modificationsOf(cache, now, surroundings),
        apply,
        available: async (done) => (await available(step, done)).living,
      },
      living,
      step,
    );

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
    usualMs: USUAL_MS,

    plan: (known) => planReplicationGroup(options, known),

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
      const usualMs = found ? undefined : USUAL_MS;
      const ready = await available(step, ({ group }) => group.endpoint !== undefined, usualMs);
      if (ready.owner !== 'ours') await noteAdopted(aws.ec2, groupId, ready.living.group.arn);
      const living = await sync(ready.living, surroundingsOf(known, cache), step);
      const { group } = living;
      if (acceptsPlaintext(living) && !cache.requireTls)
        step.emit({ type: 'note', code: 'cache.plaintext', message: `${name}: ${PLAINTEXT_NOTE}` });
      const outputs = outputsOf(group);
      if (!outputs)
        throw new WizardError('OperationFailed', `${name} is available but AWS gives no endpoint for it`);
      return outputs;
    },
  };
}

function statusOf({ status, slotsMoved }: ReplicationGroup): string {
  return slotsMoved === undefined ? status : `${status}, ${Math.round(slotsMoved)} % of the slots moved`;
}

/** For a moment AWS may call the group available while a node that was asked for is still being made. */
function isWhole({ members }: LivingReplicationGroup): boolean {
  return members.every(({ status }) => status !== CREATING);
}
