/** A serverless cache: there and available, behind our security group, with our tags. */
import type { ServerlessCache } from '../aws/serverless.ts';
import type { Observation } from '../domain/drift.ts';
import { awsCommand, setupCommand, tagWords } from '../domain/mending.ts';
import { ownerOf, ownershipTags } from '../domain/ownership.ts';
import { toolsTagged } from '../survey/other-tools.ts';
import type { Anchor } from '../survey/project.ts';
import { drift, note, type Observer } from './observer.ts';
import { cacheNameOf, namingOf, toolsText, type Watched } from './watched.ts';

export function serverlessCache(anchor: Anchor, watched: Watched): Observer {
  const { aws, project, where } = watched;
  const name = cacheNameOf(anchor);
  const subject = { kind: 'cache', name } as const;
  const setup = setupCommand(namingOf(watched, anchor), ['--serverless']);
  const named = (operation: string): string[] => ['elasticache', operation, '--serverless-cache-name', name];

  /** A cache that cannot be used. */
  async function broken({ status }: ServerlessCache): Promise<Observation | undefined> {
    if (status === 'deleting')
      return drift(subject, 'is being deleted: when it is gone, the command makes it anew, empty', setup);
    if (status !== 'create-failed') return undefined;
    const events = await aws.elasticache.describeEvents('serverless-cache', name);
    const reason = events.at(-1)?.message ?? 'AWS gives no reason';
    return drift(
      subject,
      `failed to create: ${reason}. It holds the name until it is deleted; then run setup again`,
      awsCommand(where, ...named('delete-serverless-cache')),
      { now: status },
    );
  }

  function network({ securityGroupIds: groups }: ServerlessCache): Observation[] {
    if (groups.includes(anchor.groupId)) return [];
    const all = [...groups, anchor.groupId];
    return [
      drift(
        subject,
        'somebody has taken our security group off it',
        awsCommand(where, ...named('modify-serverless-cache'), '--security-group-ids', ...all),
        { was: anchor.groupId, now: groups.join(', ') || 'none' },
      ),
    ];
  }

  async function tags({ arn, status }: ServerlessCache): Promise<Observation[]> {
    const found = await aws.elasticache.readTags(arn);
    if (found === 'gone') return [];
    if (found === 'unreadable') {
      const what = `AWS does not show its tags just now (it is ${status})`;
      return [{ outcome: 'unseen', ...subject, what }];
    }
    if (ownerOf(found, project, name) === 'ours') return [];
    const ours = tagWords(ownershipTags(project, name));
    const command = ['elasticache', 'add-tags-to-resource', '--resource-name', arn, '--tags', ...ours];
    const what = 'has lost our tags: setup and destroy would take it for somebody else’s';
    return [drift(subject, what, awsCommand(where, ...command), { by: toolsText(toolsTagged(found)) })];
  }

  return {
    ...subject,
    async look() {
      const cache = await aws.serverless.readServerlessCache(name);
      if (!cache) return [drift(subject, 'was deleted: the command makes it anew, empty', setup)];
      const end = await broken(cache);
      if (end) return [end];
      const changing =
        cache.status === 'available' ? [] : [note(subject, `is ${cache.status}, and serves meanwhile`)];
      return [...network(cache), ...(await tags(cache)), ...changing];
    },
  };
}
