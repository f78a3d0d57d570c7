/** Snapshots of caches of nodes: by name and life cycle, with the data that their servers held when they were taken. */
import type {
  CopySnapshotMessage,
  CreateSnapshotMessage,
  DeleteSnapshotMessage,
  DescribeSnapshotsMessage,
  Snapshot,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import type { Contents } from '../redis/contents.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { automaticName, isExpired, untilAutomaticSnapshot } from './automatic-snapshots.ts';
import { requireAvailable } from './cache.ts';
import type { Cache, CacheNode, Caches } from './cache.ts';
import type { Events } from './events.ts';
import { DURATION } from './life-cycle.ts';
import type { LifeCycle } from './life-cycle.ts';
import type { Nodes } from './nodes.ts';
import { holds } from './origin.ts';
import type { Origin } from './origin.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, notInSandbox } from './rejection.ts';
import { describeSnapshot, sourcesOf, withSizes } from './snapshot-description.ts';
import type { Tags } from './tags.ts';

/** The API reference gives DescribeSnapshots smaller pages than the others. */
const LARGEST_PAGE = 50;
/** User guide, "Snapshot and restore": manual ones of a node within 24 hours. */
const MOST_A_DAY = 20;
const DAY = 24 * 60 * 60_000;

export interface Snapshots {
  /** Throws when the name is taken. Ends when the data has been read. */
  takeFinal(cache: Cache, snapshotName: string): Promise<unknown>;
  /** Throws for an unknown name. */
  requireExists(snapshotName: string): void;
  /** What a cache can be made of. Throws for an unknown name, or one that is not finished. */
  origin(snapshotName: string): Origin;
  /** The name of the one with this ARN. */
  named(arn: string): string | undefined;
  /** From now on one is taken each day in the cache's window, while its retention is not zero. */
  takeDaily(cache: Cache): void;
  /** Automatic ones go with their cache. */
  forgetAutomatic(cache: Cache): void;
  readonly operations: Operations;
}

export interface SnapshotsOptions {
  readonly clock: Clock;
  readonly arn: Arn;
  readonly tags: Tags;
  readonly caches: Caches;
  readonly events: Events;
  readonly lifeCycle: LifeCycle;
  readonly nodes: Pick<Nodes, 'readContents'>;
}

interface Kept extends Pick<Origin, 'contents' | 'clusterMode' | 'hold' | 'release'> {
  readonly snapshot: Snapshot;
}

export function createSnapshots(options: SnapshotsOptions): Snapshots {
  const { clock, arn, tags, caches, events, lifeCycle, nodes } = options;
  const snapshots = new Map<string, Kept>();
  let taken: { readonly cacheClusterId: string; readonly at: number }[] = [];

  const freeName = (parameter: string, requested: string | undefined): string => {
    const name = identifier(parameter, requested, 255);
    if (snapshots.has(name)) {
      throw new ServiceError('SnapshotAlreadyExistsFault', `Snapshot with name ${name} already exists.`);
    }
    return name;
  };

  const find = (name = ''): Kept => {
    const kept = snapshots.get(name.toLowerCase());
    if (!kept) throw notFound(name);
    return kept;
  };

  const finished = (name: string | undefined): Kept => {
    const kept = find(name);
    if (kept.snapshot.SnapshotStatus === 'available') return kept;
    throw new ServiceError('InvalidSnapshotStateFault', `Snapshot ${name ?? ''} is not in available state.`);
  };

  const keep = (
    snapshot: Snapshot,
    contents: Promise<Contents>,
    clusterMode: Origin['clusterMode'],
  ): Kept => {
    // Reported when its time has come.
    contents.catch(() => undefined);
    const show = (status: string): void => void (snapshot.SnapshotStatus = status);
    const kept = { snapshot, contents, clusterMode, ...holds(show) };
    snapshots.set(snapshot.SnapshotName ?? '', kept);
    return kept;
  };

  const take = (cache: Cache, node: CacheNode, name: string, source: 'manual' | 'automated'): Kept => {
    const described = describeSnapshot(cache, node, name, arn('snapshot', name), clock.now(), source);
    return keep(described, nodes.readContents(cache), cache.clusterMode);
  };

  const finish = async (cache: Cache, { snapshot, contents }: Kept): Promise<void> => {
    const name = snapshot.SnapshotName ?? '';
    try {
      withSizes(snapshot, await contents);
      snapshot.SnapshotStatus = 'available';
      events.record(cache.kind, cache.id, `Snapshot succeeded for snapshot with ID '${name}'`);
    } catch (error) {
      snapshots.delete(name);
      const reason = error instanceof Error ? error.message : String(error);
      events.record(cache.kind, cache.id, `Snapshot failed for snapshot with ID '${name}': ${reason}`);
    }
  };

  const snapshotting = (cache: Cache, kept: Kept): void =>
    lifeCycle.change(cache, {
      status: 'snapshotting',
      durationMs: DURATION.snapshot,
      apply: () => finish(cache, kept),
    });

  const requireQuota = (sources: readonly CacheNode[]): void => {
    taken = taken.filter(({ at }) => clock.now() - at < DAY);
    for (const { cacheClusterId } of sources) {
      if (taken.filter((each) => each.cacheClusterId === cacheClusterId).length < MOST_A_DAY) continue;
      throw new ServiceError(
        'SnapshotQuotaExceededFault',
        `The request cannot be processed because it would exceed the maximum number of snapshots (${MOST_A_DAY} of ${cacheClusterId} within 24 hours).`,
      );
    }
    taken.push(...sources.map(({ cacheClusterId }) => ({ cacheClusterId, at: clock.now() })));
  };

  const source = (input: CreateSnapshotMessage): { cache: Cache; node: CacheNode | undefined } => {
    if (Boolean(input.ReplicationGroupId) === Boolean(input.CacheClusterId)) {
      throw invalidCombination('Exactly one of ReplicationGroupId and CacheClusterId must be specified.');
    }
    if (input.CacheClusterId) {
      const found = caches.cluster(input.CacheClusterId);
      if (found.cache.clusterMode === 'disabled') return found;
      throw invalidCombination(
        'A cluster with cluster mode enabled can be backed up only as a whole, by its ReplicationGroupId.',
      );
    }
    const cache = caches.group(input.ReplicationGroupId);
    return { cache, node: cache.nodes.at(-1) };
  };

  const takeAutomatic = (cache: Cache): void => {
    for (const [name, { snapshot }] of snapshots) {
      if (isExpired(snapshot, cache, clock.now())) forget(name);
    }
    const node = cache.nodes.at(-1);
    // AWS leaves one out while the cache is being changed.
    if (!node || cache.snapshotRetentionLimit === 0 || cache.status !== 'available' || cache.changing) return;
    const name = automaticName(node.cacheClusterId, clock.now());
    tags.put(arn('snapshot', name), []);
    snapshotting(cache, take(cache, node, name, 'automated'));
  };

  const forget = (name: string): void => {
    snapshots.delete(name);
    tags.forget(arn('snapshot', name));
  };

  const takeDaily = (cache: Cache, isNew = true): void =>
    lifeCycle.after(untilAutomaticSnapshot(cache, clock.now(), isNew), () => {
      if (!caches.all().includes(cache)) return;
      takeAutomatic(cache);
      takeDaily(cache, false);
    });

  const operations = {
    CreateSnapshot(input: CreateSnapshotMessage) {
      const { cache, node } = source(input);
      const name = freeName('SnapshotName', input.SnapshotName);
      requireAvailable(cache, `Cannot create a snapshot: ${cache.id} is not in available state.`);
      if (!node) throw new ServiceError('InvalidReplicationGroupStateFault', `${cache.id} has no nodes.`);
      requireQuota(sourcesOf(cache, node));
      tags.put(arn('snapshot', name), input.Tags);
      const kept = take(cache, node, name, 'manual');
      snapshotting(cache, kept);
      return { Snapshot: { ...kept.snapshot } };
    },
    DescribeSnapshots(input: DescribeSnapshotsMessage) {
      const matching = [...snapshots.values()]
        .map(({ snapshot }) => snapshot)
        .filter(
          (one) =>
            (!input.SnapshotName || one.SnapshotName === input.SnapshotName.toLowerCase()) &&
            (!input.ReplicationGroupId ||
              one.ReplicationGroupId === input.ReplicationGroupId.toLowerCase()) &&
            (!input.CacheClusterId || one.CacheClusterId === input.CacheClusterId.toLowerCase()) &&
            (!input.SnapshotSource ||
              (input.SnapshotSource === 'user') === (one.SnapshotSource === 'manual')),
        );
      if (input.SnapshotName && matching.length === 0) throw notFound(input.SnapshotName);
      const { items, Marker } = page(matching, input, LARGEST_PAGE);
      return { Marker, Snapshots: items };
    },
    CopySnapshot(input: CopySnapshotMessage) {
      const original = finished(input.SourceSnapshotName);
      if (input.TargetBucket) throw notInSandbox('exports of snapshots to S3');
      const name = freeName('TargetSnapshotName', input.TargetSnapshotName);
      tags.put(arn('snapshot', name), input.Tags);
      const snapshot: Snapshot = {
        ...original.snapshot,
        SnapshotName: name,
        ARN: arn('snapshot', name),
        SnapshotSource: 'manual',
        SnapshotStatus: 'copying',
        ...(input.KmsKeyId === undefined ? {} : { KmsKeyId: input.KmsKeyId }),
      };
      keep(snapshot, original.contents, original.clusterMode);
      lifeCycle.after(DURATION.snapshot, () => void (snapshot.SnapshotStatus = 'available'));
      return { Snapshot: { ...snapshot } };
    },
    DeleteSnapshot(input: DeleteSnapshotMessage) {
      const { snapshot } = finished(input.SnapshotName);
      const { SnapshotName: name = '' } = snapshot;
      snapshot.SnapshotStatus = 'deleting';
      lifeCycle.after(DURATION.snapshotDeletion, () => forget(name));
      return { Snapshot: { ...snapshot } };
    },
  } satisfies Operations;

  return {
    operations,
    requireExists: (snapshotName) => void find(snapshotName),
    origin(snapshotName) {
      const kept = find(snapshotName);
      // Two caches may be made of one at the same time.
      const { snapshot, contents, clusterMode, hold, release } =
        kept.snapshot.SnapshotStatus === 'restoring' ? kept : finished(snapshotName);
      const { SnapshotName = '', Engine = '', EngineVersion = '', CacheNodeType = '' } = snapshot;
      return {
        snapshotName: SnapshotName,
        engine: Engine,
        engineVersion: EngineVersion,
        cacheNodeType: CacheNodeType,
        ...{ contents, clusterMode, hold, release },
      };
    },
    named: (name) => [...snapshots.keys()].find((each) => arn('snapshot', each) === name),
    takeFinal(cache, snapshotName) {
      const name = freeName('FinalSnapshotIdentifier', snapshotName);
      const node = cache.nodes.at(-1);
      if (!node) return Promise.resolve();
      const kept = take(cache, node, name, 'manual');
      tags.put(arn('snapshot', name), []);
      lifeCycle.after(DURATION.snapshot, () => finish(cache, kept));
      return kept.contents.catch(() => undefined);
    },
    takeDaily,
    forgetAutomatic({ id, nodes: members }) {
      const ids = [id, ...members.map(({ cacheClusterId }) => cacheClusterId)];
      for (const [name, { snapshot }] of snapshots) {
        const { SnapshotSource, ReplicationGroupId = '', CacheClusterId = '' } = snapshot;
        const isOf = ids.includes(ReplicationGroupId) || ids.includes(CacheClusterId);
        if (SnapshotSource === 'automated' && isOf) forget(name);
      }
    },
  };
}

function notFound(name: string): ServiceError {
  return new ServiceError('SnapshotNotFoundFault', `${name} is either not present or not available.`);
}
