/** A serverless cache: there and available, behind our security group, with our tags. */
import type { ServerlessCache } from '../aws/serverless.ts';
import { userGroupIdOf } from '../domain/access.ts';
import type { Observation } from '../domain/drift.ts';
import { awsCommand, setupCommand } from '../domain/mending.ts';
import type { ServerlessCacheSettings } from '../domain/settings.ts';
import { blockedOf, changesOf } from '../resources/caches/serverless-cache-changes.ts';
import type { Anchor } from '../survey/project.ts';
import { askedSettings, brokenCache, busyCache, cacheTags, goneCache } from './cache.ts';
import { drift, type Observer } from './observer.ts';
import { askedOf, cacheNameOf, namingOf, type Watched } from './watched.ts';

const SERVERLESS = '--serverless';

export function serverlessCache(anchor: Anchor, watched: Watched): Observer {
  const name = cacheNameOf(anchor);
  const subject = { kind: 'cache', name } as const;
  const setup = (more: readonly string[] = []): string[] =>
    setupCommand(namingOf(watched, anchor), [SERVERLESS, ...more.filter((word) => word !== SERVERLESS)]);

  function securityGroups({ securityGroupIds: groups }: ServerlessCache): Observation[] {
    if (groups.includes(anchor.groupId)) return [];
    const command = ['elasticache', 'modify-serverless-cache', '--serverless-cache-name', name];
    return [
      drift(
        subject,
        'somebody has taken our security group off it',
        awsCommand(watched.where, ...command, '--security-group-ids', ...groups, anchor.groupId),
        { was: anchor.groupId, now: groups.join(', ') || 'none' },
      ),
    ];
  }

  function settings(
    { cache, flags }: { readonly cache: ServerlessCacheSettings; readonly flags: readonly string[] },
    living: ServerlessCache,
  ): Observation[] {
    const userGroupId = userGroupIdOf(name);
    // Of ours `securityGroups` tells.
    const attachments = { securityGroupIds: cache.securityGroupIds, userGroupId };
    return askedSettings(
      subject,
      blockedOf(cache, living, userGroupId),
      changesOf(cache, living, attachments).flatMap(({ details }) => details),
      setup(flags),
    );
  }

  return {
    ...subject,
    async look() {
      const cache = await watched.aws.serverless.readServerlessCache(name);
      if (!cache) return [goneCache(subject, setup())];
      const end = await brokenCache(subject, 'serverless', cache, setup(), watched);
      if (end) return [end];
      const asked = askedOf(watched, name, 'serverless');
      return [
        ...securityGroups(cache),
        ...(await cacheTags(subject, cache, watched)),
        ...(cache.status === 'available' ? [] : [busyCache(subject, cache.status)]),
        ...(asked ? settings(asked, cache) : []),
      ];
    },
  };
}
