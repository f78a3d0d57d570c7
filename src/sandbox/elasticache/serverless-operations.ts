/** Serverless caches: create, describe, modify, delete, and what takes how long. */
import type {
  CreateServerlessCacheRequest,
  DeleteServerlessCacheRequest,
  DescribeServerlessCachesRequest,
  ModifyServerlessCacheRequest,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import type { Vpc } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import type { Events } from './events.ts';
import { checkKmsKey } from './kms-key.ts';
import { DURATION } from './life-cycle.ts';
import { tokenPage } from './paging.ts';
import { checkOrigin } from './origin.ts';
import type { Origin } from './origin.ts';
import { identifier, notInSandbox } from './rejection.ts';
import type { Schedule } from './schedule.ts';
import { describeServerless, requireServerlessAvailable } from './serverless-cache.ts';
import type { ServerlessCache, ServerlessCaches } from './serverless-cache.ts';
import type { ServerlessEndpoints } from './serverless-endpoint.ts';
import {
  checkSecurityGroups,
  modifiedSettings,
  requestedSettings,
  requestedSubnets,
} from './serverless-request.ts';
import type { ServerlessSnapshots } from './serverless-snapshots.ts';
import type { Tags } from './tags.ts';
import type { UserGroups } from './user-groups.ts';

const SECOND = 1000;
/** A create takes less than a minute on AWS; of the modification only the order of magnitude is known. */
const CREATION_MS = 45 * SECOND;
const MODIFICATION_MS = 30 * SECOND;

const LONGEST_NAME = 40;
/** User guide, "Quotas for ElastiCache". */
const MOST_CACHES = 40;

export interface ServerlessOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly arn: Arn;
  readonly caches: ServerlessCaches;
  readonly endpoints: ServerlessEndpoints;
  readonly events: Events;
  readonly schedule: Pick<Schedule, 'after'>;
  readonly snapshots: ServerlessSnapshots;
  readonly tags: Tags;
  readonly userGroups: UserGroups;
  /** A snapshot of either kind. Throws for an ARN of none. */
  origin(arn: string): Origin;
  /** Why the next create is to fail, if it is. */
  failure(): string | undefined;
}

