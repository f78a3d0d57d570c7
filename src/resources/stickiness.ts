/** Sticky sessions of one target group. What is on already, of any kind, is left as it is. */
import type { Ec2 } from '../aws/ec2.ts';
import type { Elbv2 } from '../aws/elbv2.ts';
import type { TargetGroup } from '../domain/app.ts';
import type { Ref } from '../domain/outputs.ts';
import { STICKINESS_TAG } from '../domain/ownership.ts';
import type { StickinessSettings } from '../domain/settings.ts';
import type { Resource } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import { leaveAnchorTag } from './anchor.ts';

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
      // Written once and never overwritten: after a cut-off run it still says how it was before us.
      if ((await readWayBack()) === undefined)
        await elbv2.addTags(targetGroupArn, { [STICKINESS_TAG]: wayBack(before) });
      await elbv2.modifyTargetGroupAttributes(targetGroupArn, {
        [ENABLED]: 'true',
        [TYPE]: 'lb_cookie',
        [SECONDS]: String(seconds),
      });
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

    async undo() {
      const before = await readWayBack();
      if (before === undefined) return;
      await elbv2.modifyTargetGroupAttributes(targetGroupArn, fromWayBack(before, name));
      await elbv2.removeTags(targetGroupArn, [STICKINESS_TAG]);
    },
  };
}

/** Application load balancers only, and not for Lambda targets; refused by AWS while cross-zone balancing is off. */
export function canBeSticky(targetGroup: TargetGroup): boolean {
  return (
    targetGroup.loadBalancer?.type === 'application' &&
    targetGroup.targetType !== 'lambda' &&
    targetGroup.attributes['load_balancing.cross_zone.enabled'] !== 'false'
  );
}

/** 'off lb_cookie 86400': plain words, because a tag's value takes few other characters. */
function wayBack(attributes: Attributes): string {
  const state = attributes[ENABLED] === 'true' ? 'on' : 'off';
  return `${state} ${attributes[TYPE] ?? 'lb_cookie'} ${attributes[SECONDS] ?? '86400'}`;
}

function fromWayBack(text: string, name: string): Attributes {
  const match = /^(on|off) (lb_cookie|app_cookie) (\d+)$/.exec(text);
  const [, state, type, seconds] = match ?? [];
  if (state === undefined || type === undefined || seconds === undefined) {
    throw new WizardError(
      'OperationFailed',
      `The tag ${STICKINESS_TAG} of ${name} says "${text}", which is no way back`,
      {
        hint: 'Set the sticky sessions of the target group by hand, and remove the tag.',
      },
    );
  }
  return { [ENABLED]: state === 'on' ? 'true' : 'false', [TYPE]: type, [SECONDS]: seconds };
}

function secondsOf(attributes: Attributes): number {
  const key = attributes[TYPE] === 'app_cookie' ? 'stickiness.app_cookie.duration_seconds' : SECONDS;
  return Number(attributes[key] ?? 86_400);
}
