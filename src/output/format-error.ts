/** An error for people: one sentence, then what to do. With `causes`, what lay under it. */
import { inspect } from 'node:util';
import { WizardError } from '../errors.ts';
import type { Paint } from './paint.ts';

export function formatError(error: WizardError, paint: Paint, causes = false): string[] {
  return [
    `${paint.bad('✖')} ${error.message}`,
    ...(error.hint ? [`  Try: ${error.hint}`] : []),
    ...(causes ? formatCauses(error, paint) : []),
  ];
}

function formatCauses(error: Error, paint: Paint): string[] {
  const lines: string[] = [];
  for (
    let cause: unknown = error;
    cause !== undefined;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause, { depth: 2 });
    lines.push(...text.split('\n').map((line) => paint.dim(`  ${line}`)));
  }
  return lines;
}

/** What reaches the end of the program without being understood is our mistake, and says so. */
export function asWizardError(error: unknown): WizardError {
  if (error instanceof WizardError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new WizardError('OperationFailed', `Not expected: ${message}`, {
    hint: 'Run it again with --debug, and tell us what it prints.',
    cause: error,
  });
}
