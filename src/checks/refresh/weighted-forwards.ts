/** Rules that share visitors out among target groups: each group's cookie holds only while the group is chosen again. */
import type { WeightedForward } from '../../aws/elbv2.ts';
import type { TargetGroup } from '../../domain/app.ts';
import type { CheckResult } from '../../domain/check.ts';
import { awsCommand } from '../../domain/mending.ts';
import { commandText } from '../../domain/shell-word.ts';
import { cookieOf } from '../../domain/stickiness.ts';
import type { CheckContext } from '../context.ts';
import { fail } from '../question.ts';

/** `sticky`: the app's target groups whose sticky sessions are on. Nothing is read for one that is alone. */
export async function askWeights(
  sticky: readonly TargetGroup[],
  { aws, settings, where }: Pick<CheckContext, 'aws' | 'settings' | 'where'>,
): Promise<CheckResult[]> {
  if (sticky.length < 2) return [];
  const balancers = new Set(sticky.flatMap(({ loadBalancer }) => loadBalancer?.arn ?? []));
  const forwards = await Promise.all([...balancers].map((arn) => aws.elbv2.listWeightedForwards(arn)));
  return forwards.flat().flatMap((forward) => {
    const shared = sticky.filter(({ targetGroupArn }) => forward.targetGroupArns.includes(targetGroupArn));
    if (shared.length < 2) return [];
    const between = shared.map(({ targetGroupName }) => targetGroupName).join(' and ');
    const seen = `the ${forward.of} ${forward.arn} shares visitors out between ${between}`;
    const ofTheApp = shared.filter(({ attributes }) => cookieOf(attributes).appCookie !== undefined);
    if (ofTheApp.length > 0) {
      return fail(
        `${seen}, and ${ofTheApp.map(({ targetGroupName }) => targetGroupName).join(', ')} follows a cookie of the app`,
        'Use the load balancer’s own cookie for these target groups: stickiness.type lb_cookie.',
        { means: 'Cookies of the app do not work with weighted target groups' },
      );
    }
    if (forward.sticky) return [];
    return fail(`${seen}, and lets none stay with one`, 'Turn on the stickiness of the action itself too.', {
      means: 'A visitor is sent to either group with each request, and the cookies of two groups do not hold',
      ...(forward.actions
        ? { fix: stayingWith(forward, forward.actions, settings.stickiness.seconds.value, where) }
        : {}),
    });
  });
}

/** Both calls replace all actions (API reference, ModifyRule, ModifyListener), so the rest goes with it as it is. */
function stayingWith(
  { arn, of }: WeightedForward,
  actions: readonly object[],
  seconds: number,
  where: readonly string[],
): string {
  const changed = actions.map((action) => {
    const { ForwardConfig, ...rest } = action as { ForwardConfig?: object };
    const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: seconds };
    return { ...rest, ForwardConfig: { ...ForwardConfig, TargetGroupStickinessConfig } };
  });
  const words =
    of === 'rule'
      ? ['modify-rule', '--rule-arn', arn, '--actions']
      : ['modify-listener', '--listener-arn', arn, '--default-actions'];
  return commandText(awsCommand(where, 'elbv2', ...words, JSON.stringify(changed)));
}
