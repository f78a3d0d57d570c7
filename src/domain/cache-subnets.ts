/** Which subnets the nodes of a new cache may be placed in. */
import type { AppNetwork, Subnet } from './app.ts';

/** AWS takes at most twenty subnets in a group (quota "Subnets per subnet group"). */
const MOST_SUBNETS = 20;
/** Two are what failover takes; a third lets AWS place a node when one of them has no capacity. */
const ZONES = 3;

/**
 * The app's own where they span two zones: the rest of a VPC belongs to other teams. Else one other subnet a zone joins
 * them, private ones first. Nodes never get public addresses, so a public subnet will do.
 */
export function chooseCacheSubnets(
  { subnetIds, usableSubnets }: Pick<AppNetwork, 'subnetIds' | 'usableSubnets'>,
  /** In which nodes are to be placed. */
  preferredAzs: readonly string[] = [],
): Subnet[] {
  const ofTheApp = usableSubnets.filter(({ subnetId }) => subnetIds.includes(subnetId));
  const covered = new Set(ofTheApp.map(zoneOf));
  const preferred = usableSubnets.filter((subnet) => {
    if (covered.has(zoneOf(subnet)) || !preferredAzs.includes(zoneOf(subnet))) return false;
    covered.add(zoneOf(subnet));
    return true;
  });
  const own = [...ofTheApp, ...preferred];
  if (covered.size >= 2) return zoneByZone(own).slice(0, MOST_SUBNETS);
  const others = usableSubnets.filter((subnet) => {
    if (covered.size >= ZONES || covered.has(zoneOf(subnet))) return false;
    covered.add(zoneOf(subnet));
    return true;
  });
  return zoneByZone([...own, ...others]).slice(0, MOST_SUBNETS);
}

/** ElastiCache API reference, CreateServerlessCache: one of each zone, two or three in all. */
export function chooseServerlessSubnets(network: Pick<AppNetwork, 'subnetIds' | 'usableSubnets'>): Subnet[] {
  const byZone = new Map<string, Subnet>();
  for (const subnet of chooseCacheSubnets(network)) {
    if (!byZone.has(zoneOf(subnet))) byZone.set(zoneOf(subnet), subnet);
  }
  return [...byZone.values()].slice(0, ZONES);
}

/** The first of each zone, then the second of each: however many are cut off, no zone is lost before it must be. */
function zoneByZone(subnets: readonly Subnet[]): Subnet[] {
  const seen = new Map<string, number>();
  return subnets
    .map((subnet) => {
      const rank = seen.get(zoneOf(subnet)) ?? 0;
      seen.set(zoneOf(subnet), rank + 1);
      return { subnet, rank };
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ subnet }) => subnet);
}

function zoneOf({ availabilityZone }: Subnet): string {
  return availabilityZone;
}
