/** A serverless cache in the VPC: its interfaces, the server behind them, and the one name under which clients find it. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Fabric } from '../network/fabric.ts';
import type { Vpc } from '../network/vpc.ts';
import type { NodeUser } from '../redis/acl.ts';
import type { Contents } from '../redis/contents.ts';
import type { RedisNode, RedisServers } from '../redis/node.ts';
import { shortRegion } from './endpoints.ts';
import { startMeasuring } from './measured-servers.ts';
import { PORT, READER_PORT } from './serverless-cache.ts';
import type { ServerlessCache } from './serverless-cache.ts';

const GIBIBYTE = 1024 ** 3;
/** As far as a serverless cache grows (user guide, "Quotas for ElastiCache"). */
const MOST_STORAGE = 5_000;

export interface ServerlessEndpoints {
  /** A host name for a new cache; the part after its name is nobody's to guess. */
  hostName(name: string): string;
  /** One interface in each subnet; nothing listens yet. */
  attach(cache: ServerlessCache): void;
  launch(cache: ServerlessCache): Promise<RedisNode>;
  readContents(cache: ServerlessCache): Promise<Contents>;
  /** Lets clients reach the server. */
  join(cache: ServerlessCache, server: RedisNode): void;
  /** Makes server and interfaces agree with the cache's settings. */
  apply(cache: ServerlessCache): Promise<void>;
  applyUsers(cache: ServerlessCache): Promise<void>;
  /** Nobody reaches the cache any more; its interfaces stay. */
  leave(cache: ServerlessCache): Promise<void>;
  detach(cache: ServerlessCache): void;
}

export interface ServerlessEndpointsOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly vpc: Vpc;
  readonly fabric: Fabric;
  readonly redis: RedisServers;
  readonly nodeUsers: (userGroupId: string) => NodeUser[];
}

export function createServerlessEndpoints({
  accountId,
  region,
  clock,
  vpc,
  fabric,
  redis,
  nodeUsers,
}: ServerlessEndpointsOptions): ServerlessEndpoints {
  const domain = `serverless.${shortRegion(region)}.cache.amazonaws.com`;

  /** Nobody can change the eviction policy of a serverless cache. */
  const parameters = ({
    usageLimits,
  }: ServerlessCache): { 'maxmemory-policy': string; maxmemory: string } => ({
    'maxmemory-policy': 'volatile-lru',
    maxmemory: String((usageLimits?.DataStorage?.Maximum ?? MOST_STORAGE) * GIBIBYTE),
  });

  const applyUsers = async ({ server, userGroupId }: ServerlessCache): Promise<void> => {
    if (!server) return;
    const applied =
      userGroupId === undefined ? server.setAuthTokens([]) : server.setUsers(nodeUsers(userGroupId));
    await clock.busy(applied);
  };

  return {
    hostName(name) {
      const seed = `${accountId} ${region} ${name} ${clock.now()}`;
      return `${name}-${createHash('sha256').update(seed).digest('hex').slice(0, 6)}.${domain}`;
    },
    attach(cache) {
      cache.interfaces = cache.subnetIds.map((subnetId) =>
        vpc.attach({
          subnetId,
          groupIds: cache.securityGroupIds,
          description: `ElastiCache serverless cache ${cache.name}`,
          requester: 'amazon-elasticache',
        }),
      );
      // Without any in the request, the VPC's default group.
      cache.securityGroupIds = cache.interfaces[0]?.groupIds ?? [];
    },
    launch(cache) {
      const values = parameters(cache);
      const start = async (): Promise<RedisNode> =>
        redis.start({
          ...(cache.origin ? { contents: await cache.origin.contents } : {}),
          cacheClusterId: cache.name,
          engine: cache.version.engine,
          transitEncryption: 'required',
          hostNames: [`*.${domain}`],
          authTokens: [],
          users: cache.userGroupId === undefined ? undefined : nodeUsers(cache.userGroupId),
          clusterEndpoint: { hostName: cache.hostName, port: PORT },
          parameters: values,
          maxmemoryBytes: Number(values.maxmemory),
        });
      return clock.busy(start());
    },
    readContents: ({ server }) => clock.busy(server?.readContents() ?? Promise.resolve([])),
    join(cache, server) {
      startMeasuring(clock, cache);
      cache.server = server;
      const addresses = cache.interfaces.map(({ privateIpAddress }) => privateIpAddress);
      cache.endServing = addresses.flatMap((address) =>
        [PORT, READER_PORT].map((port) => fabric.serve(address, port, server.endpoint)),
      );
      fabric.setName(cache.hostName, addresses);
    },
    async apply(cache) {
      for (const { networkInterfaceId } of cache.interfaces) {
        vpc.replaceGroups?.(networkInterfaceId, cache.securityGroupIds);
      }
      if (cache.server) await clock.busy(cache.server.setParameters(parameters(cache)));
      await applyUsers(cache);
    },
    applyUsers,
    async leave(cache) {
      const { server } = cache;
      delete cache.server;
      fabric.removeName(cache.hostName);
      for (const end of cache.endServing) end();
      cache.endServing = [];
      if (server) await clock.busy(server.stop());
    },
    detach({ interfaces }) {
      for (const { networkInterfaceId } of interfaces) vpc.detach(networkInterfaceId);
    },
  };
}
