/**
 * What the new cache takes over, none of which AWS restores with the data: from the cache that the snapshot was taken of
 * while that is there, else as far as the snapshot itself tells.
 */
import type { Aws } from '../../aws/aws.ts';
import type { CacheCluster, ReplicationGroup } from '../../aws/elasticache.ts';
import type { ServerlessCache } from '../../aws/serverless.ts';
import type { CacheSnapshot, SnapshotOfNodes } from '../../aws/snapshots.ts';
import { OF_TAG, PROJECT_TAG } from '../../domain/ownership.ts';
import type { Engine } from '../../domain/settings.ts';
import type { InputName, InputValue } from '../../inputs/catalogue.ts';

/** By the names of the inputs: what is given instead goes before it. */
export type Found = { readonly [N in InputName]?: InputValue<N> | undefined };

export interface ReplacedCache {
  readonly found: Found;
  readonly vpcId: string | undefined;
  /** On the old one, ours among them. */
  readonly securityGroupIds: readonly string[];
  readonly takesPlaintextToo: boolean;
  /** Whether it is there to be looked at. */
  readonly isThere: boolean;
  /** What it had and the new one will not, and what nobody can tell any more: sentences for the plan. */
  readonly notes: readonly string[];
}

export async function readReplacedCache(snapshot: CacheSnapshot, aws: Aws): Promise<ReplacedCache> {
  const { cacheName, kind } = snapshot;
  if (kind === 'serverless') {
    const living = await aws.serverless.readServerlessCache(cacheName);
    return living ? ofServerless(living, aws) : ofServerlessSnapshot(snapshot);
  }
  const group = await aws.elasticache.readReplicationGroup(cacheName);
  const alone = group ? undefined : await aws.elasticache.readCacheCluster(cacheName);
  const members = group ? await aws.elasticache.describeCacheClusters(group.memberClusters) : [];
  const [member = alone] = members;
  const around = await readAround(member ?? snapshot.nodes ?? {}, aws);
  const told = ofNodesSnapshot(snapshot);
  if (!member) return { ...around, ...told, found: { ...told.found, ...around.found } };
  return {
    ...around,
    found: { ...told.found, ...ofMember(member), ...(group ? ofGroup(group) : {}), ...around.found },
    securityGroupIds: member.securityGroupIds,
    takesPlaintextToo: group?.transitEncryptionMode === 'preferred',
    isThere: true,
    notes: group ? notesOf(group) : [],
  };
}

function ofMember({ engine, engineVersion, port, maintenanceWindow, cacheNodeType }: CacheCluster): Found {
  return {
    engine: toEngine(engine),
    engineVersion: minorOf(engineVersion),
    cacheNodeType,
    port,
    maintenanceWindow,
    // Of one that stands alone (ElastiCache API reference, CreateCacheCluster).
    replicas: 0,
    multiAz: false,
    transitEncryption: false,
    atRestEncryption: false,
    auth: 'none',
  };
}

function ofGroup(group: ReplicationGroup): Found {
  const shards = Math.max(1, group.nodeGroupIds.length);
  const withToken = group.authTokenEnabled ? 'token' : 'none';
  return {
    description: group.description === '' ? undefined : group.description,
    cacheNodeType: group.cacheNodeType,
    shards,
    replicas: Math.max(0, Math.round(group.memberClusters.length / shards) - 1),
    multiAz: group.multiAz === 'enabled',
    clusterMode: group.clusterMode,
    transitEncryption: group.transitEncryption,
    atRestEncryption: group.atRestEncryption,
    kmsKeyId: group.kmsKeyId,
    auth: group.userGroupIds.length > 0 ? 'rbac' : withToken,
    snapshotRetention: group.snapshotRetentionLimit,
    snapshotWindow: group.snapshotWindow,
  };
}

function notesOf({
  replicationGroupId: name,
  automaticFailover,
  multiAz,
  clusterMode,
  ...group
}: ReplicationGroup) {
  const failsOver = automaticFailover === 'enabled' && multiAz !== 'enabled' && clusterMode === 'disabled';
  return [
    ...(failsOver
      ? [`${name} fails over automatically without Multi-AZ, the new cache will not: add --multi-az`]
      : []),
    ...(group.userGroupIds.length > 0 ? [usersNote(name, group.userGroupIds)] : []),
  ];
}

function ofServerlessLimits({ limits }: ServerlessCache): Found {
  return { dataStorageMaximum: limits.dataStorage?.maximum, ecpuMaximum: limits.ecpuPerSecond?.maximum };
}

