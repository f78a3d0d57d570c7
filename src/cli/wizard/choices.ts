/** What there is to choose from. */
import { WizardError } from '../../errors.ts';
import { WentBack } from '../../inputs/asker.ts';
import type { Answered } from '../../inputs/resolve.ts';

/** A list without choices could only be left by Ctrl-C. */
export function requireSome(choices: readonly unknown[], none: string): void {
  if (choices.length > 0) return;
  throw new WizardError('NotFound', `There is ${none}`, {
    hint: 'Is this the right account and region (--profile, --region)?',
  });
}

/** What a choice led to was left by Esc, which goes back to the choice: undefined. */
export async function unlessBack<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WentBack) return undefined;
    throw error;
  }
}

/** One of the choices, `another`, leads to a question of its own, at which Esc goes back to the choices. */
export async function chooseOrAsk(
  choose: () => Promise<string>,
  another: string,
  ask: () => Promise<Answered | undefined>,
): Promise<string | Answered> {
  for (;;) {
    const chosen = await choose();
    if (chosen !== another) return chosen;
    const answered = await unlessBack(ask());
    if (answered) return answered;
  }
}
