/** The cache: a serverless one, which speaks TLS alone and the cluster protocol. Never replaced, because its data would be lost. */
import type { Aws } from '../../aws/aws.ts';
import type { ServerlessCache } from '../../aws/serverless.ts';
import { userGroupIdOf } from '../../domain/access.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Change } from '../../domain/change.ts';
import { versionProblem } from '../../domain/engine-version.ts';
import type { Known, Outputs, Ref } from '../../domain/outputs.ts';
import { ownerOf, ownershipTags, type Owner, type Tags } from '../../domain/ownership.ts';
import type { ServerlessCacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { createLabelled, isUntaggedOurs, LATE_TAGS, tagLate } from '../ownership/late-tags.ts';
import { foreign } from '../ownership/ownership.ts';
import { chosenSubnets, creation, creationDetails, creationObstacle } from './serverless-cache-creation.ts';
import {
  blockedOf,
  modificationsOf,
  type Attachments,
  type Modification,
} from './serverless-cache-changes.ts';

type Out = Outputs['cache'];

const POLL_MS = 5_000;
/** Creates take a minute; Terraform's own time-out is forty. */
const TIMEOUT_MS = 40 * 60_000;
/** A cache just created, or just changed, may not be there in the reads of the next moments. */
const STALE_MS = 60_000;

export function serverlessCache(
  cache: ServerlessCacheSettings,
  settings: Settings,
  network: AppNetwork,
  { serverless, elasticache }: Pick<Aws, 'serverless' | 'elasticache'>,
): Resource<'cache'> {
  const { name } = cache;
  const tags: Tags = { ...settings.tags, ...ownershipTags(settings.project, name) };
  const userGroupId = userGroupIdOf(name);
  const withUsers = cache.auth.value === 'rbac';

  /** Undefined while AWS does not show the tags: the owner is not known yet. */
  async function readOwner(living: ServerlessCache): Promise<{ owner: Owner; tags: Tags } | undefined> {
    const tags = await elasticache.readTags(living.arn);
    return typeof tags === 'string' ? undefined : { owner: ownerOf(tags, settings.project, name), tags };
  }

  /** Ours first; what the user named beside it. */
  const attachmentsOf = (known: Known): Attachments => {
    const groupId = known.get('securityGroup', cache.securityGroupName)?.groupId;
    return {
      securityGroupIds: groupId === undefined ? [] : [groupId, ...cache.securityGroupIds],
      // What it will be is known before it is there, and told in the plan.
      userGroupId: withUsers ? userGroupId : undefined,
    };
  };

  async function failedToCreate(): Promise<{ reason: string; hint: string }> {
    const events = await elasticache.describeEvents('serverless-cache', name);
    return {
      reason: `${name} failed to create: ${events.at(-1)?.message ?? 'AWS gives no reason'}`,
      hint: `It holds the name until it is gone: aws elasticache delete-serverless-cache --serverless-cache-name ${name}. Then run the same command again.`,
    };
  }

  async function planExisting(living: ServerlessCache, known: Known): Promise<Change<Out>> {
    const { status } = living;
    if (status === 'create-failed') return { action: 'blocked', ...(await failedToCreate()) };
    if (status === 'deleting') {
      return {
        action: 'blocked',
        reason: `${name} is being deleted`,
        hint: 'Run the same command again when it is gone, in some minutes.',
      };
    }
    const owned = await readOwner(living);
    if (owned && isUntaggedOurs(living, owned.tags, settings.project))
      return { action: 'update', details: [LATE_TAGS] };
    if (owned && owned.owner !== 'ours')
      return foreign(`The serverless cache ${name}`, owned.owner, owned.tags, '--cache-name');
    const outputs = outputsOf(living);
    const attachments = attachmentsOf(known);
    const [ours] = attachments.securityGroupIds;
    // A change hides the tags for some moments; the group that only we would put on it proves it then.
    if (!owned && (ours === undefined || !living.securityGroupIds.includes(ours))) {
      const details = [{ field: 'status', from: status, to: 'available' }];
      return { action: 'update', details, ...(outputs ? { outputs } : {}) };
    }
    const blocked = blockedOf(cache, living, userGroupId);
    if (blocked) return { action: 'blocked', ...blocked };
    const details = modificationsOf(cache, living, attachments).flatMap((each) => [...each.details]);
    if (details.length === 0 && outputs && status === 'available') return { action: 'none', outputs };
    if (status !== 'available' || !outputs)
      details.unshift({ field: 'status', from: status, to: 'available' });
    return outputs ? { action: 'update', details, outputs } : { action: 'update', details };
  }

  async function planNew(): Promise<Change<Out>> {
    if (await elasticache.readReplicationGroup(name)) {
      return {
        action: 'blocked',
        reason: `A replication group named ${name} exists already, and no cache can become serverless`,
        hint: 'Leave --serverless out to go on with it, or choose another --cache-name.',
      };
    }
    const wrong = versionProblem(cache.engine.value, cache.engineVersion.value);
    if (wrong) throw new WizardError('InvalidInput', wrong.problem, { hint: wrong.fix });
    const subnets = chosenSubnets(cache, network);
    const obstacle = creationObstacle(subnets);
    if (obstacle) return { action: 'blocked', ...obstacle };
    return { action: 'create', details: creationDetails(cache, subnets) };
  }

  async function create(known: Known): Promise<void> {
    // An answer of 'exists' is our own create whose answer was lost, or somebody else's: its tags tell, once they can be read.
    const { securityGroupIds } = attachmentsOf(known);
    const wanted = {
      ...creation(cache, chosenSubnets(cache, network)),
      securityGroupIds,
      ...(withUsers ? { userGroupId: known.need('userGroup', userGroupId).userGroupId } : {}),
    };
    await createLabelled(
      (labels) => serverless.createServerlessCache({ ...wanted, ...labels }),
      { description: wanted.description, tags },
      settings.project,
    );
  }

  /** Waits until it is available and, at last, known to be ours; then `done` says whether it is as wanted. */
  function available(step: Step, done: (living: ServerlessCache) => boolean): Promise<ServerlessCache> {
    let seenAt = step.now();
    const probe = async (): Promise<Probe<ServerlessCache>> => {
      const living = await serverless.readServerlessCache(name);
      if (!living) {
        if (step.now() - seenAt < STALE_MS) return { state: 'pending', detail: 'not visible yet' };
        return failed('OperationFailed', {
          reason: `${name} is gone while it was being waited for`,
          hint: 'Somebody has deleted it. Run the same command again to make it anew.',
        });
      }
      seenAt = step.now();
      const { status } = living;
      if (status === 'create-failed') return failed('OperationFailed', await failedToCreate());
      if (status === 'deleting')
        return failed('OperationFailed', { reason: `${name} is being deleted by somebody else` });
      const owned = status === 'available' ? await readOwner(living) : undefined;
      if (!owned) return { state: 'pending', detail: status };
      if (isUntaggedOurs(living, owned.tags, settings.project)) {
        await tagLate(elasticache, `The serverless cache ${name}`, living.arn, tags);
        return { state: 'pending', detail: 'being tagged' };
      }
      if (owned.owner !== 'ours')
        return failed(
          'NotOurs',
          foreign(`The serverless cache ${name}`, owned.owner, owned.tags, '--cache-name'),
        );
      return done(living)
        ? { state: 'ready', value: living }
        : { state: 'pending', detail: 'available, not yet changed' };
    };
    return step.wait({
      what: `${name} to become available`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe,
    });
  }

  /** Brings a living cache to what was asked, one call at a time. */
  async function sync(
    living: ServerlessCache,
    attachments: Attachments,
    step: Step,
  ): Promise<ServerlessCache> {
    const needless = new Set<string>();
    const pending = (seen: ServerlessCache): Modification[] =>
      modificationsOf(cache, seen, attachments).filter((each) => !needless.has(fieldsOf(each)));
    let now = living;
    for (;;) {
      const blocked = blockedOf(cache, now, userGroupId);
      if (blocked) throw new WizardError('Blocked', blocked.reason, { hint: blocked.hint });
      const [next, ...later] = pending(now);
      if (!next) return now;
      const fields = fieldsOf(next);
      step.progress(`changing ${fields}`);
      const answer = await serverless.modifyServerlessCache(name, next.change);
      if (answer === 'unchanged') {
        // No state will ever tell that it is done, so there is nothing to wait for.
        needless.add(fields);
        step.warn(
          'cache.unchanged',
          `AWS sees nothing to change in ${name} (${fields}), so this was passed over`,
        );
        continue;
      }
      // A read right after a change may still say `available` with the old values: only the new ones count.
      const enough = answer === 'busy' ? Infinity : later.length;
      now = await available(step, (seen) => pending(seen).length <= enough);
    }
  }

  return {
    kind: 'cache',
    name,
    needs: [
      { kind: 'securityGroup', name: cache.securityGroupName },
      ...(withUsers ? [{ kind: 'userGroup', name: userGroupId } satisfies Ref] : []),
    ],
    usualMs: 60_000,

    async plan(known) {
      const living = await serverless.readServerlessCache(name);
      return living ? planExisting(living, known) : planNew();
    },

    async reconcile(known, step) {
      if (!(await serverless.readServerlessCache(name))) await create(known);
      const ready = await available(step, ({ endpoint }) => endpoint !== undefined);
      const outputs = outputsOf(await sync(ready, attachmentsOf(known), step));
      if (!outputs)
        throw new WizardError('OperationFailed', `${name} is available but AWS gives no endpoint for it`);
      return outputs;
    },
  };
}

function failed(
  code: 'OperationFailed' | 'NotOurs',
  { reason, hint }: { readonly reason: string; readonly hint?: string },
): Probe<never> {
  return { state: 'failed', error: new WizardError(code, reason, { hint }) };
}

function outputsOf({ arn, endpoint, readerEndpoint }: ServerlessCache): Out | undefined {
  if (!endpoint) return undefined;
  return { arn, endpoint: { ...endpoint, tls: true }, ...(readerEndpoint ? { readerEndpoint } : {}) };
}

function fieldsOf({ details }: Modification): string {
  return details.map(({ field }) => field).join(', ');
}
