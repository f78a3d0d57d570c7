/** Where an address leads: to the primary, or to something else of this cache, of another, or of none. */
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import { cacheAddressOf } from '../../domain/cache-address.ts';
import type { HandedAddress } from '../../domain/handed-address.ts';
import { misspelt } from '../../domain/nearest.ts';
import { broken, type Problem } from './address-problem.ts';
import type { FoundCache } from '../cache/cache.ts';

export async function placeProblem(
  { host }: HandedAddress,
  found: FoundCache,
  { caches }: Pick<Aws, 'caches'>,
): Promise<Problem | undefined> {
  const { living, endpoint } = found;
  if (host === endpoint.address.toLowerCase()) return undefined;
  const isAt = (address: string | undefined): boolean => address?.toLowerCase() === host;
  if (isAt(living.readerEndpoint?.address))
    return broken('the reader endpoint, which takes no writes', 'Writes fail with READONLY');
  const named = cacheAddressOf(host);
  const own = named?.cacheName === living.name;
  const region = cacheAddressOf(endpoint.address)?.regionCode;
  if (named && region !== undefined && named.regionCode !== region)
    return broken(`the address of a cache in another region (${named.regionCode}, not ${region})`);
  const node = living.nodeEndpoints?.find(({ address }) => isAt(address));
  if (node) return ofNode(node);
  if (own && named.kind === 'node' && living.clusterMode !== 'disabled') {
    return {
      outcome: 'warn',
      what: 'the endpoint of one node',
      means: 'Clients find the others from it, until that node is replaced',
    };
  }
  // While both are accepted, the names from before TLS lead on.
  if (own && named.kind === 'primary' && living.takesPlaintextToo === true) return undefined;
  return elsewhere(host, found, await caches.list());
}

function ofNode({
  cacheClusterId,
  role,
}: NonNullable<LivingCache['nodeEndpoints']>[number]): Problem | undefined {
  if (role === 'replica') {
    return broken(
      `the endpoint of the node ${cacheClusterId}, which is a replica by now and takes no writes`,
      'Writes fail with READONLY',
    );
  }
  return {
    outcome: 'warn',
    what: `the endpoint of the node ${cacheClusterId}, and not of the primary, which is another after a failover`,
    means: 'It works until the next failover; writes fail with READONLY from then on',
  };
}

function elsewhere(host: string, { living, endpoint }: FoundCache, all: readonly LivingCache[]): Problem {
  if (/^(localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(host))
    return broken('the task itself, and not the cache', 'Nothing listens there: ECONNREFUSED');
  const other = all.find(({ name, endpoint: primary, readerEndpoint, nodeEndpoints = [] }) => {
    const addresses = [primary, readerEndpoint, ...nodeEndpoints];
    return name !== living.name && addresses.some((each) => each?.address.toLowerCase() === host);
  });
  if (other) return broken(`an endpoint of another cache, ${other.name}`);
  if (misspelt(host, [endpoint.address]) !== undefined)
    return broken('which is misspelt', 'Its name does not resolve: ENOTFOUND');
  const named = cacheAddressOf(host);
  if (named?.cacheName === living.name)
    return broken(`which is not, or no longer, an endpoint of ${living.name}`, 'Its name does not resolve');
  return broken(
    named
      ? `another place than this cache: ${named.cacheName} is not in this account and region`
      : 'another place than this cache',
  );
}
