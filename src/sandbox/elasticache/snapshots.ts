/** Snapshots by name and life cycle. They hold no data: the sandbox does not restore from them. */
import type {
  CreateSnapshotMessage,
  DeleteSnapshotMessage,
  DescribeSnapshotsMessage,
  Snapshot,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { membersOf, requireAvailable } from './cache.ts';
import type { Cache, CacheNode, Caches } from './cache.ts';
import { CACHE_NODE_ID } from './descriptions.ts';
import type { Events } from './events.ts';
import { DURATION } from './life-cycle.ts';
import type { LifeCycle } from './life-cycle.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination } from './rejection.ts';
import type { Tags } from './tags.ts';

/** The API reference gives DescribeSnapshots smaller pages than the others. */
const LARGEST_PAGE = 50;

export interface Snapshots {
  /** Throws when the name is taken. */
  takeFinal(cache: Cache, snapshotName: string): void;
  /** Throws for an unknown name. */
  requireExists(snapshotName: string): void;
  readonly operations: Operations;
}

export interface SnapshotsOptions {
  readonly clock: Clock;
  readonly arn: Arn;
  readonly tags: Tags;
  readonly caches: Caches;
  readonly events: Events;
  readonly lifeCycle: LifeCycle;
}

export function createSnapshots({
  clock,
  arn,
  tags,
  caches,
  events,
  lifeCycle,
}: SnapshotsOptions): Snapshots {
  const snapshots = new Map<string, Snapshot>();

  const freeName = (requested: string | undefined): string => {
    const name = identifier('SnapshotName', requested, 255);
    if (snapshots.has(name)) {
      throw new ServiceError('SnapshotAlreadyExistsFault', `Snapshot with name ${name} already exists.`);
    }
    return name;
  };

  const take = (cache: Cache, node: CacheNode, name: string): Snapshot => {
    const snapshot = describe(cache, node, name, arn('snapshot', name), clock.now());
    snapshots.set(name, snapshot);
    return snapshot;
  };

  const finish = (cache: Cache, snapshot: Snapshot): void => {
    snapshot.SnapshotStatus = 'available';
    events.record(
      cache.kind,
      cache.id,
      `Snapshot succeeded for snapshot with ID '${snapshot.SnapshotName ?? ''}'`,
    );
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

  const operations = {
    CreateSnapshot(input: CreateSnapshotMessage) {
      const { cache, node } = source(input);
      const name = freeName(input.SnapshotName);
      requireAvailable(cache, `Cannot create a snapshot: ${cache.id} is not in available state.`);
      if (!node) throw new ServiceError('InvalidReplicationGroupStateFault', `${cache.id} has no nodes.`);
      tags.put(arn('snapshot', name), input.Tags);
      const snapshot = take(cache, node, name);
      lifeCycle.change(cache, {
        status: 'snapshotting',
        durationMs: DURATION.snapshot,
        apply: () => finish(cache, snapshot),
      });
      return { Snapshot: snapshot };
    },
    DescribeSnapshots(input: DescribeSnapshotsMessage) {
      const matching = [...snapshots.values()].filter(
        (one) =>
          (!input.SnapshotName || one.SnapshotName === input.SnapshotName.toLowerCase()) &&
          (!input.ReplicationGroupId || one.ReplicationGroupId === input.ReplicationGroupId.toLowerCase()) &&
          (!input.CacheClusterId || one.CacheClusterId === input.CacheClusterId.toLowerCase()) &&
          (!input.SnapshotSource || input.SnapshotSource === 'user'),
      );
      if (input.SnapshotName && matching.length === 0) throw notFound(input.SnapshotName);
      const { items, Marker } = page(matching, input, LARGEST_PAGE);
      return { Marker, Snapshots: items };
    },
    DeleteSnapshot({ SnapshotName = '' }: DeleteSnapshotMessage) {
      const snapshot = snapshots.get(SnapshotName.toLowerCase());
      if (!snapshot) throw notFound(SnapshotName);
      if (snapshot.SnapshotStatus !== 'available') {
        throw new ServiceError(
          'InvalidSnapshotStateFault',
          `Snapshot ${SnapshotName} is not in available state.`,
        );
      }
      snapshots.delete(SnapshotName.toLowerCase());
      tags.forget(arn('snapshot', SnapshotName.toLowerCase()));
      return { Snapshot: { ...snapshot, SnapshotStatus: 'deleting' } };
    },
  } satisfies Operations;

  return {
    operations,
    requireExists(snapshotName) {
      if (!snapshots.has(snapshotName)) throw notFound(snapshotName);
    },
    takeFinal(cache, snapshotName) {
      const name = freeName(snapshotName);
      const node = cache.nodes.at(-1);
      if (!node) return;
      const snapshot = take(cache, node, name);
      tags.put(arn('snapshot', name), []);
      lifeCycle.after(DURATION.snapshot, () => finish(cache, snapshot));
    },
  };
}

function notFound(name: string): ServiceError {
  return new ServiceError('SnapshotNotFoundFault', `${name} is either not present or not available.`);
}

function describe(cache: Cache, node: CacheNode, name: string, arn: string, now: number): Snapshot {
  const grouped = cache.kind === 'replication-group';
  const clustered = cache.clusterMode !== 'disabled';
  const sources = clustered ? cache.shards.flatMap((shard) => membersOf(cache, shard).slice(-1)) : [node];
  return {
    SnapshotName: name,
    ReplicationGroupId: grouped ? cache.id : undefined,
    ReplicationGroupDescription: grouped ? cache.description : undefined,
    CacheClusterId: clustered ? undefined : node.cacheClusterId,
    SnapshotStatus: 'creating',
    SnapshotSource: 'manual',
    CacheNodeType: cache.cacheNodeType,
    Engine: cache.engineVersion.engine,
    EngineVersion: cache.engineVersion.actual,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: node.networkInterface.availabilityZone,
    CacheClusterCreateTime: new Date(node.createdAt),
    PreferredMaintenanceWindow: cache.maintenanceWindow,
    Port: cache.port,
    CacheParameterGroupName: cache.parameterGroupName,
    CacheSubnetGroupName: cache.subnetGroupName,
    VpcId: cache.vpcId,
    AutoMinorVersionUpgrade: cache.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: cache.snapshotRetentionLimit,
    SnapshotWindow: cache.snapshotWindow,
    NumNodeGroups: grouped ? cache.shards.length : undefined,
    AutomaticFailover: cache.automaticFailover ? 'enabled' : 'disabled',
    NodeSnapshots: sources.map((source) => ({
      CacheClusterId: source.cacheClusterId,
      NodeGroupId: grouped ? source.shard.id : undefined,
      CacheNodeId: CACHE_NODE_ID,
      CacheNodeCreateTime: new Date(source.createdAt),
      SnapshotCreateTime: new Date(now),
    })),
    KmsKeyId: cache.kmsKeyId,
    ARN: arn,
    DataTiering: 'disabled',
  };
}
