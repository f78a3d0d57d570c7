/** The cache: a replication group, in cluster mode or not. Never replaced, because its data would be lost. */
import type { ReplicationGroup } from '../../aws/elasticache.ts';
import { userGroupIdOf } from '../../domain/access.ts';
import type { Known, Ref } from '../../domain/outputs.ts';
import { ownershipTags, type Tags } from '../../domain/ownership.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { noteAdopted, nothingToAdopt } from './adoption.ts';
import { parameterGroupOf } from './cache-parameter-group.ts';
import { acceptsPlaintext, PLAINTEXT_NOTE } from './changes/encryption.ts';
import type { LivingCache, Modification, Surroundings } from './changes/modification.ts';
import { createLabelled, isUntaggedOurs, tagLate } from '../ownership/late-tags.ts';
import { readMembers, readVersion } from './living-cache.ts';
import { blockedOf, modificationsOf } from './replication-group-changes.ts';
import { creation } from './replication-group-creation.ts';
import { planReplicationGroup } from './replication-group-plan.ts';
import {
  foreignGroup,
  outputsOf,
  readFailure,
  readOwner,
  surroundingsOf,
  type ReplicationGroupOptions,
} from './replication-group-reading.ts';
import { reconcileStandalone } from './standalone-cache.ts';

const POLL_MS = 10_000;
/** Creates took 9 to 31 minutes in Terraform's acceptance tests; its own time-out is an hour. */
const CREATE_TIMEOUT_MS = 60 * 60_000;
/** A group just created, or just changed, may not be there in the reads of the next moments. */
const STALE_MS = 60_000;

export function replicationGroup(options: ReplicationGroupOptions): Resource<'cache'> {
  const { cache, settings, aws, readToken } = options;
  const { elasticache } = aws;
  const { name } = cache;
  const tags: Tags = { ...settings.tags, ...ownershipTags(settings.project, name) };
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

  /** Others have made it, and it was adopted: known as soon as it has been available. */
  let isTheirs = false;

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
        const { reason, hint } = await readFailure(name, aws);
        return failed(new WizardError('OperationFailed', reason, { hint }));
      }
      if (group.status === 'deleting') {
        return failed(new WizardError('OperationFailed', `${name} is being deleted by somebody else`));
      }
      const pending = { state: 'pending', detail: statusOf(group) } as const;
      if (group.status !== 'available') return pending;
      const owned = await readOwner(group, options);
      if (!owned) return pending;
      if (isUntaggedOurs(group, owned.tags, settings.project)) {
        await tagLate(elasticache, `The replication group ${name}`, group.arn, tags);
        return { state: 'pending', detail: 'being tagged' };
      }
      if (owned.owner !== 'ours' && !cache.adopt) {
        const { reason, hint } = foreignGroup(name, owned);
        return failed(new WizardError('NotOurs', reason, { hint }));
      }
      isTheirs = owned.owner !== 'ours';
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
      const ready = await available(step, ({ group }) => group.endpoint !== undefined);
      if (isTheirs) await noteAdopted(aws.ec2, groupId, ready.group.arn);
      const living = await sync(ready, surroundingsOf(known, cache), step);
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

function failed(error: WizardError): Probe<never> {
  return { state: 'failed', error };
}

function statusOf({ status, slotsMoved }: ReplicationGroup): string {
  return slotsMoved === undefined ? status : `${status}, ${Math.round(slotsMoved)} % of the slots moved`;
}

function fieldsOf({ details }: Modification): string {
  return details.map(({ field }) => field).join(', ');
}
