/** An error for people: one sentence, then what to do. With `causes`, what lay under it. */
import { inspect } from 'node:util';
import { WizardError } from '../errors.ts';
import { hanging, widthOf } from './line-width.ts';
import type { Paint } from './paint.ts';

/** `columns`: of a terminal. */
export function formatError(error: WizardError, paint: Paint, causes = false, columns?: number): string[] {
  return [
    ...hanging(`${paint.bad('✖')} `, error.message, columns),
    ...(error.hint ? formatHint(error.hint, columns) : []),
    ...(causes ? formatCauses(error, paint) : []),
  ];
}

const TRY = '  Try: ';

/** That ends in a command: what leads to it, and the command. */
const WITH_COMMAND = /^(?:(.*:) )?((?:aws|elasticache-wizard) (?!.*[.:;] ).+)$/;

/** A command is to be copied: it stays in one piece, on a line of its own. */
function formatHint(hint: string, columns: number | undefined): string[] {
  const [, lead, command] = WITH_COMMAND.exec(hint) ?? [];
  const fits = columns === undefined || widthOf(TRY + hint) <= columns;
  if (fits || command === undefined) return hanging(TRY, hint, columns);
  return lead === undefined
    ? [TRY + command]
    : [...hanging(TRY, lead, columns), `${' '.repeat(TRY.length)}${command}`];
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
