/** Whether what we write as tags fits into them: found out in the middle of a run it would leave a half-made project. */
import { setVariablesTags } from '../domain/set-variables.ts';
import type { ContainerVariable } from '../domain/task-definition.ts';
import { LONGEST_TAG_VALUE, MOST_TAGS, isReservedTag } from '../domain/limits.ts';
import {
  ADOPTED_TAG,
  anchorTag,
  CACHE_TAG,
  OF_TAG,
  ownershipTags,
  PARAMETER_GROUP_TAG,
  REPLACES_TAG,
  STICKINESS_TAG,
  SUBNET_GROUP_OWNER_TAG,
  SUBNET_GROUP_TAG,
} from '../domain/ownership.ts';
import { REFRESH_TAG } from '../domain/refresh-memory.ts';
import { stickinessObstacle } from '../domain/stickiness.ts';
import type { CacheSettings } from '../domain/settings.ts';
import type { Finding, Inspection, Situation } from './finding.ts';

export const tagValues: Inspection = ({ app }) => {
  const written = [
    { what: 'the running revision', value: app.taskDefinition.taskDefinitionArn },
    { what: app.service.serviceName, value: app.service.serviceArn },
    ...app.targetGroups.map((group) => ({ what: group.targetGroupName, value: group.targetGroupArn })),
  ];
  return written
    .filter(({ value }) => value.length > LONGEST_TAG_VALUE)
    .map(({ what, value }) => ({
      severity: 'block',
      code: 'tag-too-long',
      message: `The ARN of ${what} has ${value.length} characters, and the tag that keeps it as the way back takes ${LONGEST_TAG_VALUE}`,
      hint: 'Give the cluster, the service or the family a shorter name.',
    }));
};

export const tagCounts: Inspection = (situation) => {
  const { app, settings } = situation;
  const ours = Object.keys(ownershipTags(settings.project, ''));
  const given = Object.keys(settings.tags);
  const sticky = stickyGroups(situation);
  const changed = [anchorTag('service', 1), ...sticky.map((_, n) => anchorTag('target-group', n + 1))];
  return [
    ...tooMany('the new revision', [
      ...Object.keys(app.taskDefinition.tags),
      ...given,
      ...ours,
      REPLACES_TAG,
      ...Object.keys(setVariablesTags(variablesOf(situation))),
    ]),
    ...settings.caches.flatMap((cache) =>
      tooMany(`the security group ${cache.securityGroupName}`, [
        ...given,
        ...ours,
        // A serverless cache has a tag of its own in place of the subnet group's.
        ...[CACHE_TAG, SUBNET_GROUP_TAG, REFRESH_TAG],
        ...asked(cache),
        ...changed,
      ]),
    ),
    ...sticky.flatMap(({ targetGroupName, tags }) =>
      tooMany(`the target group ${targetGroupName}`, [...Object.keys(tags), STICKINESS_TAG]),
    ),
  ];
};

/** Their values are not known yet, and do not count. */
function variablesOf({ app, consumer }: Situation): ContainerVariable[] {
  return consumer.variables.map(({ name, container = app.container }) => ({
    container,
    name: name.value,
    variable: { value: '' },
  }));
}

/** Those that only some flags bring. */
function asked(cache: CacheSettings): string[] {
  if (cache.kind === 'serverless') return [];
  return [
    ...(cache.adopt ? [ADOPTED_TAG] : []),
    ...(cache.existingSubnetGroup ? [SUBNET_GROUP_OWNER_TAG] : []),
    ...(Object.keys(cache.parameters).length > 0 ? [PARAMETER_GROUP_TAG] : []),
  ];
}

function tooMany(what: string, keys: readonly string[]): Finding[] {
  const count = new Set(keys.filter((key) => !isReservedTag(key))).size;
  if (count <= MOST_TAGS) return [];
  return [
    {
      severity: 'block',
      code: 'too-many-tags',
      message: `There would be ${count} tags on ${what}, and AWS takes ${MOST_TAGS}`,
      hint: keys.includes(OF_TAG)
        ? 'Give fewer with --tag, or take some off what is copied.'
        : 'Take one off, or leave sticky sessions as they are: --no-stickiness.',
    },
  ];
}

/** Those that would be changed. */
function stickyGroups({ app, settings }: Situation): Situation['app']['targetGroups'] {
  if (!settings.stickiness.enabled.value) return [];
  return app.targetGroups.filter(
    (group) => stickinessObstacle(group) === undefined && group.attributes['stickiness.enabled'] !== 'true',
  );
}
