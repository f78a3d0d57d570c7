/** ElastiCache of one account in one region: its operations over its caches, groups, snapshots and events. */
import type { CreateReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';
import type { RedisServers } from '../redis/node.ts';
import type { Call, Operations } from '../service.ts';
import { arnsOf } from './arn.ts';
import { cacheClusterOperations } from './cache-clusters.ts';
import { createCaches } from './cache.ts';
import { createDescriptions } from './descriptions.ts';
import { createEndpoints } from './endpoints.ts';
import { engineVersionOperations } from './engine-versions.ts';
import { createEvents } from './events.ts';
import { failoverOperations } from './failover.ts';
import { idleLifeCycle } from './idle-caches.ts';
import { createLifeCycle } from './life-cycle.ts';
import { measuredServers } from './measured-servers.ts';
import type { MeasuredServer } from './measured-servers.ts';
import { createMemcached } from './memcached.ts';
import { createModification } from './modification.ts';
import { nodeTypeOperations } from './node-types.ts';
import { createNodes } from './nodes.ts';
import { createParameterGroups } from './parameter-groups.ts';
import type { Origin, OriginRequest } from './origin.ts';
import { createPlacement } from './placement.ts';
import { rebootOperations } from './reboot.ts';
import { invalidCombination } from './rejection.ts';
import { replicationGroupOperations } from './replication-groups.ts';
import { scalingOperations } from './scaling.ts';
import { createServerless } from './serverless.ts';
import type { ServiceParts } from './service-parts.ts';
import { createSnapshots } from './snapshots.ts';
import { createSubnetGroups } from './subnet-groups.ts';
import { taggableResources } from './taggable-resources.ts';
import { createTagStore, tagOperations } from './tags.ts';
import { attemptAccess } from './user-access.ts';
import { createUserGroups } from './user-groups.ts';

export interface ElastiCacheOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
  /** How many times faster than on AWS the nodes of caches come and go; 1 when absent. */
  readonly cacheSpeed?: number | undefined;
}

export interface ElastiCache {
  readonly operations: Operations;
  /** The next replication group or serverless cache ends as create-failed, with an event that gives the reason. */
  failNextCreate(reason: string): void;
  /** The node takes no more clients than these, where AWS's limit is 65,000. */
  limitClients(cacheClusterId: string, maxclients: number): Promise<void>;
  /** A replication group that is available at once and that nothing serves. */
  addIdle(input: CreateReplicationGroupMessage, call: Call): unknown;
  /** What CloudWatch has metrics of now. */
  measuredServers(): readonly MeasuredServer[];
  close(): Promise<void>;
}

export function createElastiCache({
  accountId,
  region,
  clock,
  vpc,
  fabric,
  redis,
  cacheSpeed,
}: ElastiCacheOptions): ElastiCache {
  const arn = arnsOf(region, accountId);
  const caches = createCaches();
  const tags = createTagStore();
  const events = createEvents(clock);
  const endpoints = createEndpoints(region, accountId);
  const subnetGroups = createSubnetGroups(region, arn, vpc, tags, {
    isUsed: (name) =>
      caches.all().some((cache) => cache.subnetGroupName === name) ||
      memcached.all().some((cluster) => cluster.CacheSubnetGroupName === name),
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
  const nodes = createNodes({
    clock,
    vpc,
    fabric,
    redis,
    endpoints,
    parameterGroups,
    nodeUsers: (userGroupId) => userGroups.nodeUsers(userGroupId),
  });
  const lifeCycle = createLifeCycle(clock, nodes, events, cacheSpeed);
  const guarded = (userGroupId: string) =>
    [...caches.groups.values()].filter((cache) => cache.userGroupId === userGroupId);
  const userGroups = createUserGroups({
    arn,
    tags,
    schedule: lifeCycle,
    caches: {
      replicationGroups: (userGroupId) => guarded(userGroupId).map(({ id }) => id),
      serverlessCaches: (userGroupId) => serverless.using(userGroupId),
      async changed(userGroupId) {
        await Promise.all(
          guarded(userGroupId).map((cache) =>
            attemptAccess(
              userGroupId,
              () => nodes.applyAccess(cache),
              (message) => events.record('replication-group', cache.id, message),
            ),
          ),
        );
        await serverless.usersChanged(userGroupId);
      },
    },
  });
  const memcached = createMemcached({ clock, arn, endpoints, subnetGroups, schedule: lifeCycle });
  const snapshots = createSnapshots({ clock, arn, tags, caches, events, lifeCycle, nodes });
  let nextFailure: string | undefined;
  const takeFailure = (): string | undefined => {
    const failure = nextFailure;
    nextFailure = undefined;
    return failure;
  };

  const serverless = createServerless({
    accountId,
    region,
    clock,
    vpc,
    fabric,
    redis,
    arn,
    events,
    tags,
    userGroups,
    schedule: lifeCycle,
    failure: takeFailure,
    origin: (name) => originOfArn(name),
  });
  const originOfArn = (name: string): Origin => {
    const ofServerless = serverless.snapshots.named(name);
    return ofServerless === undefined
      ? snapshots.origin(snapshots.named(name) ?? name)
      : serverless.snapshots.origin(ofServerless);
  };
  const originOf = ({ SnapshotName, ServerlessCacheSnapshotName }: OriginRequest): Origin | undefined => {
    if (SnapshotName && ServerlessCacheSnapshotName) {
      throw invalidCombination('SnapshotName and ServerlessCacheSnapshotName cannot be specified together.');
    }
    if (ServerlessCacheSnapshotName) return serverless.snapshots.origin(ServerlessCacheSnapshotName);
    return SnapshotName ? snapshots.origin(SnapshotName) : undefined;
  };
  const parts: ServiceParts = {
    arn,
    caches,
    descriptions: createDescriptions(arn, endpoints, nodes),
    events,
    lifeCycle,
    memcached,
    modification: createModification(clock, nodes, lifeCycle, events),
    nodes,
    parameterGroups,
    placement: createPlacement(vpc),
    serverless,
    snapshots,
    subnetGroups,
    tags,
    userGroups,
    creationContext: () => ({ now: clock.now(), region, subnetGroups, parameterGroups, origin: originOf }),
  };

  const idle = replicationGroupOperations(
    { ...parts, lifeCycle: idleLifeCycle(lifeCycle, nodes) },
    () => undefined,
  );

  return {
    failNextCreate: (reason) => (nextFailure = reason),
    limitClients: (cacheClusterId, maxclients) =>
      nodes.limitClients(caches.cluster(cacheClusterId).node, maxclients),
    addIdle: (input, call) => idle['CreateReplicationGroup']?.(input, call) as unknown,
    measuredServers: () => measuredServers(caches, serverless.caches),
    operations: {
      ...replicationGroupOperations(parts, takeFailure),
      ...scalingOperations(parts),
      ...failoverOperations(parts, clock),
      ...cacheClusterOperations(parts),
      ...rebootOperations(parts),
      ...subnetGroups.operations,
      ...parameterGroups.operations,
      ...snapshots.operations,
      ...events.operations,
      ...tagOperations(tags, taggableResources(parts)),
      ...userGroups.operations,
      ...serverless.operations,
      ...engineVersionOperations,
      ...nodeTypeOperations,
      // An account without any: the sandbox has no service updates.
      DescribeUpdateActions: () => ({ UpdateActions: [] }),
    },
    async close() {
      lifeCycle.close();
      await serverless.close();
      await Promise.all(caches.all().flatMap((cache) => cache.nodes.map((node) => nodes.leave(cache, node))));
    },
  };
}
