/** The cache's subnet group: there, ours, and in two zones. */
import type { CacheSubnetGroup } from '../aws/elasticache.ts';
import { chooseCacheSubnets } from '../domain/cache-subnets.ts';
import type { Observation } from '../domain/drift.ts';
import { awsCommand, setupCommand } from '../domain/mending.ts';
import { readPlacement } from '../survey/placement.ts';
import type { Anchor } from '../survey/project.ts';
import { readUsableSubnets, zonesOf } from '../survey/usable-subnets.ts';
import { lostTags } from './lost-tags.ts';
import { drift, type Observer } from './observer.ts';
import { namingOf, subnetGroupNameOf, type Watched } from './watched.ts';

export function subnetGroup(anchor: Anchor, watched: Watched): Observer {
  const { aws, services, where } = watched;
  const name = subnetGroupNameOf(anchor);
  const subject = { kind: 'cacheSubnetGroup', name } as const;

  async function tags({ arn }: CacheSubnetGroup): Promise<Observation[]> {
    if (anchor.subnetGroupIsTheirs) return [];
    const lost = await lostTags(subject, arn, watched);
    return lost === 'unreadable' ? [] : lost;
  }

  /** The subnets that it was given are nowhere kept; that it had two zones where there were two is certain. */
  async function zones(group: CacheSubnetGroup): Promise<Observation[]> {
    const [running] = services;
    const now = zonesOf(group.subnets);
    if (now.length >= 2 || !running) return [];
    const { subnetIds } = await readPlacement(aws, running.service, running.taskDefinition);
    const wanted = chooseCacheSubnets({ subnetIds, ...(await readUsableSubnets(aws, group.vpcId)) });
    if (zonesOf(wanted).length < 2) return [];
    const all = [...group.subnets, ...wanted].map(({ subnetId }) => subnetId);
    const command = ['elasticache', 'modify-cache-subnet-group', '--cache-subnet-group-name', name];
    return [
      drift(
        subject,
        'somebody has taken subnets away: the cache has one zone left, and nowhere to fail over to',
        awsCommand(where, ...command, '--subnet-ids', ...new Set(all)),
        { was: 'two zones or more', now: now.join(', ') },
      ),
    ];
  }

  return {
    ...subject,
    async look() {
      // A cache of others is in a group of theirs.
      if (anchor.adoptedArn !== undefined) return [];
      const group = await aws.elasticache.readCacheSubnetGroup(name);
      if (!group) return [drift(subject, 'was deleted', setupCommand(namingOf(watched, anchor)))];
      return [...(await tags(group)), ...(await zones(group))];
    },
  };
}
