/** What requests say of a serverless cache, once it is something that ElastiCache and the sandbox take. */
import type {
  CacheUsageLimits,
  CreateServerlessCacheRequest,
  ModifyServerlessCacheRequest,
} from '@aws-sdk/client-elasticache';
import type { Vpc } from '../network/vpc.ts';
import type { Engine } from './engine-versions.ts';
import { invalidCombination, invalidValue, notInSandbox } from './rejection.ts';
import type { ServerlessSettings } from './serverless-cache.ts';
import { snapshotRetention } from './windows.ts';

export interface ServerlessVersion {
  readonly engine: Engine;
  /** As it is passed to a create. */
  readonly major: string;
  readonly full: string;
}

const VERSIONS: readonly ServerlessVersion[] = [
  { engine: 'redis', major: '7', full: '7.1' },
  { engine: 'valkey', major: '7', full: '7.2' },
  { engine: 'valkey', major: '8', full: '8.1' },
  { engine: 'valkey', major: '9', full: '9.0' },
];
const DEFAULTS: Readonly<Record<Engine, string>> = { redis: '7', valkey: '8' };

const LONGEST_DESCRIPTION = 255;
const DEFAULT_SNAPSHOT_TIME = '03:00';
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
/** User guide, "Scaling ElastiCache Serverless"; the text for processing units is recorded, the other is like it. */
const LIMITS = {
  DataStorage: { least: 1, most: 5_000 },
  ECPUPerSecond: { least: 1_000, most: 15_000_000 },
} as const;

export function requestedSettings(input: CreateServerlessCacheRequest): ServerlessSettings {
  if (input.NetworkType && input.NetworkType !== 'ipv4') {
    throw notInSandbox(`the network type ${input.NetworkType}`);
  }
  const snapshotRetentionLimit = snapshotRetention(input.SnapshotRetentionLimit ?? 0);
  return {
    description: description(input.Description ?? ''),
    version: version(input.Engine, input.MajorEngineVersion),
    usageLimits: usageLimits(input.CacheUsageLimits, undefined),
    securityGroupIds: input.SecurityGroupIds ?? [],
    userGroupId: input.UserGroupId?.toLowerCase(),
    snapshotRetentionLimit,
    dailySnapshotTime: snapshotTime(input.DailySnapshotTime, snapshotRetentionLimit),
  };
}

/** What the settings become. */
export function modifiedSettings(
  input: ModifyServerlessCacheRequest,
  now: ServerlessSettings,
): ServerlessSettings {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  if (given.every(([member]) => member === 'ServerlessCacheName')) {
    throw invalidCombination('No modifications were requested');
  }
  if (input.RemoveUserGroup && input.UserGroupId) {
    throw invalidCombination('RemoveUserGroup and UserGroupId cannot be specified together.');
  }
  const snapshotRetentionLimit = snapshotRetention(
    input.SnapshotRetentionLimit ?? now.snapshotRetentionLimit,
  );
  return {
    description: description(input.Description ?? now.description),
    version: upgraded(input, now.version),
    usageLimits: usageLimits(input.CacheUsageLimits, now.usageLimits),
    securityGroupIds: input.SecurityGroupIds ?? now.securityGroupIds,
    userGroupId: input.RemoveUserGroup ? undefined : (input.UserGroupId?.toLowerCase() ?? now.userGroupId),
    snapshotRetentionLimit,
    dailySnapshotTime: snapshotTime(input.DailySnapshotTime ?? now.dailySnapshotTime, snapshotRetentionLimit),
  };
}

/** The subnets of the cache's VPC endpoint, and that all of it lies in one VPC. */
export function requestedSubnets(input: CreateServerlessCacheRequest, vpc: Vpc, region: string): string[] {
  // API reference, ServerlessCache.SubnetIds: two default subnets in us-west-1, three elsewhere.
  const defaults = (vpc.defaultSubnets?.() ?? []).slice(0, region === 'us-west-1' ? 2 : 3);
  const subnetIds = input.SubnetIds?.length ? input.SubnetIds : defaults;
  if (subnetIds.length === 0) throw invalidValue('The account does not have any default subnets.');
  const subnets = subnetIds.map((subnetId) => {
    const subnet = vpc.subnet(subnetId);
    if (!subnet) throw invalidValue(`Some input subnets in :[${subnetId}] are invalid.`);
    return subnet;
  });
  const [vpcId, ...furtherVpcs] = new Set(subnets.map((subnet) => subnet.vpcId));
  if (furtherVpcs.length > 0) throw invalidValue('All subnets must belong to the same VPC.');
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (subnetIds.length < 2 || subnetIds.length > 3 || zones.size < subnetIds.length) {
    throw invalidValue('SubnetIds must be two or three subnets in different availability zones.');
  }
  checkSecurityGroups(input.SecurityGroupIds, vpc, vpcId);
  return [...subnetIds];
}

