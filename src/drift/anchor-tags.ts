/** The tags of our security group, by which alone a project is found again: some of them, or all, taken away. */
import type { SecurityGroup } from '../aws/ec2.ts';
import type { RunningService } from '../domain/app.ts';
import { awsCommand, tagWords } from '../domain/mending.ts';
import {
  anchoredArns,
  anchorTag,
  CACHE_TAG,
  OF_TAG,
  ownerOf,
  ownershipTags,
  PROJECT_TAG,
  SERVERLESS_TAG,
  STICKINESS_TAG,
  SUBNET_GROUP_TAG,
  type Tags,
} from '../domain/ownership.ts';
import type { Anchor } from '../survey/project.ts';
import { drift, note, type Observer } from './observer.ts';
import type { Watched } from './watched.ts';

export function anchorTags({ groupId, groupName: name }: Anchor, watched: Watched): Observer {
  const subject = { kind: 'securityGroup', name } as const;
  return {
    ...subject,
    async look() {
      const [group] = await watched.aws.ec2.describeSecurityGroups({ groupIds: [groupId] });
      const missing = group ? missingTags(group, watched) : {};
      const keys = Object.keys(missing);
      if (keys.length === 0) return [];
      const what = `${groupId} lacks ${keys.join(', ')}, by which what belongs to the project is found again`;
      return [drift(subject, what, tagCommand(groupId, missing, watched))];
    },
  };
}

/** No group has the project's tag: nothing was set up, or the tag was taken away. The cache in use leads to the group. */
export function lostAnchor(watched: Watched): Observer {
  const { aws, project, cacheInUse } = watched;
  const name = `${cacheInUse ?? project}-sg`;
  const subject = { kind: 'securityGroup', name } as const;

  async function readGroup(): Promise<SecurityGroup | undefined> {
    const cache = cacheInUse === undefined ? undefined : await aws.caches.read(cacheInUse);
    if (!cache) return undefined;
    const groupIds = await aws.caches.readSecurityGroupIds(cache);
    const groups = await aws.ec2.describeSecurityGroups({ groupIds });
    const group = groups.find(({ groupName }) => groupName === name);
    const tags = await aws.elasticache.readTags(cache.arn);
    const isOurs = typeof tags !== 'string' && ownerOf(tags, project, cache.name) === 'ours';
    return isOurs || group?.tags[OF_TAG] === name ? group : undefined;
  }

  return {
    ...subject,
    async look() {
      const group = await readGroup();
      if (!group)
        return [
          note(
            subject,
            `nothing here is tagged as the project ${project}: nothing was set up under that name`,
          ),
        ];
      const { groupId, tags } = group;
      const missing = { ...ownershipTags(project, name), ...missingTags(group, watched) };
      const what = `${groupId} has lost the tags by which the project is found: neither rollback nor destroy would know it`;
      const now = tags[PROJECT_TAG] ?? 'none';
      return [drift(subject, what, tagCommand(groupId, missing, watched), { was: project, now })];
    },
  };
}

/** As setup would have written them, with the next free numbers. */
function missingTags({ groupName, tags }: SecurityGroup, { project, services }: Watched): Tags {
  const cacheName = tags[CACHE_TAG] ?? groupName.replace(/-sg$/, '');
  const isOurs = ({ taskDefinition: { tags: own, family } }: RunningService): boolean =>
    ownerOf(own, project, family) === 'ours';
  const targetGroups = services.flatMap((service) => service.targetGroups);
  const sticky = targetGroups.filter((each) => each.tags[STICKINESS_TAG] !== undefined);
  return {
    ...(tags[CACHE_TAG] === undefined ? { [CACHE_TAG]: cacheName } : {}),
    // A serverless cache has none.
    ...(tags[SUBNET_GROUP_TAG] === undefined && tags[SERVERLESS_TAG] === undefined
      ? { [SUBNET_GROUP_TAG]: `${cacheName}-subnet-group` }
      : {}),
    ...numbered(
      'service',
      services.filter(isOurs).map(({ service }) => service.serviceArn),
      tags,
    ),
    ...numbered(
      'target-group',
      sticky.map(({ targetGroupArn }) => targetGroupArn),
      tags,
    ),
  };
}

function numbered(kind: 'service' | 'target-group', arns: readonly string[], tags: Tags): Tags {
  const there = anchoredArns(tags, kind);
  const prefix = anchorTag(kind, 0).slice(0, -1);
  const numbers = Object.keys(tags)
    .filter((key) => key.startsWith(prefix))
    .map((key) => Number(key.slice(prefix.length)));
  const next = Math.max(0, ...numbers) + 1;
  const absent = arns.filter((arn) => !there.includes(arn));
  return Object.fromEntries(absent.map((arn, index) => [anchorTag(kind, next + index), arn]));
}

function tagCommand(groupId: string, missing: Tags, { where }: Watched): string[] {
  return awsCommand(where, 'ec2', 'create-tags', '--resources', groupId, '--tags', ...tagWords(missing));
}
