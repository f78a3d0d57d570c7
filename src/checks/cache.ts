/** A cache as a check finds it: there and with an endpoint, or the answer that there is nothing to compare with. */
import type { Caches, LivingCache } from '../aws/caches.ts';
import type { CheckResult } from '../domain/check.ts';
import type { Endpoint } from '../domain/outputs.ts';
import { fail, inconclusive } from './question.ts';

export interface FoundCache {
  readonly living: LivingCache;
  readonly endpoint: Endpoint;
}

export async function readCache(caches: Caches, name: string): Promise<FoundCache | CheckResult> {
  const living = await caches.read(name);
  if (!living) return fail(`there is no cache ${name}`, 'Make it: elasticache-wizard setup.');
  if (!living.endpoint) {
    return inconclusive(
      `${name} is ${living.status} and has no endpoint yet`,
      'Run it again when the cache is available.',
    );
  }
  const { address, port } = living.endpoint;
  return { living, endpoint: { address, port, tls: living.transitEncryption } };
}
