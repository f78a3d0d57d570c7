/** What the host name of an ElastiCache endpoint tells (user guide, "Finding connection endpoints"). Read, never derived. */

export type EndpointKind = 'primary' | 'reader' | 'configuration' | 'node' | 'serverless';

export interface CacheAddress {
  readonly cacheName: string;
  readonly kind: EndpointKind;
  /** AWS's short one: use1. */
  readonly regionCode: string;
}

const SUFFIX = /\.([a-z]+\d)\.cache\.amazonaws\.com(\.cn)?$/;
const BY_FIRST_LABEL: Readonly<Record<string, EndpointKind>> = {
  master: 'primary',
  replica: 'reader',
  clustercfg: 'configuration',
};

/** Undefined: no such endpoint has this name. */
export function cacheAddressOf(host: string): CacheAddress | undefined {
  const name = host.toLowerCase();
  const regionCode = SUFFIX.exec(name)?.[1];
  const labels = name.replace(SUFFIX, '').split('.');
  const found = regionCode === undefined ? undefined : ofLabels(labels);
  return found && regionCode !== undefined ? { ...found, regionCode } : undefined;
}

function ofLabels(labels: readonly string[]): Omit<CacheAddress, 'regionCode'> | undefined {
  const [first = '', second = '', third] = labels;
  if (labels.at(-1) === 'serverless')
    return { cacheName: first.replace(/-[a-z0-9]+$/, ''), kind: 'serverless' };
  if (third === 'ng') {
    return first.endsWith('-ro')
      ? { cacheName: first.slice(0, -'-ro'.length), kind: 'reader' }
      : { cacheName: first, kind: 'primary' };
  }
  if (third === 'clustercfg') return { cacheName: first, kind: 'configuration' };
  if (third === undefined || labels.length > 4) return undefined;
  // Without TLS a node has the number of its shard behind the hash.
  if (/^\d{4}$/.test(third)) return { cacheName: groupOf(first), kind: 'node' };
  const kind = BY_FIRST_LABEL[first] ?? (first.startsWith(`${second}-`) ? 'node' : undefined);
  return kind && { cacheName: second, kind };
}

/** 'canvas-001', in cluster mode 'canvas-0001-001'; a cache of one node that stands alone has its own name. */
function groupOf(cacheClusterId: string): string {
  return cacheClusterId.replace(/(-\d{4})?-\d{3}$/, '');
}
