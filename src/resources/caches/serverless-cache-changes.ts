/** What a living serverless cache would need to become what was asked for, one call after another. */
import type { Range, ServerlessCache, ServerlessCacheModification } from '../../aws/serverless.ts';
import type { Detail, Blocked } from '../../domain/change.ts';
import { isGiven, given, type ServerlessCacheSettings, type Sourced } from '../../domain/settings.ts';
import { detailsOf, difference, withoutAbsent } from './changes/difference.ts';
import { fixedIn, isOtherKey } from './changes/permanence.ts';

/** One call to AWS; the cache must be available again before the next. */
export interface ServerlessCacheChange {
  readonly change: ServerlessCacheModification;
  readonly details: readonly Detail[];
}

/** What is to be on it; undefined while it is not known. */
export interface Attachments {
  readonly securityGroupIds: readonly string[];
  readonly userGroupId: string | undefined;
}

/** Only what was given is compared: a default never changes a living cache. */
export function changesOf(
  cache: ServerlessCacheSettings,
  living: ServerlessCache,
  attachments: Attachments,
): ServerlessCacheChange[] {
  const groups = [groupChange(living, attachments), userGroupChange(cache, living, attachments)];
  return [...groups, simpleChange(cache, living), engineChange(cache, living)].filter(
    (each): each is ServerlessCacheChange => each !== undefined,
  );
}

/** What others have put on it stays. */
function groupChange(
  { securityGroupIds: attached }: ServerlessCache,
  { securityGroupIds: wanted }: Attachments,
): ServerlessCacheChange | undefined {
  const missing = wanted.filter((groupId) => !attached.includes(groupId));
  if (missing.length === 0) return undefined;
  return {
    change: { securityGroupIds: [...attached, ...missing] },
    details: [{ field: 'security groups', to: `and ${missing.join(', ')}` }],
  };
}

function userGroupChange(
  { auth }: ServerlessCacheSettings,
  { userGroupId: now }: ServerlessCache,
  { userGroupId: wanted }: Attachments,
): ServerlessCacheChange | undefined {
  if (auth.value !== 'rbac' || wanted === undefined || now !== undefined) return undefined;
  return {
    change: { userGroupId: wanted },
    details: [{ field: 'user group', from: 'none', to: wanted, origin: auth.origin }],
  };
}

function simpleChange(
  cache: ServerlessCacheSettings,
  living: ServerlessCache,
): ServerlessCacheChange | undefined {
  const { dataStorage, ecpuPerSecond } = living.limits;
  const description = difference('description', cache.description, living.description);
  const retention = difference('snapshot retention', cache.snapshotRetention, living.snapshotRetentionLimit);
  const time = difference('snapshot time', snapshotTime(cache), living.dailySnapshotTime);
  const storage = difference('most data in GB', cache.dataStorageMaximum, dataStorage?.maximum);
  const ecpus = difference('most ECPUs a second', cache.ecpuMaximum, ecpuPerSecond?.maximum);
  const details = detailsOf([description, retention, time, storage, ecpus]);
  if (details.length === 0) return undefined;
  const limits = withoutAbsent({
    dataStorage: storage && withMaximum(dataStorage, storage.to),
    ecpuPerSecond: ecpus && withMaximum(ecpuPerSecond, ecpus.to),
  });
  const change = withoutAbsent({
    description: description?.to,
    snapshotRetentionLimit: retention?.to,
    dailySnapshotTime: time?.to,
    limits: (storage ?? ecpus) ? limits : undefined,
  });
  return { change, details };
}

/** A minimum is somebody's, and is paid for: it stays. */
function withMaximum(range: Range | undefined, maximum: number): Range {
  return { ...range, maximum };
}

/** By its own call: AWS takes the engine only where it changes, and then with a version. */
function engineChange(
  cache: ServerlessCacheSettings,
  living: ServerlessCache,
): ServerlessCacheChange | undefined {
  const engine = given(cache.engine);
  const toValkey = engine === 'valkey' && living.engine === 'redis';
  const major = majorOf(cache.engineVersion.value);
  const upgrade = isGiven(cache.engineVersion) && Number(major) > Number(living.majorEngineVersion);
  if (!toValkey && !upgrade) return undefined;
  return {
    change: { ...(toValkey ? { engine } : {}), majorEngineVersion: major },
    details: [
      {
        field: 'engine',
        from: `${living.engine} ${living.majorEngineVersion}`,
        to: `${toValkey ? engine : living.engine} ${major}`,
        origin: (toValkey ? cache.engine : cache.engineVersion).origin,
      },
    ],
  };
}

/** What AWS could only do by making the cache anew, or what would let somebody in or out whom nobody asked about. */
export function blockedOf(
  cache: ServerlessCacheSettings,
  living: ServerlessCache,
  ourUserGroupId: string,
): Blocked | undefined {
  const fixed = fixedIn(living.serverlessCacheName);
  const engine = given(cache.engine);
  if (engine === 'redis' && living.engine !== 'redis') return fixed('The engine', living.engine, engine);
  const major = given(cache.engineVersion) && majorOf(cache.engineVersion.value);
  if (major !== undefined && Number(major) < Number(living.majorEngineVersion))
    return fixed('The major version', living.majorEngineVersion, major);
  const subnetIds = given(cache.subnetIds);
  if (subnetIds && !haveSame(subnetIds, living.subnetIds))
    return fixed('The set of subnets', living.subnetIds.join(', '), subnetIds.join(', '));
  const key = given(cache.kmsKeyId);
  if (key !== undefined && isOtherKey(key, living.kmsKeyId))
    return fixed('The key', living.kmsKeyId ?? 'AWS’s own', key);
  return blockedUsers(cache, living, ourUserGroupId);
}

function blockedUsers(
  { auth }: ServerlessCacheSettings,
  { serverlessCacheName: name, userGroupId }: ServerlessCache,
  ourUserGroupId: string,
): Blocked | undefined {
  if (userGroupId === undefined || (auth.value === 'rbac' && userGroupId === ourUserGroupId))
    return undefined;
  if (auth.value === 'rbac') {
    return {
      action: 'blocked',
      reason: `${name} lets in the users of ${userGroupId}, which is not ours`,
      hint: 'Their passwords are not known here. Choose another --cache-name; a cache for the app alone is made.',
    };
  }
  return {
    action: 'blocked',
    reason: `${name} asks for a password, and --auth ${auth.value} would hand over addresses without one`,
    hint: `Say --auth rbac. To let in whoever reaches it: aws elasticache modify-serverless-cache --serverless-cache-name ${name} --remove-user-group. Then run the same command again.`,
  };
}

/** A window's beginning is all that a serverless cache takes. */
export function snapshotTime({ snapshotWindow }: ServerlessCacheSettings): Sourced<string> | undefined {
  if (!snapshotWindow) return undefined;
  return { ...snapshotWindow, value: snapshotWindow.value.slice(0, 'hh:mm'.length) };
}

export function majorOf(version: string): string {
  return version.split('.')[0] ?? version;
}

function haveSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
