/**
 * TestFailover (API reference, TestFailover; user guide, "Testing Multi-AZ"): the primary of a shard is taken away, with
 * all its connections; a replica takes its place, the endpoint's name follows some seconds later, and the node comes
 * back as a replica. The events are those that the reference lists, in its order; how long each part takes is of the
 * order of magnitude of the user guide's "typically … seconds".
 */
import type { TestFailoverMessage } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { primaryOf, replicasOf } from './cache.ts';
import type { Cache, CacheNode, Shard } from './cache.ts';
import { CACHE_NODE_ID } from './descriptions.ts';
import { DURATION } from './life-cycle.ts';
import { availableGroup } from './replication-groups.ts';
import type { ServiceParts } from './service-parts.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
/** Shards of an account "in any rolling 24-hour period". */
const MOST_A_DAY = 15;
/** From the call on. */
const CUT_OFF = 10 * SECOND;
const PROMOTED = 25 * SECOND;
/** How much later than the promotion the name leads to the new primary. */
const NAME_LAG = 5 * SECOND;

type FailoverParts = Pick<ServiceParts, 'caches' | 'descriptions' | 'events' | 'lifeCycle' | 'nodes'>;

export function failoverOperations(
  { caches, descriptions, events, lifeCycle, nodes }: FailoverParts,
  clock: Pick<Clock, 'now'>,
): Operations {
  let calledAt: readonly number[] = [];

  const countCall = (): void => {
    const recent = calledAt.filter((at) => at > clock.now() - DAY);
    if (recent.length >= MOST_A_DAY) {
      throw new ServiceError(
        'APICallRateForCustomerExceededFault',
        'The customer has exceeded the allowed rate of API calls.',
      );
    }
    calledAt = [...recent, clock.now()];
  };

  const failOver = (cache: Cache, from: CacheNode, to: CacheNode): void => {
    const ofNode = ({ cacheClusterId }: CacheNode, message: string): void =>
      events.record('cache-cluster', cacheClusterId, message);
    lifeCycle.after(CUT_OFF, () => nodes.isolate(cache, from));
    const promoted = new Promise<void>((resolve, reject) => {
      lifeCycle.after(PROMOTED, async () => {
        try {
          await nodes.promote(cache, to, () =>
            lifeCycle.after(NAME_LAG, () => {
              nodes.publish(cache);
            }),
          );
          const message = `Failover from primary node ${from.cacheClusterId} to replica node ${to.cacheClusterId} completed`;
          ofNode(to, message);
          events.record('replication-group', cache.id, message);
          ofNode(from, `Recovering cache nodes ${CACHE_NODE_ID}`);
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    // Its failure is the change's, which ends later.
    promoted.catch(() => undefined);
    lifeCycle.change(cache, {
      status: 'modifying',
      durationMs: DURATION.failover,
      async apply() {
        await promoted;
        if (from.server) nodes.join(cache, from, from.server);
        ofNode(from, `Finished recovery for cache nodes ${CACHE_NODE_ID}`);
      },
    });
  };

  return {
    TestFailover(input: TestFailoverMessage) {
      const cache = availableGroup(caches, input.ReplicationGroupId);
      const shard = shardOf(cache, input.NodeGroupId);
      const primary = primaryOf(cache, shard);
      const [replica] = replicasOf(cache, shard);
      if (!cache.automaticFailover || !replica || !primary) {
        throw new ServiceError('InvalidReplicationGroupStateFault', 'Automatic failover is not enabled.');
      }
      countCall();
      events.record('replication-group', cache.id, `Test Failover API called for node group ${shard.id}`);
      failOver(cache, primary, replica);
      return { ReplicationGroup: descriptions.replicationGroup(cache) };
    },
  };
}

function shardOf(cache: Cache, nodeGroupId = ''): Shard {
  const shard = cache.shards.find(({ id }) => id === nodeGroupId);
  if (!shard) throw new ServiceError('NodeGroupNotFoundFault', `Node group ${nodeGroupId} not found.`);
  return shard;
}
