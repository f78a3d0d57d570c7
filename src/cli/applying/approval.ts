/** The one approval, between the plan and the first write. */
import { WizardError } from '../../errors.ts';
import type { Session } from '../session.ts';

export async function requireApproval({ asker, inputs }: Pick<Session, 'asker' | 'inputs'>): Promise<void> {
  if (inputs.yes.value || (await asker.approve('Apply this plan?'))) return;
  throw declined();
}

function declined(): WizardError {
  return new WizardError('Declined', 'The plan was declined; nothing was changed', {
    hint: 'Run the same command again with other flags to get another plan.',
  });
}

/** What cannot be taken back is approved by its name, given as a flag or typed. */
export async function requireNamed(
  project: string,
  { asker, inputs }: Pick<Session, 'asker' | 'inputs'>,
): Promise<void> {
  requireMatch(inputs.confirm?.value ?? (await asker.type('confirm')), project);
}

export function requireMatch(confirmed: string, project: string): void {
  if (confirmed === project) return;
  throw new WizardError(
    'InvalidInput',
    `${JSON.stringify(confirmed)} is not the name of the project, which is ${project}`,
    { hint: 'Nothing was changed. Name it exactly.' },
  );
}
