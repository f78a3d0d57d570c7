/** Sticky sessions of one target group, put back as they were before us, unless somebody has changed them since. */
import type { Elbv2 } from '../../aws/elbv2.ts';
import { STICKINESS_SET_TAG, STICKINESS_TAG } from '../../domain/ownership.ts';
import { stickinessOf, stickinessText } from '../../domain/stickiness-memory.ts';
import type { Undoable } from '../../engine/undo.ts';
import { WizardError } from '../../errors.ts';

const OURS = /^on lb_cookie /;

interface WayBack {
  readonly before: string;
  readonly now: string;
  /** Whether it is still what we made of it. */
  readonly isOurs: boolean;
}

export function stickinessWayBack(targetGroupArn: string, elbv2: Elbv2): Undoable {
  const name = targetGroupArn.split('/').at(-2) ?? targetGroupArn;

  async function read(): Promise<WayBack | 'gone' | undefined> {
    const attributes = await elbv2.readTargetGroupAttributes(targetGroupArn);
    if (!attributes) return 'gone';
    const tags = (await elbv2.describeTags([targetGroupArn])).get(targetGroupArn) ?? {};
    const before = tags[STICKINESS_TAG];
    if (before === undefined) return undefined;
    const now = stickinessText(attributes);
    const set = tags[STICKINESS_SET_TAG];
    return { before, now, isOurs: set === undefined ? OURS.test(now) : now === set };
  }

  return {
    kind: 'stickiness',
    name,

    async plan() {
      const found = await read();
      if (found === 'gone') return { action: 'none', outputs: undefined, note: 'is gone' };
      if (!found) return { action: 'none', outputs: undefined, note: 'nothing of ours' };
      const { before, now, isOurs } = found;
      const field = 'sticky sessions';
      if (isOurs) return { action: 'update', details: [{ field, from: now, to: before }] };
      const to =
        now === before ? `${now}, as before us` : `${now}, as somebody has set them since: they stay`;
      return { action: 'update', details: [{ field, to: `${to}; our tags go` }] };
    },

    async undo(step) {
      const found = await read();
      if (found === undefined || found === 'gone') return;
      const { before, now, isOurs } = found;
      if (isOurs) await elbv2.modifyTargetGroupAttributes(targetGroupArn, attributesOf(before, name));
      else if (now !== before) {
        const since = `Sticky sessions of ${name} were changed since (${now}) and stay so; before us they were ${before}`;
        step.warn('stickiness.changed', since);
      }
      // Last: a run that is cut off before finds the way back still.
      await elbv2.removeTags(targetGroupArn, [STICKINESS_TAG, STICKINESS_SET_TAG]);
    },
  };
}

function attributesOf(text: string, name: string): Readonly<Record<string, string>> {
  const attributes = stickinessOf(text);
  if (attributes) return attributes;
  throw new WizardError(
    'OperationFailed',
    `The tag ${STICKINESS_TAG} of ${name} says "${text}", which is no way back`,
    { hint: 'Set the sticky sessions of the target group by hand, and remove the tag.' },
  );
}
