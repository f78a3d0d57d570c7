/** A replication group: there and available, in our network, with our tags, and nothing waiting to become something else. */
import type { CacheCluster, ReplicationGroup } from '../aws/elasticache.ts';
import type { Observation } from '../domain/drift.ts';
import { awsCommand, setupCommand } from '../domain/mending.ts';
import type { ReplicationGroupSettings } from '../domain/settings.ts';
import type { Surroundings } from '../resources/caches/changes/modification.ts';
import { blockedOf, modificationsOf } from '../resources/caches/replication-group-changes.ts';
import type { Anchor } from '../survey/project.ts';
import { askedSettings, brokenCache, cacheTags, goneCache } from './cache.ts';
import { drift, note, type Observer } from './observer.ts';
import { pendingChanges } from './pending-changes.ts';
import { askedOf, cacheNameOf, namingOf, subnetGroupNameOf, type Watched } from './watched.ts';

export function replicationGroup(anchor: Anchor, watched: Watched): Observer {
  const { elasticache } = watched.aws;
  const name = cacheNameOf(anchor);
  const subject = { kind: 'cache', name } as const;
  const isAdopted = anchor.adoptedArn !== undefined;
  const setup = (more?: readonly string[]): string[] => setupCommand(namingOf(watched, anchor), more);
  const modify = (...words: string[]): string[] =>
    awsCommand(
      watched.where,
      ...['elasticache', 'modify-replication-group', '--replication-group-id', name],
      ...words,
      '--apply-immediately',
    );

  /** A cache cluster of others has nothing of ours but the security group. */
  const isStandalone = async (): Promise<boolean> =>
    isAdopted && (await elasticache.readCacheCluster(name)) !== undefined;

  function securityGroups({ securityGroupIds: groups }: CacheCluster): Observation[] {
    // Others may stand beside it: --security-group, or a cache that others have made.
    if (groups.includes(anchor.groupId)) return [];
    return [
      drift(
        subject,
        'somebody has changed its security groups',
        modify('--security-group-ids', ...(isAdopted ? groups : []), anchor.groupId),
        { was: anchor.groupId, now: groups.join(', ') || 'none' },
      ),
    ];
  }

  function subnetGroup({ cacheSubnetGroupName: now }: CacheCluster): Observation[] {
    const was = subnetGroupNameOf(anchor);
    if (isAdopted || now === undefined || now === was) return [];
    return [
      drift(
        subject,
        'is in another subnet group than it was made in, so somebody has made it anew; AWS moves none, and the command makes one beside it',
        setupCommand({ ...namingOf(watched, anchor), cacheName: `${name}-2`.slice(-40) }),
        { was, now },
      ),
    ];
  }

  function settings(
    { cache, flags }: { readonly cache: ReplicationGroupSettings; readonly flags: readonly string[] },
    group: ReplicationGroup,
    members: readonly CacheCluster[],
  ): Observation[] {
    const living = { group, members };
    const surroundings: Surroundings = {
      securityGroupId: anchor.groupId,
      cacheParameterGroupName: undefined,
      subnetGroupName: isAdopted ? undefined : subnetGroupNameOf(anchor),
    };
    return askedSettings(
      subject,
      blockedOf(cache, living, surroundings),
      modificationsOf(cache, living, surroundings).flatMap(({ details }) => details),
      setup(flags),
    );
  }

  function failover({ memberClusters, automaticFailover }: ReplicationGroup): Observation[] {
    return memberClusters.length > 1 && automaticFailover === 'disabled'
      ? [note(subject, 'has a replica and no automatic failover: `status --multi-az` calls that a drift')]
      : [];
  }

  return {
    ...subject,
    async look() {
      const group = await elasticache.readReplicationGroup(name);
      if (!group && (await isStandalone())) return [];
      if (!group) return [goneCache(subject, setup())];
      const end = await brokenCache(subject, 'replicationGroup', group, setup(), watched);
      if (end) return [end];
      const members = await elasticache.describeCacheClusters(group.memberClusters);
      const [member] = members;
      const asked = askedOf(watched, name, 'replicationGroup');
      return [
        ...(member ? [...securityGroups(member), ...subnetGroup(member)] : []),
        ...(isAdopted ? [] : await cacheTags(subject, group, watched)),
        ...pendingChanges(subject, group, member, modify),
        ...(asked ? settings(asked, group, members) : failover(group)),
      ];
    },
  };
}
