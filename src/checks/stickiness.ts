/** Are sticky sessions on, wherever they can be? That a cookie really comes back is looked at by the refreshes. */
import type { TargetGroup } from '../domain/app.ts';
import type { CheckResult } from '../domain/check.ts';
import { stickinessObstacle } from '../domain/stickiness.ts';
import type { Check } from './check.ts';
import type { CheckContext } from './context.ts';
import { fail, inconclusive, pass, question, skip, together } from './question.ts';

export function stickiness({
  app,
  settings,
}: Pick<CheckContext, 'settings'> & { readonly app: Pick<CheckContext['app'], 'targetGroups'> }): Check {
  return question('stickiness', () => {
    const { enabled } = settings.stickiness;
    if (!enabled.value) return Promise.resolve(skip('not asked for'));
    if (app.targetGroups.length === 0) return Promise.resolve(skip('no load balancer is before the app'));
    return Promise.resolve(together(app.targetGroups.map(askTargetGroup)));
  });
}

function askTargetGroup(targetGroup: TargetGroup): CheckResult {
  const { targetGroupName: name, attributes } = targetGroup;
  const obstacle = stickinessObstacle(targetGroup);
  if (obstacle !== undefined) return skip(`${name}: ${obstacle}`);
  const enabled = attributes['stickiness.enabled'];
  if (enabled === undefined) {
    return inconclusive(
      `the attributes of ${name} could not be read`,
      'Allow elasticloadbalancing:DescribeTargetGroupAttributes.',
    );
  }
  if (enabled !== 'true')
    return fail(`sticky sessions of ${name} are off`, 'Turn them on: elasticache-wizard setup.');
  const type = attributes['stickiness.type'] ?? 'lb_cookie';
  return pass(`${name}: ${type}, ${attributes[`stickiness.${type}.duration_seconds`] ?? '?'} s`);
}
