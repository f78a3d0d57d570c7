/** Host names of caches (user guide, "Finding connection endpoints"). Clients must read them, never derive them. */
import { createHash } from 'node:crypto';
import { primaryOf } from './cache.ts';
import type { Cache, CacheNode } from './cache.ts';

export interface HostNames {
  readonly primary: string;
  readonly reader: string;
  /** Of all nodes: where clients of cluster mode begin. */
  readonly configuration: string;
  node(cacheClusterId: string): string;
}

export interface Endpoints {
  /** As the cache's transit encryption stands. */
  of(cache: Cache): HostNames;
  memcached(id: string): Pick<HostNames, 'configuration' | 'node'>;
  /** What certificates must cover, for TLS may be switched on later. */
  certificateNames(cache: Cache): string[];
  /** Where a cluster sends its clients: by name where certificates are to be compared, else by address. */
  announced(cache: Cache, node: CacheNode): string;
  /** Every name of the cache with the addresses that it resolves to. */
  addresses(cache: Cache): Map<string, string[]>;
}

/** In the names of caches with cluster mode disabled, and of nodes without TLS. */
const FIRST_SHARD = '0001';

export function createEndpoints(region: string, accountId: string): Endpoints {
  const domain = `${shortRegion(region)}.cache.amazonaws.com`;
  // The same for all caches of an account in a region.
  const hash = createHash('sha256').update(`${accountId} ${region}`).digest('hex').slice(0, 6);

  const encrypted = ({ id }: Cache): HostNames => {
    const group = `${id}.${hash}.${domain}`;
    return {
      primary: `master.${group}`,
      reader: `replica.${group}`,
      configuration: `clustercfg.${group}`,
      node: (cacheClusterId) => `${cacheClusterId}.${group}`,
    };
  };
  const plain = ({ kind, id }: Cache): HostNames => {
    const node = (cacheClusterId: string): string => `${cacheClusterId}.${hash}.${FIRST_SHARD}.${domain}`;
    const configuration = `${id}.${hash}.clustercfg.${domain}`;
    if (kind === 'cache-cluster') return { primary: node(id), reader: node(id), configuration, node };
    const group = `${hash}.ng.${FIRST_SHARD}.${domain}`;
    return { primary: `${id}.${group}`, reader: `${id}-ro.${group}`, configuration, node };
  };
  const of = (cache: Cache): HostNames =>
    cache.transitEncryption === 'disabled' ? plain(cache) : encrypted(cache);

  return {
    of,
    memcached: (id) => ({
      configuration: `${id}.${hash}.cfg.${domain}`,
      node: (cacheNodeId) => `${id}.${hash}.${cacheNodeId}.${domain}`,
    }),
    certificateNames: ({ id }) => [`*.${id}.${hash}.${domain}`, `*.${hash}.ng.${FIRST_SHARD}.${domain}`],
    announced: (cache, node) =>
      cache.transitEncryption === 'disabled' ? address(node) : encrypted(cache).node(node.cacheClusterId),
    addresses(cache) {
      const available = cache.nodes.filter(({ server }) => server);
      const primary = primaryOf(cache);
      const replicas = available.filter((node) => node !== primary);
      // While both are accepted, clients that still speak plaintext go on under the old names.
      const shapes = cache.transitEncryption === 'preferred' ? [plain(cache), encrypted(cache)] : [of(cache)];
      return new Map(
        shapes.flatMap((names): [string, string[]][] => [
          ...available.map((node): [string, string[]] => [names.node(node.cacheClusterId), [address(node)]]),
          ...(cache.clusterMode === 'disabled'
            ? []
            : [[names.configuration, available.map(address)] satisfies [string, string[]]]),
          // Clients of either protocol find a compatible cache.
          ...(cache.clusterMode === 'enabled'
            ? []
            : ([
                [names.primary, primary ? [address(primary)] : []],
                [names.reader, replicas.length > 0 ? replicas.map(address) : available.map(address)],
              ] satisfies [string, string[]][])),
        ]),
      );
    },
  };
}

function address({ networkInterface }: CacheNode): string {
  return networkInterface.privateIpAddress;
}

/** 'us-east-1' is 'use1', 'ap-southeast-2' is 'apse2'. */
export function shortRegion(region: string): string {
  // Seoul is older than the rule.
  if (region === 'ap-northeast-2') return 'apn2';
  const [area = '', ...rest] = region.split('-');
  const number = rest.pop() ?? '';
  const direction = rest.join('').replaceAll(/north|south|east|west|central|gov/g, (word) => word.charAt(0));
  return `${area}${direction}${number}`;
}
