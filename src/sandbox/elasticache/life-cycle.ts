/** How caches come to be, change and go: what takes how long, and what may be seen meanwhile. */
import type { Clock } from '../../clock.ts';
import type { RedisNode } from '../redis/node.ts';
import type { Cache, CacheNode, Status } from './cache.ts';
import { isPrimary, primaryOf, snapshotSource } from './cache.ts';
import type { Events } from './events.ts';
import type { NodePlan, Nodes } from './nodes.ts';
import { createSchedule } from './schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A create takes 5 to 15 minutes on AWS; of the others only the order of magnitude is known. */
export const DURATION = {
  firstNode: 6 * MINUTE,
  eachFurtherNode: 90 * SECOND,
  modification: 3 * MINUTE,
  failover: MINUTE,
  reboot: MINUTE,
  tagging: 10 * SECOND,
  snapshot: 2 * MINUTE,
  snapshotDeletion: 20 * SECOND,
  deletion: 4 * MINUTE,
  /** How much longer than its cache a network interface lives. */
  interfaceRelease: 3 * MINUTE,
  /** For so long after a modification a read may still say 'available'. */
  staleRead: 5 * SECOND,
} as const;

export interface Change {
  readonly status: Status;
  readonly durationMs: number;
  readonly apply: () => void | Promise<void>;
}

export interface LifeCycle {
  create(
    cache: Cache,
    plans: readonly NodePlan[],
    groupIds: readonly string[],
    failure: string | undefined,
  ): void;
  change(cache: Cache, change: Change): void;
  /** `joined` is called once all run, before the cache is available again. */
  addNodes(cache: Cache, plans: readonly NodePlan[], joined?: () => Promise<void>): void;
  /** In this order, after `before`. */
  removeNodes(cache: Cache, nodes: readonly CacheNode[], before?: () => Promise<void>): void;
  /** Its servers end after `before`. */
  delete(cache: Cache, forget: () => void, before?: Promise<unknown>): void;
  after(ms: number, run: () => void | Promise<void>): void;
  close(): void;
}

