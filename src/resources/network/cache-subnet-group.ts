/** The subnets in which the cache's nodes live: of the app's own VPC, in two or more zones. */
import type { CacheSubnetGroup, ElastiCache } from '../../aws/elasticache.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Change } from '../../domain/change.ts';
import { chooseCacheSubnets } from '../../domain/cache-subnets.ts';
import { foreign, ownershipTags } from '../../domain/ownership.ts';
import type { ReplicationGroupSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { ensureLabelled, isUntaggedOurs, LATE_TAGS } from '../ownership/late-tags.ts';
import { readOwnerNow } from '../ownership/owner.ts';

export function cacheSubnetGroup(
  cache: ReplicationGroupSettings,
  settings: Settings,
  network: AppNetwork,
  elasticache: ElastiCache,
): Resource<'cacheSubnetGroup'> {
  const name = cache.subnetGroupName;
  const preferredAzs = cache.preferredAzs?.value ?? [];
  const subnetIds =
    cache.subnetIds?.value ?? chooseCacheSubnets(network, preferredAzs).map(({ subnetId }) => subnetId);
  const outputs = { cacheSubnetGroupName: name };

  /** Subnets are only ever added: one that a node lives in cannot be taken away. */
  const missingIn = (group: CacheSubnetGroup): readonly string[] =>
    (cache.subnetIds?.value ?? []).filter((id) => !group.subnets.some(({ subnetId }) => subnetId === id));

  /** AWS places nodes in zones of the group's subnets alone. */
  function zoneObstacle(zones: readonly string[]) {
    const missing = preferredAzs.filter((zone) => !zones.includes(zone));
    if (missing.length === 0) return undefined;
    return {
      action: 'blocked',
      reason: `--preferred-azs names ${missing.join(', ')}, and the subnets of ${name} are in ${[...new Set(zones)].sort().join(', ')}`,
      hint: 'Name other zones, or subnets in these with --subnets.',
    } as const;
  }

  const vpcObstacle = ({ vpcId }: CacheSubnetGroup) =>
    vpcId === network.vpcId
      ? undefined
      : ({
          action: 'blocked',
          reason: `The cache subnet group ${name} is in ${vpcId}, and the app in ${network.vpcId}`,
          hint: `A cache is reached inside its own VPC. ${cache.existingSubnetGroup ? 'Name another --subnet-group' : 'Choose another --cache-name'} for this app.`,
        } as const);

  /** Theirs: looked at, and nothing more. */
  async function planTheirs(): Promise<Change<typeof outputs>> {
    const group = await elasticache.readCacheSubnetGroup(name);
    if (!group) {
      return {
        action: 'blocked',
        reason: `There is no cache subnet group ${name}`,
        hint: '--subnet-group names one that exists; without it one is made.',
      };
    }
    const zones = group.subnets.map(({ availabilityZone }) => availabilityZone);
    const obstacle = vpcObstacle(group) ?? zoneObstacle(zones);
    return obstacle ?? { action: 'none', outputs, note: 'is yours: used as it is' };
  }

  return {
    kind: 'cacheSubnetGroup',
    name,
    needs: [],

    async plan() {
      if (cache.existingSubnetGroup) return planTheirs();
      const group = await elasticache.readCacheSubnetGroup(name);
      if (!group) {
        const zones = zonesOf(subnetIds, network);
        const obstacle = zoneObstacle(zones);
        if (obstacle) return obstacle;
        return {
          action: 'create',
          details: [
            {
              field: 'subnets',
              to: `${subnetIds.join(', ')}${zones.length > 0 ? ` in ${zones.join(', ')}` : ''}`,
              origin: cache.subnetIds?.origin ?? 'found',
            },
          ],
        };
      }
      const { owner, tags } = await readOwnerNow(group, settings.project, name, elasticache);
      if (owner !== 'ours' && !isUntaggedOurs(group, tags, settings.project))
        return foreign(`The cache subnet group ${name}`, owner, tags, '--cache-name');
      const elsewhere = vpcObstacle(group);
      if (elsewhere) return elsewhere;
      const missing = missingIn(group);
      const details = [
        ...(owner === 'ours' ? [] : [LATE_TAGS]),
        ...(missing.length > 0 ? [{ field: 'subnets', to: `and ${missing.join(', ')}` }] : []),
      ];
      return details.length > 0 ? { action: 'update', outputs, details } : { action: 'none', outputs };
    },

    async reconcile() {
      const found = await ensureLabelled(
        await elasticache.readCacheSubnetGroup(name),
        {
          noun: 'cache subnet group',
          name,
          project: settings.project,
          labels: {
            description: `Subnets of ${cache.name}`,
            tags: { ...settings.tags, ...ownershipTags(settings.project, name) },
          },
          read: () => elasticache.readCacheSubnetGroup(name),
          create: (labels) => elasticache.createCacheSubnetGroup({ name, subnetIds, ...labels }),
        },
        elasticache,
      );
      const missing = found ? missingIn(found) : [];
      if (found && missing.length > 0) {
        const all = [...found.subnets.map(({ subnetId }) => subnetId), ...missing];
        await elasticache.modifyCacheSubnetGroup(name, all);
      }
      return outputs;
    },
  };
}

function zonesOf(subnetIds: readonly string[], { usableSubnets }: AppNetwork): string[] {
  const zones = usableSubnets
    .filter(({ subnetId }) => subnetIds.includes(subnetId))
    .map(({ availabilityZone }) => availabilityZone);
  return [...new Set(zones)].sort();
}
