/** What a choice can do without is read only where the caller may read it. */
import { WizardError } from '../errors.ts';

export async function whereAllowed<T, U>(read: Promise<T>, otherwise: U): Promise<T | U> {
  return read.catch((error: unknown) => {
    if (error instanceof WizardError && error.code === 'AccessDenied') return otherwise;
    throw error;
  });
}
