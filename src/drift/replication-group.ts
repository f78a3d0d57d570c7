/** The cache: there and available, in our network, with our tags, and nothing waiting to become something else. */
import type { CacheCluster, ReplicationGroup } from '../aws/elasticache.ts';
import type { Observation } from '../domain/drift.ts';
import { awsCommand, setupCommand, tagWords } from '../domain/mending.ts';
import { ownerOf, ownershipTags } from '../domain/ownership.ts';
import type { Surroundings } from '../resources/caches/changes/modification.ts';
import { blockedOf, modificationsOf } from '../resources/caches/replication-group-changes.ts';
import { toolsTagged } from '../survey/other-tools.ts';
import type { Anchor } from '../survey/project.ts';
import { drift, note, type Observer } from './observer.ts';
import { cacheNameOf, namingOf, subnetGroupNameOf, toolsText, type Watched } from './watched.ts';

export function replicationGroup(anchor: Anchor, watched: Watched): Observer {
  const { aws, project, asked, where } = watched;
  const { elasticache } = aws;
  const name = cacheNameOf(anchor);
  const subject = { kind: 'cache', name } as const;
  const setup = (more?: readonly string[]): string[] => setupCommand(namingOf(watched, anchor), more);
  const modify = (...words: string[]): string[] =>
    awsCommand(
      where,
      ...['elasticache', 'modify-replication-group', '--replication-group-id', name],
      ...words,
      '--apply-immediately',
    );

  /** A cache cluster of others has nothing of ours but the security group. */
  const isStandalone = async (): Promise<boolean> =>
    anchor.adoptedArn !== undefined && (await elasticache.readCacheCluster(name)) !== undefined;

  /** A cache that cannot be used. */
  async function broken({ status }: ReplicationGroup): Promise<Observation | undefined> {
    if (status === 'deleting')
      return drift(subject, 'is being deleted: when it is gone, the command makes it anew, empty', setup());
    if (status !== 'create-failed') return undefined;
    const events = await elasticache.describeEvents('replication-group', name);
    const reason = events.at(-1)?.message ?? 'AWS gives no reason';
    const command = ['elasticache', 'delete-replication-group', '--replication-group-id', name];
    return drift(
      subject,
      `failed to create: ${reason}. It holds the name until it is deleted; then run setup again`,
      awsCommand(where, ...command),
      { now: status },
    );
  }

  function network([member]: readonly CacheCluster[]): Observation[] {
    if (!member) return [];
    const groups = member.securityGroupIds;
    // Others may stand beside it: --security-group, or a cache that others have made.
    const isOurs = groups.includes(anchor.groupId);
    const wanted = subnetGroupNameOf(anchor);
    const isAdopted = anchor.adoptedArn !== undefined;
    const actual = isAdopted ? wanted : (member.cacheSubnetGroupName ?? wanted);
    return [
      ...(isOurs
        ? []
        : [
            drift(
              subject,
              'somebody has changed its security groups',
              modify('--security-group-ids', ...(isAdopted ? groups : []), anchor.groupId),
              { was: anchor.groupId, now: groups.join(', ') || 'none' },
            ),
          ]),
      ...(actual === wanted
        ? []
        : [
            drift(
              subject,
              'is in another subnet group than it was made in, so somebody has made it anew; AWS moves none, and the command makes one beside it',
              setupCommand({ ...namingOf(watched, anchor), cacheName: `${name}-2`.slice(-40) }),
              { was: wanted, now: actual },
            ),
          ]),
    ];
  }

  async function tags(group: ReplicationGroup): Promise<Observation[]> {
    if (anchor.adoptedArn !== undefined) return [];
    const found = await elasticache.readTags(group.arn);
    if (found === 'gone') return [];
    if (found === 'unreadable')
      return [
        {
          outcome: 'unseen',
          ...subject,
          what: `AWS does not show its tags just now (it is ${group.status})`,
        },
      ];
    if (ownerOf(found, project, name) === 'ours') return [];
    const ours = ownershipTags(project, name);
    return [
      drift(
        subject,
        'has lost our tags: setup and destroy would take it for somebody else’s',
        awsCommand(
          where,
          ...['elasticache', 'add-tags-to-resource', '--resource-name', group.arn],
          ...['--tags', ...tagWords(ours)],
        ),
        { by: toolsText(toolsTagged(found)) },
      ),
    ];
  }

  function pending(group: ReplicationGroup, [member]: readonly CacheCluster[]): Observation[] {
    if (group.status !== 'available') return [note(subject, `is ${group.status}, and serves meanwhile`)];
    const { pendingNodeType, pendingEngineVersion } = member ?? {};
    const wait = `waits for the maintenance window${member?.maintenanceWindow ? ` ${member.maintenanceWindow}` : ''}; the command does it now`;
    const waiting = (what: string, was: string, now: string, command: string[]): Observation =>
      drift(subject, `a change of its ${what} ${wait}`, command, { was, now });
    return [
      ...(pendingNodeType === undefined
        ? []
        : [
            waiting(
              'node type',
              group.cacheNodeType,
              pendingNodeType,
              modify('--cache-node-type', pendingNodeType),
            ),
          ]),
      ...(pendingEngineVersion === undefined
        ? []
        : [
            waiting(
              'engine version',
              member?.engineVersion ?? '',
              pendingEngineVersion,
              modify('--engine-version', pendingEngineVersion),
            ),
          ]),
      ...(group.pendingFailover === undefined
        ? []
        : [
            waiting(
              'automatic failover',
              group.automaticFailover,
              group.pendingFailover,
              modify(
                group.pendingFailover === 'enabled'
                  ? '--automatic-failover-enabled'
                  : '--no-automatic-failover-enabled',
              ),
            ),
          ]),
    ];
  }

  /** What setup was told is nowhere kept: settings are compared where `status` is told them again. */
  function settings(group: ReplicationGroup, members: readonly CacheCluster[]): Observation[] {
    if (asked && asked.flags.length > 0) {
      const living = { group, members };
      const surroundings: Surroundings = {
        securityGroupId: anchor.groupId,
        cacheParameterGroupName: undefined,
        subnetGroupName: anchor.adoptedArn === undefined ? subnetGroupNameOf(anchor) : undefined,
      };
      const blocked = blockedOf(asked.cache, living, surroundings);
      if (blocked) return [drift(subject, `${blocked.reason}. ${blocked.hint}`, setup(asked.flags))];
      return modificationsOf(asked.cache, living, surroundings).flatMap(({ details }) =>
        details.map(({ field, from, to }) =>
          drift(subject, `its ${field} is not what is asked for`, setup(asked.flags), { was: to, now: from }),
        ),
      );
    }
    return group.memberClusters.length > 1 && group.automaticFailover === 'disabled'
      ? [note(subject, 'has a replica and no automatic failover: `status --multi-az` calls that a drift')]
      : [];
  }

  return {
    ...subject,
    async look() {
      const group = await elasticache.readReplicationGroup(name);
      if (!group && (await isStandalone())) return [];
      if (!group) return [drift(subject, 'was deleted: the command makes it anew, empty', setup())];
      const end = await broken(group);
      if (end) return [end];
      const members = await elasticache.describeCacheClusters(group.memberClusters);
      return [
        ...network(members),
        ...(await tags(group)),
        ...pending(group, members),
        ...settings(group, members),
      ];
    },
  };
}
