/** Route tables: of the routes that match an address, the one with the longest prefix is taken. */
import { rangeOf } from './ipv4.ts';
import { changesWithin, includes, type Range } from './range.ts';

export interface RouteTable {
  readonly routeTableId: string;
  /** Subnets without a table of their own use it. */
  readonly isMain: boolean;
  readonly subnetIds: readonly string[];
  readonly routes: readonly Route[];
}

export interface Route {
  /** A block of addresses, or the id of a prefix list. */
  readonly destination: string;
  /** 'local', 'igw-...', 'nat-...', 'pcx-...', 'tgw-...', 'eni-...'. */
  readonly target: string;
  /** Its target is gone: what follows it is lost. */
  readonly isBlackhole: boolean;
}

/** AWS lists no association for the subnets that fall back to the main table. */
export function routeTableOf(tables: readonly RouteTable[], subnetId: string): RouteTable | undefined {
  return tables.find(({ subnetIds }) => subnetIds.includes(subnetId)) ?? tables.find(({ isMain }) => isMain);
}

/** Those that packets to these addresses follow; undefined among them where there is none. */
export function routesTo({ routes }: Pick<RouteTable, 'routes'>, addresses: Range): (Route | undefined)[] {
  const blocks = routes
    .flatMap((route) => {
      const block = rangeOf(route.destination);
      return block ? [{ route, block }] : [];
    })
    .toSorted((one, other) => sizeOf(one.block) - sizeOf(other.block));
  const followed = changesWithin(
    addresses,
    blocks.map(({ block }) => block),
  ).map((address) => blocks.find(({ block }) => includes(block, address))?.route);
  return [...new Set(followed)];
}

export function isPublic({ routes }: Pick<RouteTable, 'routes'>): boolean {
  return routes.some(({ target, isBlackhole }) => target.startsWith('igw-') && !isBlackhole);
}

/** Where what is meant for the internet goes; undefined: nowhere. */
export function defaultRouteOf({ routes }: Pick<RouteTable, 'routes'>): Route | undefined {
  return routes.find(({ destination, isBlackhole }) => destination === '0.0.0.0/0' && !isBlackhole);
}

function sizeOf({ first, last }: Range): number {
  return last - first;
}
