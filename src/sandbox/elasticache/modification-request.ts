/** What a modify call asks for, compared with what the cache is; and what ElastiCache refuses to change. */
import type { ModifyCacheClusterMessage, ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import type { TransitEncryption } from '../redis/node.ts';
import { ServiceError } from '../service.ts';
import { checkAuthToken } from './auth-token.ts';
import { membersOf, replicasOf } from './cache.ts';
import type { Cache, CacheNode, Changes } from './cache.ts';
import { checkClusterMode, checkSnapshotSource, requestedClusterMode } from './cluster-mode.ts';
import { engineVersion, isUpgrade } from './engine-versions.ts';
import type { EngineVersion } from './engine-versions.ts';
import { checkNodeType } from './node-types.ts';
import { defaultParameterGroup } from './parameter-groups.ts';
import type { ParameterGroups } from './parameter-groups.ts';
import { invalidCombination, invalidValue } from './rejection.ts';

/** What both modify operations have in common, and what only replication groups have. */
type Request = Omit<ModifyReplicationGroupMessage, 'ReplicationGroupId'> &
  Pick<ModifyCacheClusterMessage, 'NumCacheNodes'>;

export function requestedChanges(cache: Cache, request: Request, parameterGroups: ParameterGroups): Changes {
  const changes: Changes = {};
  const { CacheNodeType, SecurityGroupIds, PrimaryClusterId } = request;

  if (CacheNodeType && CacheNodeType !== cache.cacheNodeType) {
    checkNodeType(cache.cacheNodeType, CacheNodeType);
    changes.cacheNodeType = CacheNodeType;
  }
  const version = requestedVersion(cache, request);
  if (version) changes.engineVersion = version;
  const clusterMode = requestedClusterMode(cache, request);
  if (clusterMode) changes.clusterMode = clusterMode;
  const parameterGroup = requestedParameterGroup(
    cache,
    changes,
    request.CacheParameterGroupName,
    parameterGroups,
  );
  if (parameterGroup) changes.parameterGroupName = parameterGroup;

  const { AutomaticFailoverEnabled, MultiAZEnabled } = request;
  if (AutomaticFailoverEnabled !== undefined && AutomaticFailoverEnabled !== cache.automaticFailover) {
    changes.automaticFailover = AutomaticFailoverEnabled;
  }
  if (MultiAZEnabled !== undefined && MultiAZEnabled !== cache.multiAz) changes.multiAz = MultiAZEnabled;
  checkAvailability(cache, changes);

  const encryption = requestedEncryption(cache, request);
  if (encryption) changes.transitEncryption = encryption;
  const authToken = requestedToken(cache, request);
  if (authToken) changes.authToken = authToken;

  const groupIds = cache.nodes[0]?.networkInterface.groupIds ?? [];
  if (SecurityGroupIds?.length && [...SecurityGroupIds].sort().join() !== [...groupIds].sort().join()) {
    changes.securityGroupIds = SecurityGroupIds;
  }
  if (
    PrimaryClusterId &&
    !cache.shards.some(({ primaryId }) => primaryId === PrimaryClusterId.toLowerCase())
  ) {
    changes.primaryClusterId = requestedPrimary(cache, PrimaryClusterId.toLowerCase());
  }
  checkClusterMode(cache, changes);
  checkSnapshotSource(cache, request);
  return changes;
}

function requestedVersion(cache: Cache, { Engine, EngineVersion }: Request): EngineVersion | undefined {
  const { engineVersion: current } = cache;
  if (!Engine && !EngineVersion) return undefined;
  if (Engine && Engine !== current.engine && !EngineVersion) {
    throw invalidCombination(`EngineVersion must be specified when the engine is changed to ${Engine}.`);
  }
  if (!EngineVersion) return undefined;
  const wanted = engineVersion(Engine ?? current.engine, EngineVersion);
  if (wanted === current) return undefined;
  if (!isUpgrade(current, wanted)) {
    throw invalidCombination(
      `Downgrading from ${current.engine} ${current.version} to ${wanted.engine} ${wanted.version} is not supported.`,
    );
  }
  return wanted;
}

/** An upgrade to another family needs a group of that family, cluster mode one for it; a default group follows by itself. */
function requestedParameterGroup(
  cache: Cache,
  { engineVersion: version, clusterMode }: Changes,
  name: string | undefined,
  parameterGroups: ParameterGroups,
): string | undefined {
  const { family } = version ?? cache.engineVersion;
  const clustered = (clusterMode ?? cache.clusterMode) !== 'disabled';
  const isDefault = cache.parameterGroupName.startsWith('default.');
  const wanted =
    name?.toLowerCase() ??
    ((version ?? clusterMode) && isDefault
      ? defaultParameterGroup(family, clustered)
      : cache.parameterGroupName);
  checkFamily(parameterGroups, wanted, family);
  if ((parameterGroups.values(wanted)['cluster-enabled'] === 'yes') !== clustered) {
    throw invalidCombination(
      'The parameter cluster-enabled has a different value in the requested parameter group than the current ' +
        'parameter group. This parameter value cannot be changed for a cache cluster.',
    );
  }
  return wanted === cache.parameterGroupName ? undefined : wanted;
}

export function checkFamily(parameterGroups: ParameterGroups, name: string, family: string): void {
  if (parameterGroups.family(name) !== family) {
    throw invalidCombination(
      `Expected a parameter group of family ${family} but found one of family ${parameterGroups.family(name)}.`,
    );
  }
}

/** Replicas, failover and Multi-AZ build on each other, in this order. */
export function checkAvailability(
  cache: Cache,
  changes: Pick<Changes, 'automaticFailover' | 'multiAz'>,
): void {
  const failover = changes.automaticFailover ?? cache.automaticFailover;
  const multiAz = changes.multiAz ?? cache.multiAz;
  const bare = cache.shards.some((shard) => replicasOf(cache, shard).length === 0);
  if (changes.automaticFailover && bare) {
    throw invalidCombination(
      'When using automatic failover, there must be at least 2 cache clusters in the replication group.',
    );
  }
  if (multiAz && !failover) {
    throw invalidCombination(
      'Automatic failover must be enabled for a replication group with Multi-AZ enabled.',
    );
  }
  const inOneZone = cache.shards.some((shard) => zonesOf(membersOf(cache, shard)).size < 2);
  if (changes.multiAz && inOneZone) {
    throw invalidCombination('Multi-AZ requires the nodes to be in at least two availability zones.');
  }
}

function zonesOf(nodes: readonly CacheNode[]): Set<string> {
  return new Set(nodes.map(({ networkInterface }) => networkInterface.availabilityZone));
}

/** TLS comes and goes through 'preferred', in a call of its own each (user guide, "Enabling in-transit encryption"). */
function requestedEncryption(cache: Cache, request: Request): TransitEncryption | undefined {
  const { TransitEncryptionEnabled: enabled, TransitEncryptionMode: mode } = request;
  if (enabled === undefined && mode === undefined) return undefined;
  const current = cache.transitEncryption;
  const wanted = enabled === false ? 'disabled' : (mode ?? (current === 'disabled' ? 'required' : current));
  if (wanted === current) return undefined;
  if (enabled === false && mode) {
    throw invalidCombination(
      'TransitEncryptionMode cannot be specified when transit encryption is disabled.',
    );
  }
  if (current === 'disabled' && !enabled) {
    throw invalidCombination('TransitEncryptionMode requires TransitEncryptionEnabled to be true.');
  }
  const { engine, version } = cache.engineVersion;
  if (engine === 'redis' && Number.parseInt(version) < 7) {
    throw invalidCombination(`Transit encryption cannot be changed on ${engine} ${version}.`);
  }
  if (wanted !== 'preferred' && current !== 'preferred') {
    throw invalidCombination(
      `Transit encryption cannot go from ${current} to ${wanted}: set TransitEncryptionMode to preferred first.`,
    );
  }
  if (wanted === 'disabled' && cache.authTokens.length > 0) {
    throw invalidCombination('The AUTH token is only supported when encryption-in-transit is enabled');
  }
  return wanted;
}

function requestedToken(cache: Cache, request: Request): Changes['authToken'] {
  const { AuthToken: token, AuthTokenUpdateStrategy: strategy = 'ROTATE' } = request;
  if (strategy === 'DELETE') {
    if (token === undefined && request.UserGroupIdsToAdd?.length) return undefined;
    throw invalidCombination('The AUTH token can be deleted only together with a change to user groups.');
  }
  if (token === undefined) {
    if (!request.AuthTokenUpdateStrategy) return undefined;
    throw invalidCombination('AuthToken must be specified with AuthTokenUpdateStrategy.');
  }
  if (cache.transitEncryption === 'disabled') {
    throw invalidValue('The AUTH token is only supported when encryption-in-transit is enabled');
  }
  if (!request.ApplyImmediately)
    throw invalidCombination('AuthToken can be modified only with ApplyImmediately.');
  checkAuthToken(token);
  // SET ends a rotation: it keeps the token that came last, and no other.
  if (strategy === 'SET' && token !== cache.authTokens.at(-1))
    throw invalidValue('Invalid AuthToken provided.');
  return { token, strategy };
}

function requestedPrimary(cache: Cache, cacheClusterId: string): string {
  if (!cache.nodes.some((node) => node.cacheClusterId === cacheClusterId)) {
    throw invalidValue(`${cacheClusterId} is not a member of replication group ${cache.id}.`);
  }
  if (cache.automaticFailover) {
    throw new ServiceError(
      'InvalidReplicationGroupStateFault',
      'Cannot manually promote a new master cache cluster while autofailover is enabled',
    );
  }
  return cacheClusterId;
}
