/** A cache as a check finds it: there and with an endpoint, or the answer that there is nothing to compare with. */
import type { ElastiCache, ReplicationGroup } from '../aws/elasticache.ts';
import type { CheckResult } from '../domain/check.ts';
import type { Endpoint } from '../domain/outputs.ts';
import { fail, inconclusive } from './question.ts';

export interface LivingCache {
  readonly group: ReplicationGroup;
  readonly endpoint: Endpoint;
}

export async function readCache(elasticache: ElastiCache, name: string): Promise<LivingCache | CheckResult> {
  const group = await elasticache.readReplicationGroup(name);
  if (!group) return fail(`there is no cache ${name}`, 'Make it: elasticache-wizard setup.');
  if (!group.endpoint) {
    return inconclusive(
      `${name} is ${group.status} and has no endpoint yet`,
      'Run it again when the cache is available.',
    );
  }
  const { address, port } = group.endpoint;
  return { group, endpoint: { address, port, tls: group.transitEncryption } };
}