export function checkSecurityGroups(
  groupIds: readonly string[] = [],
  vpc: Vpc,
  vpcId: string | undefined,
): void {
  for (const groupId of groupIds) {
    const group = vpc.securityGroup(groupId);
    if (!group) throw invalidValue(`Invalid security group: ${groupId} does not exist.`);
    if (group.vpcId !== vpcId) {
      throw invalidValue(
        `Security group ${groupId} is in ${group.vpcId}, but the subnets are in ${vpcId ?? ''}.`,
      );
    }
  }
}

function version(engine: string | undefined, major: string | undefined): ServerlessVersion {
  const name = engine?.toLowerCase();
  if (name === 'memcached') throw notInSandbox('serverless caches of Memcached');
  if (name !== 'redis' && name !== 'valkey') throw invalidValue(`Invalid cache engine ${engine ?? 'null'}.`);
  const wanted = major ?? DEFAULTS[name];
  const found = VERSIONS.find((one) => one.engine === name && one.major === wanted);
  if (!found) throw invalidValue(`Cannot find version ${wanted} for ${name}`);
  return found;
}

function upgraded(
  { Engine: engine, MajorEngineVersion: major }: ModifyServerlessCacheRequest,
  now: ServerlessVersion,
): ServerlessVersion {
  if (engine === undefined && major === undefined) return now;
  const crosses = engine !== undefined && engine.toLowerCase() !== now.engine;
  // AWS's own text, also for a request that repeats the engine that the cache has.
  if (engine !== undefined && (!crosses || engine.toLowerCase() !== 'valkey')) {
    throw invalidValue('This API supports only cross-engine upgrades to Valkey engine currently');
  }
  const next = version(engine ?? now.engine, major);
  if (VERSIONS.indexOf(next) < VERSIONS.indexOf(now)) {
    throw invalidCombination(`The engine version cannot go from ${now.full} down to ${next.full}.`);
  }
  return next;
}

function usageLimits(
  wanted: CacheUsageLimits | undefined,
  now: CacheUsageLimits | undefined,
): CacheUsageLimits | undefined {
  if (!wanted) return now;
  if (wanted.DataStorage && wanted.DataStorage.Unit !== 'GB') {
    throw invalidValue(`Invalid unit ${String(wanted.DataStorage.Unit)} for DataStorage. Must be GB.`);
  }
  const storage = range('DataStorage', wanted.DataStorage, now?.DataStorage);
  const ecpu = range('ECPUPerSecond', wanted.ECPUPerSecond, now?.ECPUPerSecond);
  if (!storage && !ecpu) return undefined;
  return {
    ...(storage ? { DataStorage: { ...storage, Unit: 'GB' } } : {}),
    ...(ecpu ? { ECPUPerSecond: ecpu } : {}),
  };
}

interface Range {
  readonly Minimum?: number | undefined;
  readonly Maximum?: number | undefined;
}

/** A limit that is not named stays; zero takes it away. */
function range(
  what: keyof typeof LIMITS,
  wanted: Range | undefined,
  now: Range | undefined,
): Range | undefined {
  const { least, most } = LIMITS[what];
  const { Minimum = now?.Minimum, Maximum = now?.Maximum } = wanted ?? {};
  for (const limit of [Minimum, Maximum]) {
    if (limit && (limit < least || limit > most)) {
      throw invalidValue(
        `Invalid value for ${what} limit. Must be between ${least} and ${most}. ` +
          'You can set the value to zero to remove the limit.',
      );
    }
  }
  if (Minimum && Maximum && Minimum > Maximum) {
    throw invalidCombination(`The minimum of ${what} must not be greater than its maximum.`);
  }
  if (!Minimum && !Maximum) return undefined;
  return { ...(Minimum ? { Minimum } : {}), ...(Maximum ? { Maximum } : {}) };
}

function description(text: string): string {
  if (text.length <= LONGEST_DESCRIPTION) return text;
  throw invalidValue(`Description must not be longer than ${LONGEST_DESCRIPTION} characters.`);
}

function snapshotTime(wanted: string | undefined, retentionLimit: number): string | undefined {
  if (wanted !== undefined && !TIME_OF_DAY.test(wanted)) {
    throw invalidValue(`Invalid daily snapshot time ${wanted}. It must be given as HH:MM.`);
  }
  return retentionLimit > 0 ? (wanted ?? DEFAULT_SNAPSHOT_TIME) : wanted;
}
