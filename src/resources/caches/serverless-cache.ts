/** The cache: a serverless one, which speaks TLS alone and the cluster protocol. Never replaced, because its data would be lost. */
import type { Aws } from '../../aws/aws.ts';
import type { ServerlessCache } from '../../aws/serverless.ts';
import { userGroupIdOf } from '../../domain/access.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Blocked, Change } from '../../domain/change.ts';
import { serverlessVersionProblem } from '../../domain/engine-version.ts';
import type { Known, Outputs, Ref } from '../../domain/outputs.ts';
import { foreign, ownershipTags, SNAPSHOT_TAG, type Tags } from '../../domain/ownership.ts';
import type { ServerlessCacheSettings, Settings } from '../../domain/settings.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { createLabelled, isUntaggedOurs, LATE_TAGS } from '../ownership/late-tags.ts';
import { readOwner, type Foreign } from '../ownership/owner.ts';
import { availableCache, type AwaitedCache } from './available-cache.ts';
import { statusObstacle } from './cache-failure.ts';
import { changeInPlace } from './change-in-place.ts';
import { chosenSubnets, creation, creationDetails, creationObstacle } from './serverless-cache-creation.ts';
import {
  blockedOf,
  majorOf,
  changesOf,
  type Attachments,
  type ServerlessCacheChange,
} from './serverless-cache-changes.ts';

type Out = Outputs['cache'];

const POLL_MS = 5_000;
const USUAL_MS = 60_000;
/** Creates take a minute; Terraform's own time-out is forty. */
const TIMEOUT_MS = 40 * 60_000;

export function serverlessCache(
  cache: ServerlessCacheSettings,
  settings: Settings,
  network: AppNetwork,
  { serverless, elasticache }: Pick<Aws, 'serverless' | 'elasticache'>,
): Resource<'cache'> {
  const { name } = cache;
  const tags: Tags = {
    ...settings.tags,
    ...ownershipTags(settings.project, name),
    ...(cache.snapshot ? { [SNAPSHOT_TAG]: cache.snapshot.snapshotName } : {}),
  };
  const userGroupId = userGroupIdOf(name);
  const withUsers = cache.auth.value === 'rbac';

  /** Ours first; what the user named beside it. */
  const attachmentsOf = (known: Known): Attachments => {
    const groupId = known.get('securityGroup', cache.securityGroupName)?.groupId;
    return {
      securityGroupIds: groupId === undefined ? [] : [groupId, ...cache.securityGroupIds],
      // What it will be is known before it is there, and told in the plan.
      userGroupId: withUsers ? userGroupId : undefined,
    };
  };

  async function planExisting(living: ServerlessCache, known: Known): Promise<Change<Out>> {
    const { status } = living;
    const unusable = await statusObstacle(cache.kind, name, status, elasticache);
    if (unusable) return unusable;
    const owned = await readOwner(living, settings.project, name, elasticache);
    if (owned && isUntaggedOurs(living, owned.tags, settings.project))
      return { action: 'update', details: [LATE_TAGS] };
    if (owned && owned.owner !== 'ours') return foreignCache(owned);
    const outputs = outputsOf(living);
    const attachments = attachmentsOf(known);
    const [ours] = attachments.securityGroupIds;
    // A change hides the tags for some moments; the group that only we would put on it proves it then.
    if (!owned && (ours === undefined || !living.securityGroupIds.includes(ours))) {
      const details = [{ field: 'status', from: status, to: 'available' }];
      return { action: 'update', details, ...(outputs ? { outputs } : {}) };
    }
    const blocked = blockedOf(cache, living, userGroupId);
    if (blocked) return blocked;
    const details = changesOf(cache, living, attachments).flatMap((each) => [...each.details]);
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
    const wrong = serverlessVersionProblem(cache.engine.value, majorOf(cache.engineVersion.value));
    if (wrong) throw new WizardError('InvalidInput', wrong.problem, { hint: wrong.fix });
    const subnets = chosenSubnets(cache, network);
    const obstacle = creationObstacle(subnets);
    if (obstacle) return obstacle;
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

  const foreignCache = ({ owner, tags: theirs }: Foreign): Blocked =>
    foreign(`The serverless cache ${name}`, owner, theirs, '--cache-name');

  const awaited: AwaitedCache<ServerlessCache, ServerlessCache> = {
    kind: cache.kind,
    name,
    project: settings.project,
    tags,
    everyMs: POLL_MS,
    timeoutMs: TIMEOUT_MS,
    read: () => serverless.readServerlessCache(name),
    progressOf: ({ status }) => status,
    refuse: foreignCache,
    complete: (living) => Promise.resolve(living),
  };

  /** Waits until it is available and, at last, known to be ours; then `done` says whether it is as wanted. */
  async function available(
    step: Step,
    done: (living: ServerlessCache) => boolean,
    usualMs?: number,
  ): Promise<ServerlessCache> {
    return (await availableCache({ ...awaited, usualMs }, elasticache, step, done)).living;
  }

  const sync = (living: ServerlessCache, attachments: Attachments, step: Step): Promise<ServerlessCache> =>
    changeInPlace<ServerlessCache, ServerlessCacheChange>(
      {
        name,
        blockedOf: (now) => blockedOf(cache, now, userGroupId),
        callsFor: (now) => changesOf(cache, now, attachments),
        apply: ({ change }) => serverless.modifyServerlessCache(name, change),
        available: (done) => available(step, done),
      },
      living,
      step,
    );

  return {
    kind: 'cache',
    name,
    needs: [
      { kind: 'securityGroup', name: cache.securityGroupName },
      ...(withUsers ? [{ kind: 'userGroup', name: userGroupId } satisfies Ref] : []),
    ],
    usualMs: USUAL_MS,

    async plan(known) {
      const living = await serverless.readServerlessCache(name);
      return living ? planExisting(living, known) : planNew();
    },

    async reconcile(known, step) {
      const found = await serverless.readServerlessCache(name);
      if (!found) await create(known);
      const usualMs = found ? undefined : USUAL_MS;
      const ready = await available(step, ({ endpoint }) => endpoint !== undefined, usualMs);
      const outputs = outputsOf(await sync(ready, attachmentsOf(known), step));
      if (!outputs)
        throw new WizardError('OperationFailed', `${name} is available but AWS gives no endpoint for it`);
      return outputs;
    },
  };
}

function outputsOf({ arn, endpoint, readerEndpoint }: ServerlessCache): Out | undefined {
  if (!endpoint) return undefined;
  return { arn, endpoint: { ...endpoint, tls: true }, ...(readerEndpoint ? { readerEndpoint } : {}) };
}
