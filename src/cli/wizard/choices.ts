/** What there is to choose from. */
import { WizardError } from '../../errors.ts';
import { WentBack } from '../../inputs/asker.ts';

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
