/** The subnets in which the cache's nodes live: of the app's own VPC, in two or more zones. */
import type { CacheSubnetGroup, ElastiCache } from '../aws/elasticache.ts';
import type { App } from '../domain/app.ts';
import { ownerOf, ownershipTags } from '../domain/ownership.ts';
import type { CacheSettings, Settings } from '../domain/settings.ts';
import type { Resource } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import { foreign } from './ownership.ts';

/** AWS takes at most twenty subnets in a group (quota "Subnets per subnet group"). */
const MOST_SUBNETS = 20;

export function cacheSubnetGroup(
  cache: CacheSettings,
  settings: Settings,
  app: App,
  elasticache: ElastiCache,
): Resource<'cacheSubnetGroup'> {
  const name = cache.subnetGroupName;
  const subnetIds = cache.subnetIds?.value ?? chooseSubnets(app);
  const outputs = { cacheSubnetGroupName: name };

  async function readOwner(group: CacheSubnetGroup) {
    const tags = await elasticache.readTags(group.arn);
    return typeof tags === 'string'
      ? { owner: 'somebody else' as const, tags: {} }
      : { owner: ownerOf(tags, settings.project, name), tags };
  }

  /** Subnets are only ever added: one that a node lives in cannot be taken away. */
  const missingIn = (group: CacheSubnetGroup): readonly string[] =>
    (cache.subnetIds?.value ?? []).filter((id) => !group.subnets.some(({ subnetId }) => subnetId === id));

  return {
    kind: 'cacheSubnetGroup',
    name,
    needs: [],

    async plan() {
      const group = await elasticache.readCacheSubnetGroup(name);
      if (!group) {
        const zones = zonesOf(subnetIds, app);
        return {
          action: 'create',
          details: [
            {
              field: 'subnets',
              to: `${subnetIds.join(', ')}${zones ? ` in ${zones}` : ''}`,
              origin: cache.subnetIds?.origin ?? 'found',
            },
          ],
        };
      }
      const { owner, tags } = await readOwner(group);
      if (owner !== 'ours') return foreign(`The cache subnet group ${name}`, owner, tags, '--cache-name');
      if (group.vpcId !== app.network.vpcId) {
        return {
          action: 'blocked',
          reason: `The cache subnet group ${name} is in ${group.vpcId}, and the app in ${app.network.vpcId}`,
          hint: 'A cache is reached inside its own VPC. Choose another --cache-name for this app.',
        };
      }
      const missing = missingIn(group);
      if (missing.length === 0) return { action: 'none', outputs };
      return { action: 'update', outputs, details: [{ field: 'subnets', to: `and ${missing.join(', ')}` }] };
    },

    async reconcile() {
      const group = await elasticache.readCacheSubnetGroup(name);
      if (!group) {
        const tags = { ...settings.tags, ...ownershipTags(settings.project, name) };
        const description = `Subnets of ${cache.name}`;
        const made = await elasticache.createCacheSubnetGroup({ name, description, subnetIds, tags });
        if (made === 'created') return outputs;
      }
      const found = group ?? (await elasticache.readCacheSubnetGroup(name));
      if (!found || (await readOwner(found)).owner !== 'ours') {
        throw new WizardError(
          'NotOurs',
          `Creating the cache subnet group ${name}: somebody else has just made one of that name`,
          {
            hint: 'Run the same command again to see whose it is.',
          },
        );
      }
      const missing = missingIn(found);
      if (missing.length > 0) {
        const all = [...found.subnets.map(({ subnetId }) => subnetId), ...missing];
        await elasticache.modifyCacheSubnetGroup(name, all);
      }
      return outputs;
    },

    async undo(step) {
      const group = await elasticache.readCacheSubnetGroup(name);
      if (!group || (await readOwner(group)).owner !== 'ours') return;
      await step.wait({
        what: `the cache subnet group ${name} to be deleted`,
        everyMs: 10_000,
        timeoutMs: 10 * 60_000,
        probe: async () => {
          const answer = await elasticache.deleteCacheSubnetGroup(name);
          return answer === 'busy'
            ? { state: 'pending', detail: 'still used by a cache' }
            : { state: 'ready', value: undefined };
        },
      });
    },
  };
}

/** Private subnets where they span two zones, else public ones too: nodes never get public addresses. */
function chooseSubnets(app: App): string[] {
  const usable = app.network.usableSubnets;
  const privateOnes = usable.filter(({ isPublic }) => !isPublic);
  const zones = new Set(privateOnes.map(({ availabilityZone }) => availabilityZone));
  const chosen = zones.size >= 2 ? privateOnes : usable;
  return chosen.slice(0, MOST_SUBNETS).map(({ subnetId }) => subnetId);
}

function zonesOf(subnetIds: readonly string[], app: App): string {
  const zones = app.network.usableSubnets
    .filter(({ subnetId }) => subnetIds.includes(subnetId))
    .map(({ availabilityZone }) => availabilityZone);
  return [...new Set(zones)].sort().join(', ');
}
