/** A new replication group: what AWS is asked for, and what the plan says of it. */
import type { EngineVersion, NewReplicationGroup } from '../../aws/elasticache.ts';
import type { Detail, Blocked } from '../../domain/change.ts';
import { asDescription } from '../../domain/limits.ts';
import { sourceOf, type Auth, type ReplicationGroupSettings, type Sourced } from '../../domain/settings.ts';
import { onOff } from './changes/modification.ts';
import { snapshotDetails } from './snapshot-details.ts';
import { parameterGroupOf } from './cache-parameter-group.ts';

/** What is known only when the things around it are there. */
type Late = 'cacheSubnetGroupName' | 'securityGroupIds' | 'tags' | 'authToken';

export function creation(
  cache: ReplicationGroupSettings,
  { cacheParameterGroupFamily: family }: EngineVersion,
  cacheParameterGroupName: string | undefined,
): Omit<NewReplicationGroup, Late> {
  const clusterMode = cache.clusterMode.value;
  const clustered = clusterMode !== 'disabled';
  return {
    replicationGroupId: cache.name,
    description: asDescription(cache.description.value),
    engine: cache.engine.value,
    engineVersion: cache.engineVersion.value,
    cacheNodeType: cache.cacheNodeType.value,
    clusterMode,
    shards: cache.shards.value,
    replicas: cache.replicas.value,
    // Cluster mode cannot be without (API reference, AutomaticFailoverEnabled).
    automaticFailover: cache.multiAz.value || clustered,
    multiAz: cache.multiAz.value,
    port: cache.port.value,
    // AWS advises to name the default group rather than to leave it open: it decides on cluster mode.
    cacheParameterGroupName: cacheParameterGroupName ?? `default.${family}${clustered ? '.cluster.on' : ''}`,
    transitEncryption: cache.transitEncryption.value,
    atRestEncryption: cache.atRestEncryption.value,
    snapshotRetentionLimit: cache.snapshotRetention.value,
    ...(cache.transitEncryption.value && cache.takesPlaintextToo === true ? { takesPlaintextToo: true } : {}),
    ...snapshotOf(cache),
    ...(cache.preferredAzs ? { preferredAzs: byShard(cache, cache.preferredAzs.value) } : {}),
    ...(cache.kmsKeyId ? { kmsKeyId: cache.kmsKeyId.value } : {}),
    ...(cache.snapshotWindow ? { snapshotWindow: cache.snapshotWindow.value } : {}),
    ...(cache.maintenanceWindow ? { maintenanceWindow: cache.maintenanceWindow.value } : {}),
  };
}

function snapshotOf({
  snapshot,
}: ReplicationGroupSettings): Pick<NewReplicationGroup, 'snapshotName' | 'serverlessSnapshotName'> {
  if (!snapshot) return {};
  const { kind, snapshotName } = snapshot;
  return kind === 'serverless' ? { serverlessSnapshotName: snapshotName } : { snapshotName };
}

/** The zones of one shard may stand for all. */
function byShard({ shards, replicas }: ReplicationGroupSettings, zones: readonly string[]): string[][] {
  const nodes = 1 + replicas.value;
  return Array.from({ length: shards.value }, (_, shard) => {
    const from = zones.length > nodes ? shard * nodes : 0;
    return zones.slice(from, from + nodes);
  });
}

/** What AWS would refuse, said before anything is made. */
export function creationObstacle(cache: ReplicationGroupSettings): Blocked | undefined {
  const { clusterMode, shards, replicas, multiAz, preferredAzs } = cache;
  if (multiAz.value && replicas.value < 1)
    return {
      action: 'blocked',
      reason: 'Multi-AZ needs a replica to fail over to',
      hint: 'Add --replicas 1.',
    };
  if (clusterMode.value === 'compatible' && replicas.value < 1) {
    return {
      action: 'blocked',
      reason: 'Cluster mode compatible needs a replica to fail over to',
      hint: 'Add --replicas 1, or say --cluster-mode enabled.',
    };
  }
  const nodes = 1 + replicas.value;
  const zones = preferredAzs?.value.length;
  if (zones === undefined || zones === nodes || zones === nodes * shards.value) return undefined;
  return {
    action: 'blocked',
    reason: `--preferred-azs names ${zones} zones for ${nodes * shards.value} nodes`,
    hint: `Name ${nodes}${shards.value > 1 ? ` for each shard, ${nodes * shards.value} in all` : ''}, the primary’s first.`,
  };
}

export function creationDetails(cache: ReplicationGroupSettings): Detail[] {
  const row = (field: string, setting: Sourced<unknown>, to = String(setting.value)): Detail => ({
    field,
    to,
    origin: sourceOf(setting),
  });
  const switched = (setting: Sourced<boolean>): string => onOff(setting.value);
  const group = parameterGroupOf(cache);
  const clustered = cache.clusterMode.value !== 'disabled';
  return [
    ...snapshotDetails(cache),
    row('engine', cache.engineVersion, `${cache.engine.value} ${cache.engineVersion.value}`),
    row('node type', cache.cacheNodeType),
    ...(clustered ? [row('cluster mode', cache.clusterMode, `${cache.clusterMode.value}: ${CLIENTS}`)] : []),
    ...(clustered ? [row('shards', cache.shards)] : []),
    row('replicas', cache.replicas, `${cache.replicas.value}${clustered ? ' of each shard' : ''}`),
    row('Multi-AZ with failover', cache.multiAz, switched(cache.multiAz)),
    ...(cache.preferredAzs ? [row('zones', cache.preferredAzs, cache.preferredAzs.value.join(', '))] : []),
    row('port', cache.port),
    row('password', cache.auth, PASSWORDS[cache.auth.value]),
    row(
      'encryption in transit',
      cache.transitEncryption,
      `${switched(cache.transitEncryption)}${cache.takesPlaintextToo === true ? ', plaintext accepted too' : ''}`,
    ),
    row('encryption at rest', cache.atRestEncryption, switched(cache.atRestEncryption)),
    row('snapshot retention', cache.snapshotRetention, `${cache.snapshotRetention.value} days`),
    ...(cache.maintenanceWindow ? [row('maintenance window', cache.maintenanceWindow)] : []),
    ...(cache.snapshotWindow ? [row('snapshot window', cache.snapshotWindow)] : []),
    ...(group === undefined ? [] : [{ field: 'parameter group', to: group }]),
    ...(cache.securityGroupIds.length > 0
      ? [{ field: 'security groups', to: `and ${cache.securityGroupIds.join(', ')}` }]
      : []),
  ];
}

const PASSWORDS: Readonly<Record<Auth, string>> = {
  none: 'none',
  token: 'an AUTH token',
  rbac: 'of a user named default',
};

/** Said wherever an app is handed the address of such a cache. */
export const CLIENTS = 'a plain Redis client cannot use it, only one that speaks the cluster protocol';
