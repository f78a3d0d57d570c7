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
export function chooseCacheSubnets({
  subnetIds,
  usableSubnets,
}: Pick<AppNetwork, 'subnetIds' | 'usableSubnets'>): Subnet[] {
  const own = usableSubnets.filter(({ subnetId }) => subnetIds.includes(subnetId));
  const covered = new Set(own.map(zoneOf));
  if (covered.size >= 2) return zoneByZone(own).slice(0, MOST_SUBNETS);
  const others = usableSubnets.filter((subnet) => {
    if (covered.size >= ZONES || covered.has(zoneOf(subnet))) return false;
    covered.add(zoneOf(subnet));
    return true;
  });
  return zoneByZone([...own, ...others]).slice(0, MOST_SUBNETS);
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
