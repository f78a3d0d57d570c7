/** Node types with the memory that they give to data, and what may be changed to what. */
import { createHash } from 'node:crypto';
import type {
  DescribeReservedCacheNodesOfferingsMessage,
  ReservedCacheNodesOffering,
} from '@aws-sdk/client-elasticache';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { invalidValue } from './rejection.ts';

/** `maxmemory` in bytes: ElastiCache user guide, "Redis OSS node-type specific parameters"; smallest first. */
const MAXMEMORY: Readonly<Record<string, number>> = {
  'cache.t3.micro': 536_870_912,
  'cache.t4g.micro': 536_870_912,
  'cache.t2.micro': 581_959_680,
  'cache.t3.small': 1_471_026_299,
  'cache.t4g.small': 1_471_026_299,
  'cache.t3.medium': 3_317_862_236,
  'cache.t4g.medium': 3_317_862_236,
  'cache.m6g.large': 6_854_542_746,
  'cache.m7g.large': 6_854_542_746,
  'cache.m6g.xlarge': 13_891_921_715,
  'cache.m7g.xlarge': 13_891_921_715,
  'cache.r6g.large': 14_037_181_030,
  'cache.r7g.large': 14_037_181_030,
  'cache.r6g.xlarge': 28_261_849_702,
  'cache.r7g.xlarge': 28_261_849_702,
};

export interface HostType {
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Of burstable types. */
  readonly credits?: { readonly anHour: number; readonly most: number };
}

const VCPUS: Readonly<Record<string, number>> = { micro: 2, small: 2, medium: 2, large: 2, xlarge: 4 };
/** EC2 user guide, "Burstable performance instances", of T3 and T4g; T2 has half as many. */
const CREDITS: Readonly<Record<string, HostType['credits']>> = {
  micro: { anHour: 12, most: 288 },
  small: { anHour: 24, most: 576 },
  medium: { anHour: 24, most: 576 },
};
const YEAR = 31_536_000;

export const DEFAULT_NODE_TYPE = 'cache.t3.small';

export function maxmemory(cacheNodeType: string): number {
  const bytes = Object.hasOwn(MAXMEMORY, cacheNodeType) ? MAXMEMORY[cacheNodeType] : undefined;
  if (bytes === undefined) throw invalidValue(`Invalid Cache Node Type: ${cacheNodeType}.`);
  return bytes;
}

/** The machine below a node, of which Redis sees a part. */
export function hostType(cacheNodeType: string): HostType {
  const size = cacheNodeType.slice(cacheNodeType.lastIndexOf('.') + 1);
  const credits = cacheNodeType.startsWith('cache.t') ? CREDITS[size] : undefined;
  return {
    vcpus: cacheNodeType === 'cache.t2.micro' ? 1 : (VCPUS[size] ?? 1),
    memoryBytes: maxmemory(cacheNodeType),
    ...(credits && {
      credits: isPrevious(cacheNodeType) ? { anHour: credits.anHour / 2, most: credits.most / 2 } : credits,
    }),
  };
}

/** Nothing is scaled to a previous generation that is not of it already. */
export function nodeTypeModifications(current: string): { up: string[]; down: string[] } {
  const types = Object.keys(MAXMEMORY).filter(
    (type) => type !== current && (!isPrevious(type) || isPrevious(current)),
  );
  return {
    up: types.filter((type) => maxmemory(type) >= maxmemory(current)),
    down: types.filter((type) => maxmemory(type) < maxmemory(current)),
  };
}

/** The oldest zone of us-east-1 has no Graviton machines (EC2, DescribeInstanceTypeOfferings by availability zone). */
export function isOffered(type: string, availabilityZone: string): boolean {
  return availabilityZone !== 'us-east-1e' || !/^cache\.[a-z]\dg\w*\./.test(type);
}

export function checkNodeType(current: string, wanted: string): void {
  maxmemory(wanted);
  const { up, down } = nodeTypeModifications(current);
  if ([...up, ...down].includes(wanted)) return;
  throw invalidValue(
    `The node type ${wanted} is not among the allowed modifications of a cache with node type ${current}.`,
  );
}

function isPrevious(type: string): boolean {
  return type.startsWith('cache.t2.');
}

export const nodeTypeOperations = {
  /** The only way to learn which types a region has. Prices are left out: the sandbox sells nothing. */
  DescribeReservedCacheNodesOfferings(input: DescribeReservedCacheNodesOfferingsMessage) {
    const offerings = Object.keys(MAXMEMORY).flatMap((type) =>
      ['redis', 'valkey'].map((product): ReservedCacheNodesOffering => ({
        ReservedCacheNodesOfferingId: createHash('sha256')
          .update(`${type} ${product}`)
          .digest('hex')
          .slice(0, 32),
        CacheNodeType: type,
        Duration: YEAR,
        ProductDescription: product,
        OfferingType: 'No Upfront',
      })),
    );
    const matching = offerings.filter(
      (one) =>
        (!input.ReservedCacheNodesOfferingId ||
          input.ReservedCacheNodesOfferingId === one.ReservedCacheNodesOfferingId) &&
        (!input.CacheNodeType || input.CacheNodeType === one.CacheNodeType) &&
        (!input.ProductDescription || input.ProductDescription === one.ProductDescription) &&
        (!input.OfferingType || input.OfferingType === one.OfferingType) &&
        (!input.Duration || ['1', String(YEAR)].includes(input.Duration)),
    );
    const { items, Marker } = page(matching, input);
    return { Marker, ReservedCacheNodesOfferings: items };
  },
} satisfies Operations;
