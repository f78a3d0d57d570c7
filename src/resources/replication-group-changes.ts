/** What a living replication group would need to become what was asked for, in the order that AWS demands. */
import type { CacheCluster, ReplicationGroup, ReplicationGroupModification } from '../aws/elasticache.ts';
import { nameOf } from '../domain/arn.ts';
import type { Detail } from '../domain/change.ts';
import { isGiven, type ReplicationGroupSettings, type Sourced } from '../domain/settings.ts';

/** One call to AWS; the group must be available again before the next. */
export type Modification =
  | {
      readonly call: 'modify';
      readonly change: ReplicationGroupModification;
      readonly details: readonly Detail[];
    }
  | {
      readonly call: 'replicas';
      readonly direction: 'increase' | 'decrease';
      readonly replicas: number;
      readonly details: readonly Detail[];
    };

export interface Blocked {
  readonly reason: string;
  readonly hint: string;
}

/** A group as it is: the group itself, and its members, which alone know version and network. */
export interface LivingCache {
  readonly group: ReplicationGroup;
  readonly members: readonly CacheCluster[];
}

/** Only what was given is compared: a default never changes a living cache. */
export function modificationsOf(
  cache: ReplicationGroupSettings,
  living: LivingCache,
  securityGroupId: string | undefined,
): Modification[] {
  const { group, members } = living;
  const replicas = group.memberClusters.length - 1;
  const wanted = given(cache.replicas) ?? replicas;
  const simple = simpleChange(cache, living, securityGroupId);
  const availability = availabilityChange(cache, group);
  const scaling: Modification[] =
    wanted === replicas || members.length === 0
      ? []
      : [
          {
            call: 'replicas',
            direction: wanted > replicas ? 'increase' : 'decrease',
            replicas: wanted,
            details: [
              {
                field: 'replicas',
                from: String(replicas),
                to: String(wanted),
                origin: cache.replicas.origin,
              },
            ],
          },
        ];
  // Replicas come before the failover that needs them, and go after it.
  const ordered = wanted >= replicas ? [...scaling, ...availability] : [...availability, ...scaling];
  return [...simple, ...ordered];
}

function simpleChange(
  cache: ReplicationGroupSettings,
  { group, members }: LivingCache,
  securityGroupId: string | undefined,
): Modification[] {
  const details: Detail[] = [];
  const differing = <T extends string | number>(
    field: string,
    setting: Sourced<T> | undefined,
    from: T | undefined,
  ): T | undefined => {
    const to = given(setting);
    if (to === undefined || to === from || setting === undefined) return undefined;
    details.push({
      field,
      ...(from === undefined ? {} : { from: String(from) }),
      to: String(to),
      origin: setting.origin,
    });
    return to;
  };
  const [member] = members;
  const attached = member?.securityGroupIds ?? [];
  const lacksGroup =
    securityGroupId !== undefined && member !== undefined && !attached.includes(securityGroupId);
  if (lacksGroup) details.push({ field: 'security groups', to: `and ${securityGroupId}` });

  const version = given(cache.engineVersion);
  const newVersion =
    version !== undefined && member && !isVersion(member.engineVersion, version) ? version : undefined;
  if (newVersion !== undefined && member) {
    details.push({
      field: 'engine version',
      from: member.engineVersion,
      to: newVersion,
      origin: cache.engineVersion.origin,
    });
  }
  const change = withoutAbsent({
    cacheNodeType: differing('node type', cache.cacheNodeType, group.cacheNodeType),
    engineVersion: newVersion,
    snapshotRetentionLimit: differing(
      'snapshot retention',
      cache.snapshotRetention,
      group.snapshotRetentionLimit,
    ),
    snapshotWindow: differing('snapshot window', cache.snapshotWindow, group.snapshotWindow),
    maintenanceWindow: differing('maintenance window', cache.maintenanceWindow, member?.maintenanceWindow),
    description: differing('description', cache.description, group.description),
    securityGroupIds: lacksGroup ? [...attached, securityGroupId] : undefined,
  });
  return details.length === 0 ? [] : [{ call: 'modify', change, details }];
}

/** Multi-AZ and failover are separate switches at AWS; the one asked for brings or takes the other along. */
function availabilityChange(cache: ReplicationGroupSettings, group: ReplicationGroup): Modification[] {
  const to = given(cache.multiAz);
  if (to === undefined) return [];
  const multiAz = isOn(group.multiAz);
  const failover = isOn(group.automaticFailover);
  if (multiAz === to && failover === to) return [];
  const change = { automaticFailover: to, multiAz: to };
  return [
    {
      call: 'modify',
      change,
      details: [
        {
          field: 'Multi-AZ with failover',
          from: multiAz ? 'on' : 'off',
          to: to ? 'on' : 'off',
          origin: cache.multiAz.origin,
        },
      ],
    },
  ];
}