export function serverlessOperations(options: ServerlessOptions): Operations {
  const { region, clock, vpc, arn, caches, endpoints, events, schedule, snapshots, tags, userGroups } =
    options;

  const record = ({ name }: ServerlessCache, message: string): void =>
    events.record('serverless-cache', name, message);

  const requestedOrigin = ({ SnapshotArnsToRestore: arns = [] }: CreateServerlessCacheRequest) => {
    const [first, ...others] = arns;
    if (others.length > 0) throw notInSandbox('restores from several snapshots');
    return first === undefined ? undefined : options.origin(first);
  };

  const answer = (cache: ServerlessCache) => ({
    ServerlessCache: describeServerless(cache, arn('serverlesscache', cache.name)),
  });

  const endRestoring = (cache: ServerlessCache): void => {
    cache.origin?.release();
    delete cache.origin;
  };

  const fail = (cache: ServerlessCache, reason: string): void => {
    endRestoring(cache);
    cache.status = 'create-failed';
    record(cache, `Failed to create serverless cache ${cache.name}: ${reason}`);
    schedule.after(DURATION.interfaceRelease, () => endpoints.detach(cache));
  };

  /** Starts the server now; it is reached when both the time has come and the server has started. */
  const create = (cache: ServerlessCache, failure: string | undefined): void => {
    endpoints.attach(cache);
    cache.origin?.hold();
    if (failure !== undefined) {
      schedule.after(CREATION_MS, () => fail(cache, failure));
      return;
    }
    const server = endpoints.launch(cache);
    // Reported when the time has come.
    server.catch(() => undefined);
    schedule.after(CREATION_MS, async () => {
      try {
        endpoints.join(cache, await clock.busy(server));
        cache.status = 'available';
        endRestoring(cache);
        record(cache, `Serverless cache ${cache.name} created`);
      } catch (error) {
        fail(cache, error instanceof Error ? error.message : String(error));
      }
    });
  };

  return {
    ...snapshots.operations,

    CreateServerlessCache(input: CreateServerlessCacheRequest) {
      const name = identifier('ServerlessCacheName', input.ServerlessCacheName, LONGEST_NAME);
      const settings = requestedSettings(input);
      checkKmsKey(input.KmsKeyId, region);
      const origin = requestedOrigin(input);
      const { engine, full } = settings.version;
      // It speaks the cluster protocol whatever it is made of.
      if (origin) checkOrigin(origin, { engine, engineVersion: full, clusterMode: 'enabled' });
      const subnetIds = requestedSubnets(input, vpc, region);
      if (settings.userGroupId !== undefined) {
        userGroups.requireUsable(settings.userGroupId, settings.version.engine);
      }
      if (caches.has(name)) {
        throw new ServiceError(
          'ServerlessCacheAlreadyExistsFault',
          `Serverless cache ${name} already exists.`,
        );
      }
      if (caches.all().length >= MOST_CACHES) {
        throw new ServiceError(
          'ServerlessCacheQuotaForCustomerExceededFault',
          `An account can have at most ${MOST_CACHES} serverless caches.`,
        );
      }
      tags.put(arn('serverlesscache', name), input.Tags);
      const cache: ServerlessCache = {
        ...settings,
        name,
        createdAt: clock.now(),
        hostName: endpoints.hostName(name),
        subnetIds,
        kmsKeyId: input.KmsKeyId,
        status: 'creating',
        interfaces: [],
        endServing: [],
        ...(origin ? { origin } : {}),
      };
      create(cache, options.failure());
      caches.add(cache);
      snapshots.takeDaily(cache);
      return answer(cache);
    },

    DescribeServerlessCaches(input: DescribeServerlessCachesRequest) {
      const wanted = input.ServerlessCacheName ? [caches.find(input.ServerlessCacheName)] : caches.all();
      const { items, NextToken } = tokenPage(wanted, input);
      return { NextToken, ServerlessCaches: items.map((cache) => answer(cache).ServerlessCache) };
    },

    ModifyServerlessCache(input: ModifyServerlessCacheRequest) {
      const cache = caches.available(input.ServerlessCacheName);
      const settings = modifiedSettings(input, cache);
      checkSecurityGroups(input.SecurityGroupIds, vpc, cache.interfaces[0]?.vpcId);
      if (input.UserGroupId) userGroups.requireUsable(input.UserGroupId, settings.version.engine);
      cache.status = 'modifying';
      schedule.after(MODIFICATION_MS, async () => {
        Object.assign(cache, settings);
        try {
          await endpoints.apply(cache);
        } catch (error) {
          record(cache, `Failed to modify: ${error instanceof Error ? error.message : String(error)}`);
        }
        cache.status = 'available';
      });
      return answer(cache);
    },

    DeleteServerlessCache(input: DeleteServerlessCacheRequest) {
      const cache = caches.find(input.ServerlessCacheName);
      if (cache.status !== 'create-failed') requireServerlessAvailable(cache);
      const read = input.FinalSnapshotName && snapshots.takeFinal(cache, input.FinalSnapshotName);
      cache.status = 'deleting';
      const leave = () => endpoints.leave(cache);
      const stopped = read ? read.then(leave) : leave();
      schedule.after(DURATION.deletion, async () => {
        await clock.busy(stopped);
        caches.forget(cache.name);
        snapshots.forgetAutomatic(cache);
        tags.forget(arn('serverlesscache', cache.name));
        record(cache, `Serverless cache ${cache.name} deleted`);
        schedule.after(DURATION.interfaceRelease, () => endpoints.detach(cache));
      });
      return answer(cache);
    },
  } satisfies Operations;
}
