/** Which resource a name in a tagging call means, and whether it may be tagged now. */
import { ServiceError } from '../service.ts';
import { requireAvailable } from './cache.ts';
import type { Cache } from './cache.ts';
import { DURATION } from './life-cycle.ts';
import { requireServerlessAvailable } from './serverless-cache.ts';
import type { ServiceParts } from './service-parts.ts';
import type { Taggable } from './tags.ts';

/** AWS's words, which speak of a cluster even where it is a replication group. */
const NOT_AVAILABLE = 'Cluster not in available state to perform tagging operations.';

const FREELY: Omit<Taggable, 'members'> = { requireAvailable: () => undefined, changed: () => undefined };

export function taggableResources(parts: ServiceParts): (arn: string) => Taggable {
  const { caches, lifeCycle, parameterGroups, subnetGroups, arn } = parts;

  const taggable = (cache: Cache, members: readonly string[]): Taggable => ({
    members,
    requireAvailable: () => requireAvailable(cache, NOT_AVAILABLE),
    changed: () =>
      lifeCycle.change(cache, { status: 'modifying', durationMs: DURATION.tagging, apply: () => undefined }),
  });

  return (name) => {
    const [, type, id = ''] = /^arn:aws:elasticache:[^:]+:[^:]+:([^:]+):(.+)$/.exec(name) ?? [];
    switch (type) {
      case 'replicationgroup': {
        const cache = caches.group(id);
        const members = cache.nodes.map(({ cacheClusterId }) => arn('cluster', cacheClusterId));
        return taggable(cache, members);
      }
      case 'cluster':
        if (parts.memcached.find(id)) return { ...FREELY, members: [] };
        return taggable(caches.cluster(id).cache, []);
      case 'subnetgroup':
        subnetGroups.find(id);
        return { ...FREELY, members: [] };
      case 'parametergroup':
        parameterGroups.family(id);
        return { ...FREELY, members: [] };
      case 'snapshot':
        parts.snapshots.requireExists(id);
        return { ...FREELY, members: [] };
      case 'serverlesscache': {
        const cache = parts.serverless.caches.find(id);
        return { ...FREELY, requireAvailable: () => requireServerlessAvailable(cache), members: [] };
      }
      case 'serverlesscachesnapshot':
        parts.serverless.snapshots.requireExists(id);
        return { ...FREELY, members: [] };
      case 'user':
        parts.userGroups.users.find(id);
        return { ...FREELY, members: [] };
      case 'usergroup':
        parts.userGroups.requireExists(id);
        return { ...FREELY, members: [] };
      default:
        throw new ServiceError('InvalidARNFault', `The ARN ${name} is not valid.`);
    }
  };
}
