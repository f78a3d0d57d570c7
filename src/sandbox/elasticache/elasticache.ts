/** ElastiCache of one account in one region: its operations over its caches, groups, snapshots and events. */
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';
import type { RedisServers } from '../redis/node.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { arnsOf } from './arn.ts';
import { cacheClusterOperations } from './cache-clusters.ts';
import { createCaches } from './cache.ts';
import { createDescriptions } from './descriptions.ts';
import { createEndpoints } from './endpoints.ts';
import { engineVersionOperations } from './engine-versions.ts';
import { createEvents } from './events.ts';
import { createLifeCycle } from './life-cycle.ts';
import { createModification } from './modification.ts';
import { nodeTypeOperations } from './node-types.ts';
import { createNodes } from './nodes.ts';
import { createParameterGroups } from './parameter-groups.ts';
import { createPlacement } from './placement.ts';
import { replicationGroupOperations } from './replication-groups.ts';
import type { ServiceParts } from './service-parts.ts';
import { createSnapshots } from './snapshots.ts';
import { createSubnetGroups } from './subnet-groups.ts';
import { taggableResources } from './taggable-resources.ts';
import { createTagStore, tagOperations } from './tags.ts';
import { userOperations } from './users.ts';

export interface ElastiCacheOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
}

export interface ElastiCache {
  readonly operations: Operations;
  /** The next replication group ends as create-failed, with an event that gives the reason. */
  failNextCreate(reason: string): void;
  close(): Promise<void>;
}

export function createElastiCache({
  accountId,
  region,
  clock,
  vpc,
  fabric,
  redis,
}: ElastiCacheOptions): ElastiCache {
  const arn = arnsOf(region, accountId);
  const caches = createCaches();
  const tags = createTagStore();
  const events = createEvents(clock);
  const endpoints = createEndpoints(region, accountId);
  const subnetGroups = createSubnetGroups(region, arn, vpc, tags, {
    isUsed: (name) => caches.all().some((cache) => cache.subnetGroupName === name),
    isSubnetUsed: (name, subnetId) =>
      caches
        .all()
        .some(
          (cache) =>
            cache.subnetGroupName === name &&
            cache.nodes.some((node) => node.networkInterface.subnetId === subnetId),
        ),
  });
  const using = (parameterGroupName: string) =>
    caches
      .all()
      .filter((cache) =>
        [cache.parameterGroupName, cache.pending.parameterGroupName].includes(parameterGroupName),
      );
  const parameterGroups = createParameterGroups(arn, tags, {
    isUsed: (name) => using(name).length > 0,
    changed: async (name) => {
      await Promise.all(using(name).map((cache) => nodes.applyParameters(cache)));
    },
  });
  const nodes = createNodes({ clock, vpc, fabric, redis, endpoints, parameterGroups });
  const lifeCycle = createLifeCycle(clock, nodes, events);
  const snapshots = createSnapshots({ clock, arn, tags, caches, events, lifeCycle });
  const parts: ServiceParts = {
    arn,
    caches,
    descriptions: createDescriptions(arn, endpoints),
    events,
    lifeCycle,
    modification: createModification(clock, nodes, lifeCycle),
    nodes,
    parameterGroups,
    placement: createPlacement(vpc),
    snapshots,
    subnetGroups,
    tags,
    creationContext: () => ({ now: clock.now(), subnetGroups, parameterGroups }),
  };

  let nextFailure: string | undefined;
  const takeFailure = (): string | undefined => {
    const failure = nextFailure;
    nextFailure = undefined;
    return failure;
  };

  return {
    failNextCreate: (reason) => (nextFailure = reason),
    operations: {
      ...replicationGroupOperations(parts, takeFailure),
      ...cacheClusterOperations(parts),
      ...subnetGroups.operations,
      ...parameterGroups.operations,
      ...snapshots.operations,
      ...events.operations,
      ...tagOperations(tags, taggableResources(parts)),
      ...userOperations(arn),
      ...engineVersionOperations,
      ...nodeTypeOperations,
      // An account without any: the sandbox has no serverless caches and no service updates.
      DescribeServerlessCaches({ ServerlessCacheName }: { ServerlessCacheName?: string }) {
        if (ServerlessCacheName) {
          throw new ServiceError(
            'ServerlessCacheNotFoundFault',
            `Serverless cache ${ServerlessCacheName} not found.`,
          );
        }
        return { ServerlessCaches: [] };
      },
      DescribeUpdateActions: () => ({ UpdateActions: [] }),
    },
    async close() {
      lifeCycle.close();
      await Promise.all(caches.all().flatMap((cache) => cache.nodes.map((node) => nodes.leave(cache, node))));
    },
  };
}