async function ofServerless(cache: ServerlessCache, aws: Aws): Promise<ReplacedCache> {
  const [subnet] = await aws.ec2.describeSubnets({ subnetIds: cache.subnetIds });
  const { userGroupId, serverlessCacheName: name, dailySnapshotTime: time } = cache;
  return {
    found: {
      ...ofServerlessLimits(cache),
      description: cache.description === '' ? undefined : cache.description,
      engine: toEngine(cache.engine),
      engineVersion: minorOf(cache.fullEngineVersion ?? cache.majorEngineVersion),
      kmsKeyId: cache.kmsKeyId,
      auth: userGroupId === undefined ? 'none' : 'rbac',
      subnets: cache.subnetIds,
      snapshotRetention: cache.snapshotRetentionLimit,
      snapshotWindow: time === undefined ? undefined : `${time}-${hourAfter(time)}`,
    },
    vpcId: subnet?.vpcId,
    securityGroupIds: cache.securityGroupIds,
    takesPlaintextToo: false,
    isThere: true,
    notes: userGroupId === undefined ? [] : [usersNote(name, [userGroupId])],
  };
}

function usersNote(name: string, userGroupIds: readonly string[]): string {
  return `The new cache lets in a user named default with a password of its own; other users of ${userGroupIds.join(', ')}, which ${name} lets in, are not taken over`;
}

/** Windows are ranges, and a serverless cache has a time alone. */
function hourAfter(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return `${String((hours + 1) % 24).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

function ofServerlessSnapshot({ cacheName, engine, engineVersion, kmsKeyId }: CacheSnapshot): ReplacedCache {
  return {
    found: { engine, engineVersion, kmsKeyId },
    vpcId: undefined,
    securityGroupIds: [],
    takesPlaintextToo: false,
    isThere: false,
    notes: [
      `${cacheName} is gone, and its snapshot tells the engine alone: its network, password and limits are not known, and what is not given is as for any new cache`,
    ],
  };
}

function ofNodesSnapshot({ nodes, ...snapshot }: CacheSnapshot): Omit<ReplacedCache, 'vpcId'> {
  const { engine, engineVersion, kmsKeyId, cacheName } = snapshot;
  return {
    found: {
      engine,
      engineVersion: minorOf(engineVersion),
      kmsKeyId,
      atRestEncryption: kmsKeyId === undefined ? undefined : true,
      ...(nodes ? ofNodes(nodes) : {}),
    },
    securityGroupIds: [],
    takesPlaintextToo: false,
    isThere: false,
    notes: [
      `${cacheName} is gone, and its snapshot does not tell its replicas, its TLS, its password and who was let in: what of these is not given is as for any new cache`,
    ],
  };
}

function ofNodes(nodes: SnapshotOfNodes): Found {
  return {
    cacheNodeType: nodes.cacheNodeType,
    shards: nodes.shards,
    clusterMode: nodes.clustered ? 'enabled' : 'disabled',
    port: nodes.port,
    maintenanceWindow: nodes.maintenanceWindow,
    snapshotWindow: nodes.snapshotWindow,
    snapshotRetention: nodes.snapshotRetentionLimit,
  };
}

type Groups = Pick<SnapshotOfNodes, 'cacheSubnetGroupName' | 'cacheParameterGroupName' | 'vpcId'>;

/** Its subnets and its parameters: groups of theirs are used again; of ours, which go with their cache, the content is. */
async function readAround(
  { cacheSubnetGroupName, cacheParameterGroupName, vpcId }: Groups,
  { elasticache }: Aws,
): Promise<Pick<ReplacedCache, 'found' | 'vpcId'>> {
  const isOurs = async (name: string, arn: string): Promise<boolean> => {
    const tags = await elasticache.readTags(arn);
    return typeof tags !== 'string' && tags[OF_TAG] === name && tags[PROJECT_TAG] !== undefined;
  };
  const subnetGroup =
    cacheSubnetGroupName === undefined
      ? undefined
      : await elasticache.readCacheSubnetGroup(cacheSubnetGroupName);
  const subnets = subnetGroup?.subnets.map(({ subnetId }) => subnetId);
  const ofTheirs = subnetGroup && !(await isOurs(subnetGroup.cacheSubnetGroupName, subnetGroup.arn));
  const found: Found = ofTheirs ? { subnetGroup: subnetGroup.cacheSubnetGroupName } : { subnets };
  const around = { found, vpcId: subnetGroup?.vpcId ?? vpcId };
  if (cacheParameterGroupName === undefined || cacheParameterGroupName.startsWith('default.')) return around;
  const group = await elasticache.readCacheParameterGroup(cacheParameterGroupName);
  if (!group) return around;
  if (!(await isOurs(cacheParameterGroupName, group.arn)))
    return { ...around, found: { ...found, parameterGroup: cacheParameterGroupName } };
  const own = await elasticache.describeCacheParameters(cacheParameterGroupName, 'user');
  const values = own.flatMap(({ name, value }): [string, string][] =>
    value === undefined || name === 'cluster-enabled' ? [] : [[name, value]],
  );
  return {
    ...around,
    found: { ...found, ...(values.length > 0 ? { parameter: Object.fromEntries(values) } : {}) },
  };
}

function toEngine(engine: string): Engine {
  return engine === 'valkey' ? 'valkey' : 'redis';
}

/** '7.1' of '7.1.0'. */
function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
