/** A cache as its metrics depend on it: as it lives, and as a setup is to make it. */
import type { Aws } from '../../aws/aws.ts';
import type { MonitoredCache } from '../../domain/monitoring.ts';
import { isGiven, type CacheSettings, type ReplicationGroupSettings } from '../../domain/settings.ts';
import { EVICTION_POLICIES, type EvictionPolicy } from '../../domain/workload.ts';

type Reads = Pick<Aws, 'elasticache' | 'serverless'>;

/** AWS's own, in all of its parameter groups ("Redis OSS specific parameters"). */
const USUAL_POLICY: EvictionPolicy = 'volatile-lru';

/** Undefined: there is none, or it is of Memcached, whose metrics are others. */
export async function readMonitoredCache(
  name: string,
  { elasticache, serverless }: Reads,
): Promise<MonitoredCache | undefined> {
  const group = await elasticache.readReplicationGroup(name);
  if (group) {
    const { cacheNodeType, memberClusters: members, nodeGroupIds } = group;
    const hasReplicas = members.length > Math.max(1, nodeGroupIds.length);
    const maxmemoryPolicy = await readPolicy(members, elasticache);
    return { kind: 'nodes', name, cacheNodeType, members, hasReplicas, maxmemoryPolicy };
  }
  const cache = await serverless.readServerlessCache(name);
  if (cache) {
    const { dataStorage, ecpuPerSecond } = cache.limits;
    return {
      kind: 'serverless',
      name,
      ...(dataStorage?.maximum === undefined ? {} : { dataStorageMaximum: dataStorage.maximum }),
      ...(ecpuPerSecond?.maximum === undefined ? {} : { ecpuMaximum: ecpuPerSecond.maximum }),
    };
  }
  const cluster = await elasticache.readCacheCluster(name);
  if (!cluster || cluster.engine === 'memcached') return undefined;
  const { cacheNodeType } = cluster;
  const maxmemoryPolicy = await readPolicy([name], elasticache);
  return { kind: 'nodes', name, cacheNodeType, members: [name], hasReplicas: false, maxmemoryPolicy };
}

/** All members have one group. */
async function readPolicy(
  members: readonly string[],
  elasticache: Reads['elasticache'],
): Promise<EvictionPolicy> {
  const [member] = await elasticache.describeCacheClusters(members.slice(0, 1));
  const group = member?.cacheParameterGroupName;
  if (group === undefined || group.startsWith('default.')) return USUAL_POLICY;
  const own = await elasticache.describeCacheParameters(group, 'user');
  return asPolicy(own.find(({ name }) => name === 'maxmemory-policy')?.value);
}

function asPolicy(value: string | undefined): EvictionPolicy {
  return EVICTION_POLICIES.find((policy) => policy === value) ?? USUAL_POLICY;
}

/** What is not given stays as it is. The nodes that are to come have the names that AWS will give, as far as these can be known. */
export function expectedCache(cache: CacheSettings, living: MonitoredCache | undefined): MonitoredCache {
  const { name } = cache;
  if (cache.kind === 'serverless') {
    const { dataStorageMaximum, ecpuMaximum } = cache;
    const isNow = living?.kind === 'serverless' ? living : {};
    return {
      ...isNow,
      kind: 'serverless',
      name,
      ...(dataStorageMaximum ? { dataStorageMaximum: dataStorageMaximum.value } : {}),
      ...(ecpuMaximum ? { ecpuMaximum: ecpuMaximum.value } : {}),
    };
  }
  const isNow = living?.kind === 'nodes' ? living : undefined;
  const { cacheNodeType, replicas, shards, parameters } = cache;
  const policy = parameters['maxmemory-policy'];
  const countIsGiven = isGiven(replicas) || isGiven(shards);
  const count = isNow && !countIsGiven ? isNow.members.length : shards.value * (1 + replicas.value);
  return {
    kind: 'nodes',
    name,
    cacheNodeType: isNow && !isGiven(cacheNodeType) ? isNow.cacheNodeType : cacheNodeType.value,
    members: isNow?.members.length === count ? isNow.members : namesOfNodes(cache),
    hasReplicas: isNow && !countIsGiven ? isNow.hasReplicas : replicas.value > 0,
    maxmemoryPolicy: isNow && !(policy && isGiven(policy)) ? isNow.maxmemoryPolicy : asPolicy(policy?.value),
  };
}

/** 'web-001', and in cluster mode 'web-0001-001'. */
function namesOfNodes({ name, clusterMode, shards, replicas }: ReplicationGroupSettings): string[] {
  const numbers = (count: number, digits: number): string[] =>
    Array.from({ length: count }, (_, n) => String(n + 1).padStart(digits, '0'));
  const nodes = numbers(1 + replicas.value, 3);
  return clusterMode.value === 'disabled'
    ? nodes.map((node) => `${name}-${node}`)
    : numbers(shards.value, 4).flatMap((shard) => nodes.map((node) => `${name}-${shard}-${node}`));
}