/** `speed`: how many times faster than on AWS nodes come and go. */
export function createLifeCycle(clock: Clock, nodes: Nodes, events: Events, speed = 1): LifeCycle {
  const schedule = createSchedule(clock);
  const sooner = (ms: number, run: () => void | Promise<void>): void => schedule.after(ms / speed, run);

  const record = (cache: Cache, message: string): void => events.record(cache.kind, cache.id, message);

  const setStatus = (cache: Cache, status: Status): void => {
    cache.status = status;
    for (const node of cache.nodes) if (node.server && node.status !== 'deleting') node.status = status;
  };

  const endRestoring = (cache: Cache): void => {
    cache.origin?.release();
    delete cache.origin;
  };

  const release = (node: CacheNode): void => sooner(DURATION.interfaceRelease, () => nodes.detach(node));

  /** A failed create leaves its name occupied and no nodes; a failed growth leaves the nodes that there were. */
  const fail = async (cache: Cache, reason: string): Promise<void> => {
    const creating = cache.status === 'creating';
    const failed = cache.nodes.filter(({ server }) => creating || !server);
    if (failed.length === 0) return;
    record(cache, `Failed to ${creating ? 'create' : 'modify'} ${cache.kind} ${cache.id}: ${reason}`);
    cache.nodes = cache.nodes.filter((node) => !failed.includes(node));
    cache.changing = false;
    const isRestored = cache.kind === 'cache-cluster' && cache.origin !== undefined;
    if (creating) endRestoring(cache);
    setStatus(cache, creating ? (isRestored ? 'restore-failed' : 'create-failed') : 'available');
    await Promise.all(failed.map((node) => nodes.leave(cache, node)));
    for (const node of failed) release(node);
  };

  /** Starts the servers now; each node joins when its time has come and its server has started, whichever is later. */
  const launch = (
    cache: Cache,
    added: readonly CacheNode[],
    firstAfter: number,
    joined: () => void | Promise<void>,
  ): void => {
    const servers = new Map<CacheNode | undefined, Promise<RedisNode>>();
    const start = async (node: CacheNode): Promise<RedisNode> => {
      // Those of a cluster find each other.
      if (isPrimary(node) || cache.clusterMode !== 'disabled') return nodes.launch(cache, node);
      const primary = primaryOf(cache, node.shard);
      const replicaOf = (await servers.get(primary)) ?? primary?.server;
      return nodes.launch(cache, node, replicaOf && { replicaOf });
    };
    for (const [index, node] of added.entries()) {
      const server = start(node);
      servers.set(node, server);
      // Reported when the node's time has come.
      server.catch(() => undefined);
      sooner(firstAfter + index * DURATION.eachFurtherNode, async () => {
        try {
          const ready = await clock.busy(server);
          if (!cache.nodes.includes(node)) return;
          nodes.join(cache, node, ready);
          events.record(
            'cache-cluster',
            node.cacheClusterId,
            `Added cache node 0001 in availability zone ${node.networkInterface.availabilityZone}`,
          );
          await joined();
        } catch (error) {
          await fail(cache, error instanceof Error ? error.message : String(error));
        }
      });
    }
  };

  const lifeCycle: LifeCycle = {
    create(cache, plans, groupIds, failure) {
      cache.origin?.hold();
      const added = plans.map((plan) => nodes.attach(cache, plan, groupIds));
      if (failure !== undefined) {
        sooner(DURATION.firstNode, () => fail(cache, failure));
        return;
      }
      launch(cache, added, DURATION.firstNode, () => {
        if (cache.nodes.some(({ server }) => !server)) return;
        setStatus(cache, 'available');
        endRestoring(cache);
        nodes.publish(cache);
        record(
          cache,
          cache.kind === 'replication-group'
            ? `Replication group ${cache.id} created`
            : 'Cache cluster created',
        );
      });
    },
    change(cache, { status, durationMs, apply }) {
      cache.changing = true;
      schedule.after(DURATION.staleRead, () => setStatus(cache, status));
      schedule.after(DURATION.staleRead + durationMs, async () => {
        try {
          await apply();
        } catch (error) {
          record(
            cache,
            `Failed to modify ${cache.id}: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
        cache.changing = false;
        setStatus(cache, 'available');
      });
    },
    addNodes(cache, plans, joined) {
      cache.changing = true;
      const groupIds = primaryOf(cache)?.networkInterface.groupIds ?? [];
      const added = plans.map((plan) => nodes.attach(cache, plan, groupIds));
      schedule.after(DURATION.staleRead, () => setStatus(cache, 'modifying'));
      launch(cache, added, DURATION.firstNode, async () => {
        if (cache.nodes.some(({ server }) => !server)) return;
        await joined?.();
        cache.changing = false;
        setStatus(cache, 'available');
        nodes.publish(cache);
      });
    },
    removeNodes(cache, removed, before) {
      for (const node of removed) node.status = 'deleting';
      lifeCycle.change(cache, {
        status: 'modifying',
        durationMs: DURATION.deletion,
        async apply() {
          await before?.();
          cache.nodes = cache.nodes.filter((node) => !removed.includes(node));
          cache.snapshottingClusterId = snapshotSource(cache);
          for (const node of removed) {
            await nodes.forget(cache, node);
            await nodes.leave(cache, node);
            release(node);
            events.record('cache-cluster', node.cacheClusterId, 'Cache cluster deleted');
          }
        },
      });
    },
    delete(cache, forget, before) {
      setStatus(cache, 'deleting');
      cache.changing = true;
      const gone = [...cache.nodes];
      const stop = () => Promise.all(gone.map((node) => nodes.leave(cache, node)));
      const stopped = before ? before.then(stop) : stop();
      sooner(DURATION.deletion, async () => {
        await clock.busy(stopped);
        forget();
        record(
          cache,
          cache.kind === 'replication-group'
            ? `Replication group ${cache.id} deleted`
            : 'Cache cluster deleted',
        );
        for (const node of gone) release(node);
      });
    },
    after: (ms, run) => schedule.after(ms, run),
    close: () => schedule.close(),
  };
  return lifeCycle;
}