/** What is not done to a living cache: most of it AWS could only do by making it anew, some this version leaves to you. */
export function blockedOf(
  cache: ReplicationGroupSettings,
  { group, members }: LivingCache,
  vpcSubnetGroup: string,
): Blocked | undefined {
  const fixed = (what: string, from: string, to: string): Blocked => ({
    reason: `${what} of ${group.replicationGroupId} is ${from} and was asked to be ${to}, which AWS can only do by making the cache anew`,
    hint: `Leave it out to keep ${from}, or set up a second cache with another --cache-name and move over.`,
  });
  const id = group.replicationGroupId;
  const [member] = members;
  const port = group.endpoint?.port;
  if (group.clusterEnabled) {
    return {
      reason: `${group.replicationGroupId} runs in cluster mode, which a plain Redis client cannot use`,
      hint: 'Choose another --cache-name; a cache without cluster mode is made for it.',
    };
  }
  if (group.authTokenEnabled || group.userGroupIds.length > 0) {
    return {
      reason: `${group.replicationGroupId} asks for a password, and this version hands over addresses without one`,
      hint: 'Choose another --cache-name; a cache reachable by the app alone is made for it.',
    };
  }
  if (given(cache.engine) !== undefined && cache.engine.value !== group.engine) {
    return cache.engine.value === 'valkey'
      ? byHand(`The engine of ${id} is ${group.engine}`, 'changes it to Valkey', toValkey(cache, id))
      : fixed('The engine', group.engine, cache.engine.value);
  }
  if (given(cache.port) !== undefined && port !== undefined && port !== cache.port.value)
    return fixed('The port', String(port), String(cache.port.value));
  if (
    given(cache.transitEncryption) !== undefined &&
    cache.transitEncryption.value !== group.transitEncryption
  ) {
    const [from, to] = [onOff(group.transitEncryption), onOff(cache.transitEncryption.value)];
    return byHand(`Encryption in transit of ${id} is ${from}`, `turns it ${to}`, switchTls(to, id));
  }
  if (
    given(cache.atRestEncryption) !== undefined &&
    cache.atRestEncryption.value !== group.atRestEncryption
  ) {
    return fixed('Encryption at rest', onOff(group.atRestEncryption), onOff(cache.atRestEncryption.value));
  }
  const kmsKeyId = given(cache.kmsKeyId);
  if (kmsKeyId !== undefined && isOtherKey(kmsKeyId, group.kmsKeyId))
    return fixed('The key', group.kmsKeyId ?? 'AWS’s own', kmsKeyId);
  if (member?.cacheSubnetGroupName !== undefined && member.cacheSubnetGroupName !== vpcSubnetGroup) {
    return fixed('The subnet group', member.cacheSubnetGroupName, vpcSubnetGroup);
  }
  const version = given(cache.engineVersion);
  if (version !== undefined && member && isOlder(version, member.engineVersion))
    return fixed('The engine version', member.engineVersion, version);
  const replicas = given(cache.replicas) ?? group.memberClusters.length - 1;
  if (given(cache.multiAz) === true && replicas < 1) {
    return {
      reason: `Multi-AZ needs a replica, and ${group.replicationGroupId} has none`,
      hint: 'Add --replicas 1.',
    };
  }
  if (replicas < 1 && isOn(group.automaticFailover) && given(cache.multiAz) !== false) {
    return {
      reason: `${group.replicationGroupId} fails over automatically, and with no replica it could not`,
      hint: 'Add --no-multi-az to turn failover off first, or keep one replica.',
    };
  }
  return undefined;
}

/** AWS does these in place; each has a moment at which clients must follow, which is not ours to choose. */
function byHand(fact: string, what: string, how: string): Blocked {
  return { reason: `${fact}. AWS ${what} in place, but this version does not do it for you`, hint: how };
}

function toValkey(cache: ReplicationGroupSettings, id: string): string {
  const version = given(cache.engineVersion) ?? '8.0';
  return `By hand: aws elasticache modify-replication-group --replication-group-id ${id} --engine valkey --engine-version ${version} --apply-immediately (there is no way back). Then run the same command again.`;
}

/** ElastiCache user guide, "Enabling in-transit encryption on a node-based cluster": by way of `preferred`, both ways. */
function switchTls(to: string, id: string): string {
  const modify = `aws elasticache modify-replication-group --replication-group-id ${id} --apply-immediately`;
  const preferred = `${modify} --transit-encryption-enabled --transit-encryption-mode preferred`;
  return to === 'on'
    ? `By hand, on Redis 7 or Valkey: ${preferred}. Then run the same command again, which hands over the rediss:// address; when no client speaks plaintext any more, the same with the mode required.`
    : `By hand: ${preferred}; move all clients to redis://; then ${modify} --no-transit-encryption-enabled. Then run the same command again.`;
}

/** A key is named by its id or its ARN. What an alias leads to is not known here, so it is not compared. */
function isOtherKey(wanted: string, actual: string | undefined): boolean {
  if (/(^|:)alias\//.test(wanted)) return false;
  return actual === undefined || nameOf(wanted) !== nameOf(actual);
}

export function isOn(status: string): boolean {
  return status === 'enabled' || status === 'enabling';
}

/** '7.1' asks for any 7.1.x. */
export function isVersion(actual: string, wanted: string): boolean {
  return actual === wanted || actual.startsWith(`${wanted}.`);
}

function isOlder(wanted: string, actual: string): boolean {
  if (isVersion(actual, wanted)) return false;
  return wanted.localeCompare(actual, 'en', { numeric: true }) < 0;
}

function given<T>(setting: Sourced<T> | undefined): T | undefined {
  return setting && isGiven(setting) ? setting.value : undefined;
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}

function withoutAbsent<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
