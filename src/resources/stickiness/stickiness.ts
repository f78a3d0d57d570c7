/** Sticky sessions of one target group. What is on already, of any kind, is left as it is. */
import type { Ec2 } from '../../aws/ec2.ts';
import type { Elbv2 } from '../../aws/elbv2.ts';
import type { TargetGroup } from '../../domain/app.ts';
import type { Ref } from '../../domain/outputs.ts';
import { STICKINESS_SET_TAG, STICKINESS_TAG } from '../../domain/ownership.ts';
import type { StickinessSettings } from '../../domain/settings.ts';
import { stickinessText } from '../../domain/stickiness-memory.ts';
import type { Resource } from '../../engine/resource.ts';
import { leaveAnchorTag } from '../ownership/anchor.ts';

const ENABLED = 'stickiness.enabled';
const TYPE = 'stickiness.type';
const SECONDS = 'stickiness.lb_cookie.duration_seconds';

type Attributes = Readonly<Record<string, string>>;

export function stickiness(
  targetGroup: TargetGroup,
  wanted: StickinessSettings,
  anchor: string,
  needs: readonly Ref[],
  aws: { readonly elbv2: Elbv2; readonly ec2: Ec2 },
): Resource<'stickiness'> {
  const { elbv2, ec2 } = aws;
  const { targetGroupArn, targetGroupName: name } = targetGroup;

  const readWayBack = async (): Promise<string | undefined> =>
    (await elbv2.describeTags([targetGroupArn])).get(targetGroupArn)?.[STICKINESS_TAG];

  return {
    kind: 'stickiness',
    name,
    needs: [{ kind: 'securityGroup', name: anchor }, ...needs],

    plan() {
      const { attributes } = targetGroup;
      if (attributes[ENABLED] === 'true') {
        return Promise.resolve({
          action: 'none',
          outputs: { targetGroupArn, seconds: secondsOf(attributes) },
        });
      }
      const { value: seconds, origin } = wanted.seconds;
      const details = [
        { field: 'sticky sessions', from: 'off', to: `load balancer cookie, ${seconds} s`, origin },
      ];
      return Promise.resolve({ action: 'update', details });
    },

    async reconcile(known, step) {
      const seconds = wanted.seconds.value;
      const before = await elbv2.describeTargetGroupAttributes(targetGroupArn);
      if (before[ENABLED] === 'true') return { targetGroupArn, seconds: secondsOf(before) };
      await leaveAnchorTag(ec2, known.need('securityGroup', anchor).groupId, 'target-group', targetGroupArn);
      const set = { [ENABLED]: 'true', [TYPE]: 'lb_cookie', [SECONDS]: String(seconds) };
      // Written once and never overwritten: after a cut-off run it still says how it was before us.
      const wayBack = (await readWayBack()) ?? stickinessText(before);
      await elbv2.addTags(targetGroupArn, {
        [STICKINESS_TAG]: wayBack,
        [STICKINESS_SET_TAG]: stickinessText(set),
      });
      await elbv2.modifyTargetGroupAttributes(targetGroupArn, set);
      await step.wait({
        what: `sticky sessions of ${name}`,
        everyMs: 2_000,
        timeoutMs: 60_000,
        probe: async () => {
          const now = await elbv2.describeTargetGroupAttributes(targetGroupArn);
          return now[ENABLED] === 'true'
            ? { state: 'ready', value: now }
            : { state: 'pending', detail: 'still off' };
        },
      });
      return { targetGroupArn, seconds };
    },
  };
}

function secondsOf(attributes: Attributes): number {
  const key = attributes[TYPE] === 'app_cookie' ? 'stickiness.app_cookie.duration_seconds' : SECONDS;
  return Number(attributes[key] ?? 86_400);
}
