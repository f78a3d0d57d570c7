/** The serverless caches of one account in one region, joined from their parts. */
import type { Operations } from '../service.ts';
import { ServerlessCaches } from './serverless-cache.ts';
import { createServerlessEndpoints } from './serverless-endpoint.ts';
import type { ServerlessEndpointsOptions } from './serverless-endpoint.ts';
import { serverlessOperations } from './serverless-operations.ts';
import type { ServerlessOptions } from './serverless-operations.ts';
import { attemptAccess } from './user-access.ts';
import { createServerlessSnapshots } from './serverless-snapshots.ts';
import type { ServerlessSnapshots } from './serverless-snapshots.ts';

export interface Serverless {
  readonly caches: ServerlessCaches;
  readonly snapshots: Pick<ServerlessSnapshots, 'requireExists' | 'origin' | 'named'>;
  readonly operations: Operations;
  /** Names of the caches that let in this user group. */
  using(userGroupId: string): string[];
  usersChanged(userGroupId: string): Promise<void>;
  close(): Promise<void>;
}

type Options = Omit<ServerlessEndpointsOptions, 'nodeUsers'> &
  Omit<ServerlessOptions, 'caches' | 'endpoints' | 'snapshots'>;

export function createServerless(options: Options): Serverless {
  const caches = new ServerlessCaches();
  const endpoints = createServerlessEndpoints({
    ...options,
    nodeUsers: (userGroupId) => options.userGroups.nodeUsers(userGroupId),
  });
  const snapshots = createServerlessSnapshots({
    ...options,
    caches,
    readContents: (cache) => endpoints.readContents(cache),
  });
  const guarded = (userGroupId: string) => caches.all().filter((cache) => cache.userGroupId === userGroupId);

  return {
    caches,
    snapshots,
    operations: serverlessOperations({ ...options, caches, endpoints, snapshots }),
    using: (userGroupId) => guarded(userGroupId).map(({ name }) => name),
    async usersChanged(userGroupId) {
      await Promise.all(
        guarded(userGroupId).map((cache) =>
          attemptAccess(
            userGroupId,
            () => endpoints.applyUsers(cache),
            (message) => options.events.record('serverless-cache', cache.name, message),
          ),
        ),
      );
    },
    async close() {
      await Promise.all(caches.all().map((cache) => endpoints.leave(cache)));
    },
  };
}
