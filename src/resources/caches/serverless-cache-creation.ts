/** A new serverless cache: what AWS is asked for, and what the plan says of it. */
import type { NewServerlessCache } from '../../aws/serverless.ts';
import type { AppNetwork, Subnet } from '../../domain/app.ts';
import { chooseServerlessSubnets } from '../../domain/cache-subnets.ts';
import type { Detail, Blocked } from '../../domain/change.ts';
import { asDescription } from '../../domain/limits.ts';
import { sourceOf, type ServerlessCacheSettings } from '../../domain/settings.ts';
import { majorOf, snapshotTime } from './serverless-cache-changes.ts';
import { snapshotDetails } from './snapshot-details.ts';

/** CreateServerlessCache, SubnetIds: one of each zone, and no more than these. */
const MOST_SUBNETS = 3;

/** What AWS would refuse, said before anything is made. */
export function creationObstacle(subnets: readonly Subnet[]): Blocked | undefined {
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  if (subnets.length <= MOST_SUBNETS && zones.size === subnets.length) return undefined;
  return {
    action: 'blocked',
    reason: `A serverless cache takes two or three subnets, each in a zone of its own, and ${subnets.length} in ${[...zones].sort().join(', ')} were named`,
    hint: 'Name one of each zone: --subnets.',
  };
}

/** Those that were named may not be among the usable ones; a finding has said so before. */
export function chosenSubnets({ subnetIds }: ServerlessCacheSettings, network: AppNetwork): Subnet[] {
  if (!subnetIds) return chooseServerlessSubnets(network);
  return network.usableSubnets.filter(({ subnetId }) => subnetIds.value.includes(subnetId));
}

export function creation(
  cache: ServerlessCacheSettings,
  subnets: readonly Subnet[],
): Omit<NewServerlessCache, 'securityGroupIds' | 'tags'> {
  const { dataStorageMaximum, ecpuMaximum, kmsKeyId } = cache;
  const time = snapshotTime(cache)?.value;
  return {
    serverlessCacheName: cache.name,
    description: asDescription(cache.description.value),
    engine: cache.engine.value,
    majorEngineVersion: majorOf(cache.engineVersion.value),
    limits: {
      ...(dataStorageMaximum ? { dataStorage: { maximum: dataStorageMaximum.value } } : {}),
      ...(ecpuMaximum ? { ecpuPerSecond: { maximum: ecpuMaximum.value } } : {}),
    },
    subnetIds: subnets.map(({ subnetId }) => subnetId),
    snapshotRetentionLimit: cache.snapshotRetention.value,
    ...(cache.snapshot ? { snapshotArn: cache.snapshot.arn } : {}),
    ...(kmsKeyId ? { kmsKeyId: kmsKeyId.value } : {}),
    ...(time === undefined ? {} : { dailySnapshotTime: time }),
  };
}

export function creationDetails(cache: ServerlessCacheSettings, subnets: readonly Subnet[]): Detail[] {
  const { engine, engineVersion, dataStorageMaximum, ecpuMaximum, snapshotRetention, subnetIds } = cache;
  const time = snapshotTime(cache);
  return [
    ...snapshotDetails(cache),
    {
      field: 'engine',
      to: `${engine.value} ${majorOf(engineVersion.value)}, serverless`,
      origin: engineVersion.origin,
    },
    { field: 'encryption in transit', to: 'on: it speaks TLS alone' },
    {
      field: 'password',
      to: cache.auth.value === 'none' ? 'none' : 'of a user named default',
      origin: sourceOf(cache.auth),
    },
    { field: 'clients', to: 'any Redis client works' },
    {
      field: 'subnets',
      to: subnets.map(({ subnetId, availabilityZone }) => `${subnetId} (${availabilityZone})`).join(', '),
      origin: subnetIds?.origin ?? 'found',
    },
    ...(dataStorageMaximum
      ? [{ field: 'most data', to: `${dataStorageMaximum.value} GB`, origin: dataStorageMaximum.origin }]
      : []),
    ...(ecpuMaximum
      ? [{ field: 'most ECPUs', to: `${ecpuMaximum.value} a second`, origin: ecpuMaximum.origin }]
      : []),
    ...(dataStorageMaximum || ecpuMaximum
      ? []
      : [{ field: 'limits', to: 'none (--data-storage-maximum, --ecpu-maximum bound the bill)' }]),
    {
      field: 'snapshot retention',
      to: `${snapshotRetention.value} days`,
      origin: sourceOf(snapshotRetention),
    },
    ...(time ? [{ field: 'snapshot time', to: time.value, origin: time.origin }] : []),
  ];
}
