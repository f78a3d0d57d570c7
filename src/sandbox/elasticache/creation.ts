/** What a create call makes: the checks of ElastiCache in words of its own, then the state of a new cache. */
import type { CreateCacheClusterMessage, CreateReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { checkAuthToken } from './auth-token.ts';
import type { Cache } from './cache.ts';
import { engineVersion } from './engine-versions.ts';
import type { Layout } from './layout.ts';
import { checkKmsKey } from './kms-key.ts';
import { checkFamily } from './modification-request.ts';
import { DEFAULT_NODE_TYPE, maxmemory } from './node-types.ts';
import { defaultParameterGroup } from './parameter-groups.ts';
import type { ParameterGroups } from './parameter-groups.ts';
import { checkOrigin } from './origin.ts';
import type { Origin, OriginRequest } from './origin.ts';
import { invalidCombination, invalidValue, notInSandbox } from './rejection.ts';
import type { SubnetGroup, SubnetGroups } from './subnet-groups.ts';
import { maintenanceWindow, snapshotRetention, snapshotWindow, windowOfChoice } from './windows.ts';

const DEFAULT_PORT = 6379;
const DEFAULT_SNAPSHOT_WINDOW = '03:00-04:00';
const LONGEST_DESCRIPTION = 255;

/** The members that both create operations have. */
type Common = Omit<CreateCacheClusterMessage, 'CacheClusterId' | 'NumCacheNodes' | 'ReplicationGroupId'>;

export interface CreationContext {
  readonly now: number;
  readonly region: string;
  readonly subnetGroups: SubnetGroups;
  readonly parameterGroups: ParameterGroups;
  /** Throws for a snapshot that no cache can be made of. */
  origin(input: OriginRequest): Origin | undefined;
}

export function checkReplicationGroup(input: CreateReplicationGroupMessage): void {
  if ((input.ReplicationGroupDescription?.length ?? 0) > LONGEST_DESCRIPTION) {
    throw invalidValue(
      `ReplicationGroupDescription must not be longer than ${LONGEST_DESCRIPTION} characters.`,
    );
  }
  if (input.TransitEncryptionMode && !input.TransitEncryptionEnabled) {
    throw invalidCombination('TransitEncryptionMode requires TransitEncryptionEnabled to be true.');
  }
  if (input.KmsKeyId && !input.AtRestEncryptionEnabled) {
    throw invalidCombination('KmsKeyId can only be specified when encryption at rest is enabled.');
  }
  const absent: [present: boolean, what: string][] = [
    [Boolean(input.GlobalReplicationGroupId), 'global datastores'],
    [Boolean(input.PrimaryClusterId), 'replication groups made from a cache cluster (PrimaryClusterId)'],
    [Boolean(input.DataTieringEnabled), 'data tiering'],
    [input.Durability !== undefined && !['default', 'disabled'].includes(input.Durability), 'durability'],
  ];
  for (const [present, what] of absent) if (present) throw notInSandbox(what);
}

export function newCache(
  kind: Cache['kind'],
  id: string,
  input: Common &
    Pick<
      CreateReplicationGroupMessage,
      'TransitEncryptionMode' | 'AtRestEncryptionEnabled' | 'KmsKeyId' | 'ServerlessCacheSnapshotName'
    >,
  layout: Layout,
  { now, region, subnetGroups, parameterGroups, ...context }: CreationContext,
): Cache {
  if (input.SnapshotArns?.some((arn) => arn.startsWith('arn:aws:elasticache:'))) {
    throw invalidValue('Must specify an object path for the S3 ARN');
  }
  if (input.SnapshotArns?.length) throw notInSandbox('restores from S3');
  const origin = context.origin(input);
  if (input.LogDeliveryConfigurations?.length) throw notInSandbox('log delivery');
  if (input.NetworkType && input.NetworkType !== 'ipv4')
    throw notInSandbox(`the network type ${input.NetworkType}`);
  if (input.CacheSecurityGroupNames?.length) {
    throw invalidCombination(
      'Use of cache security groups is not permitted along with cache subnet group and/or security group Ids.',
    );
  }
  if (input.AuthToken !== undefined) {
    if (!input.TransitEncryptionEnabled) {
      throw invalidValue('The AUTH token is only supported when encryption-in-transit is enabled');
    }
    checkAuthToken(input.AuthToken);
  }
  checkKmsKey(input.KmsKeyId, region);
  const version = engineVersion(
    input.Engine ?? origin?.engine,
    input.EngineVersion ?? origin?.engineVersion.split('.').slice(0, 2).join('.'),
  );
  if (origin)
    checkOrigin(origin, { ...version, engineVersion: version.actual, clusterMode: layout.clusterMode });
  const parameterGroupName =
    input.CacheParameterGroupName?.toLowerCase() ??
    defaultParameterGroup(version.family, layout.clusterMode !== 'disabled');
  checkFamily(parameterGroups, parameterGroupName, version.family);
  const cacheNodeType = input.CacheNodeType ?? origin?.cacheNodeType ?? DEFAULT_NODE_TYPE;
  maxmemory(cacheNodeType);
  const subnetGroup = requestedSubnetGroup(input.CacheSubnetGroupName, subnetGroups);

  return {
    kind,
    id,
    createdAt: now,
    port: port(input.Port),
    subnetGroupName: subnetGroup.name,
    vpcId: subnetGroup.vpcId,
    // Valkey is encrypted unless one says otherwise, Redis OSS is not (API reference, AtRestEncryptionEnabled).
    atRestEncryption: input.AtRestEncryptionEnabled ?? version.engine === 'valkey',
    kmsKeyId: input.KmsKeyId,
    status: 'creating',
    changing: false,
    pending: {},
    shards: layout.shards.map(({ id, slots }) => ({ id, slots, primaryId: '' })),
    nodes: [],
    clusterMode: layout.clusterMode,
    resharding: undefined,
    ...(origin ? { origin } : {}),
    names: new Set(),
    description: '',
    engineVersion: version,
    cacheNodeType,
    parameterGroupName,
    automaticFailover: false,
    multiAz: false,
    transitEncryption: input.TransitEncryptionEnabled
      ? (input.TransitEncryptionMode ?? 'required')
      : 'disabled',
    authTokens: input.AuthToken === undefined ? [] : [input.AuthToken],
    authRequired: input.AuthToken !== undefined,
    authTokenChangedAt: input.AuthToken === undefined ? undefined : now,
    userGroupId: undefined,
    maintenanceWindow: maintenanceWindow(input.PreferredMaintenanceWindow ?? windowOfChoice(now)),
    snapshotWindow: snapshotWindow(input.SnapshotWindow ?? DEFAULT_SNAPSHOT_WINDOW),
    snapshotRetentionLimit: snapshotRetention(input.SnapshotRetentionLimit ?? 0),
    snapshottingClusterId: undefined,
    notificationTopicArn: input.NotificationTopicArn,
    notificationTopicStatus: 'active',
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
  };
}

/** The sandbox's accounts have no default VPC, of which AWS would make a group. */
function requestedSubnetGroup(name: string | undefined, subnetGroups: SubnetGroups): SubnetGroup {
  if (!name) throw invalidValue('The account does not have any default subnets.');
  return subnetGroups.find(name);
}

function port(requested = DEFAULT_PORT): number {
  if (requested >= 1 && requested <= 65_535) return requested;
  throw invalidValue(`Invalid port ${requested}. Must be between 1 and 65535.`);
}
