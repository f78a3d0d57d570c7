/** Sticky sessions of one target group beside what setup made of them, and whether they still serve the app. */
import type { Observation } from '../domain/drift.ts';
import { awsCommand, setupCommand, tagWords } from '../domain/mending.ts';
import { STICKINESS_SET_TAG, STICKINESS_TAG } from '../domain/ownership.ts';
import { stickinessOf, stickinessText } from '../domain/stickiness-memory.ts';
import { containerPortOf } from '../domain/task-definition.ts';
import { toolsTagged } from '../survey/other-tools.ts';
import type { Anchor } from '../survey/project.ts';
import { drift, note, type Observer } from './observer.ts';
import { isRolledBack, ROLLED_BACK } from './rolled-back.ts';
import { namingOf, toolsText, type Watched } from './watched.ts';

/** What AWS has where nobody has set anything, and what setup made of it where its tag is gone. */
const BEFORE = 'off lb_cookie 86400';

export function stickiness(targetGroupArn: string, anchor: Anchor, watched: Watched): Observer {
  const { aws, services, where } = watched;
  const { elbv2 } = aws;
  const name = targetGroupArn.split('/').at(-2) ?? targetGroupArn;
  const subject = { kind: 'stickiness', name } as const;

  /** `set`: 'on lb_cookie 3600', as our tag has it. */
  function attributes(now: string, set: string, by: string | undefined): Observation[] {
    if (now === set) return [];
    const seconds = set.split(' ').at(-1) ?? '3600';
    if (now.startsWith('off')) {
      const more = seconds === '3600' ? [] : ['--stickiness-seconds', seconds];
      const what = 'somebody has turned its sticky sessions off';
      return [drift(subject, what, setupCommand(namingOf(watched, anchor), more), { was: set, now, by })];
    }
    const wanted = Object.entries(stickinessOf(set) ?? {}).map(([key, value]) => `Key=${key},Value=${value}`);
    const command = ['elbv2', 'modify-target-group-attributes', '--target-group-arn', targetGroupArn];
    const what = 'somebody has changed its sticky sessions; setup leaves them so, and rollback too';
    return [
      drift(subject, what, awsCommand(where, ...command, '--attributes', ...wanted), { was: set, now, by }),
    ];
  }

  function tagsLost(now: string, by: string | undefined): Observation[] {
    if (now.startsWith('off')) {
      const what =
        'its sticky sessions are off, and our tags gone, while not all of the project is rolled back';
      return [drift(subject, what, setupCommand(namingOf(watched, anchor)), { now, by })];
    }
    const tags = tagWords({ [STICKINESS_TAG]: BEFORE, [STICKINESS_SET_TAG]: now });
    const command = ['elbv2', 'add-tags', '--resource-arns', targetGroupArn, '--tags', ...tags];
    const what = 'has lost our tags: rollback would not know how its sticky sessions were before';
    return [drift(subject, what, awsCommand(where, ...command), { now, by })];
  }

  async function attachment(): Promise<Observation[]> {
    const [group] = await elbv2.describeTargetGroups([targetGroupArn]);
    const users = services.filter(({ service }) =>
      service.loadBalancers.some((each) =>
        [each.targetGroupArn, each.alternateTargetGroupArn].includes(targetGroupArn),
      ),
    );
    const [running] = services;
    const command = ['elbv2', 'modify-listener', '--listener-arn', '<listener>', '--default-actions'];
    return [
      ...(group && group.loadBalancerArns.length === 0
        ? [
            drift(
              subject,
              'is no longer behind a load balancer, so that no request reaches the app through it',
              awsCommand(where, ...command, `Type=forward,TargetGroupArn=${targetGroupArn}`),
            ),
          ]
        : []),
      ...(users.length === 0 && running
        ? [
            drift(
              subject,
              `${running.service.serviceName} is no longer attached to it`,
              awsCommand(
                where,
                ...['ecs', 'update-service', '--cluster', running.ecsCluster],
                ...['--service', running.service.serviceName, '--load-balancers'],
                `targetGroupArn=${targetGroupArn},containerName=${running.container},containerPort=${containerPortOf(running.taskDefinition.document, running.container) ?? '<port>'}`,
              ),
            ),
          ]
        : []),
    ];
  }

  return {
    ...subject,
    async look() {
      const found = await elbv2.readTargetGroupAttributes(targetGroupArn);
      if (!found) return [note(subject, 'was deleted; nothing of it is left to be put back')];
      const tags = (await elbv2.describeTags([targetGroupArn])).get(targetGroupArn) ?? {};
      const by = toolsText(toolsTagged(tags));
      const now = stickinessText(found);
      const set = tags[STICKINESS_SET_TAG];
      const isRemembered = tags[STICKINESS_TAG] !== undefined;
      // Each service says so itself.
      if (!isRemembered && (await isRolledBack(watched)))
        return services.length > 0 ? [] : [note(subject, ROLLED_BACK)];
      return [
        ...(isRemembered ? attributes(now, set ?? 'on lb_cookie 3600', by) : tagsLost(now, by)),
        ...(await attachment()),
      ];
    },
  };
}
