/** What AWS could only change by making the cache anew, which would lose what it holds: never done. */
import type { Blocked } from '../../../domain/change.ts';
import { nameOf } from '../../../domain/arn.ts';
import { given, type ReplicationGroupSettings } from '../../../domain/settings.ts';
import { isVersion, onOff, type LivingReplicationGroup, type Surroundings } from './modification.ts';

export function permanenceObstacle(
  cache: ReplicationGroupSettings,
  { group, members }: LivingReplicationGroup,
  { subnetGroupName }: Surroundings,
): Blocked | undefined {
  const fixed = fixedIn(group.replicationGroupId);
  const [member] = members;
  const port = group.endpoint?.port;
  const engine = given(cache.engine);
  if (engine === 'redis' && group.engine !== 'redis') return fixed('The engine', group.engine, engine);
  if (given(cache.port) !== undefined && port !== undefined && port !== cache.port.value)
    return fixed('The port', String(port), String(cache.port.value));
  const atRest = given(cache.atRestEncryption);
  if (atRest !== undefined && atRest !== group.atRestEncryption)
    return fixed('Encryption at rest', onOff(group.atRestEncryption), onOff(atRest));
  const kmsKeyId = given(cache.kmsKeyId);
  if (kmsKeyId !== undefined && isOtherKey(kmsKeyId, group.kmsKeyId))
    return fixed('The key', group.kmsKeyId ?? 'AWS’s own', kmsKeyId);
  const subnets = member?.cacheSubnetGroupName;
  if (subnets !== undefined && subnetGroupName !== undefined && subnets !== subnetGroupName)
    return fixed('The subnet group', subnets, subnetGroupName);
  const version = given(cache.engineVersion);
  const sameEngine = engine === undefined || engine === group.engine;
  if (version !== undefined && member && sameEngine && isOlder(version, member.engineVersion))
    return fixed('The engine version', member.engineVersion, version);
  return undefined;
}

export function fixedIn(cacheName: string): (what: string, from: string, to: string) => Blocked {
  return (what, from, to) => ({
    action: 'blocked',
    reason: `${what} of ${cacheName} is ${from} and was asked to be ${to}, which AWS can only do by making the cache anew`,
    hint: `Leave it out to keep ${from}, or set up a second cache with another --cache-name and move over.`,
  });
}

/** A key is named by its id or its ARN. What an alias leads to is not known here, so it is not compared. */
export function isOtherKey(wanted: string, actual: string | undefined): boolean {
  if (/(^|:)alias\//.test(wanted)) return false;
  return actual === undefined || nameOf(wanted) !== nameOf(actual);
}

function isOlder(wanted: string, actual: string): boolean {
  if (isVersion(actual, wanted)) return false;
  return wanted.localeCompare(actual, 'en', { numeric: true }) < 0;
}
