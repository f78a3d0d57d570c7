/** The one approval, between the plan and the first write. */
import { WizardError } from '../errors.ts';
import type { Session } from './session.ts';

export async function requireApproval({ asker, inputs }: Pick<Session, 'asker' | 'inputs'>): Promise<void> {
  if (inputs.yes.value || (await asker.approve('Apply this plan?'))) return;
  throw new WizardError('Declined', 'The plan was declined; nothing was changed', {
    hint: 'Run the same command again with other flags to get another plan.',
  });
}
