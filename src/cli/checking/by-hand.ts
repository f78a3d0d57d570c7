/** The cache asked by hand, where it could not be asked for somebody. */
import type { PingEvidence } from '../../checks/context.ts';
import type { Session } from '../session.ts';

export type NotAsked = Extract<PingEvidence, { notAsked: string }>;

/** `hint` says what the commands are for; they stand at the end of the run again, each on a line of its own. */
export function byHand(
  notAsked: string,
  commands: readonly string[],
  hint: string,
  { record }: Pick<Session, 'record'>,
): NotAsked {
  suggest(commands, record);
  return { notAsked, hint };
}

/** Setup leaves it to `verify`, and has enough to say. */
export function notWanted(commands: readonly string[], { command, record }: Asking): PingEvidence {
  if (command === 'verify') suggest(commands, record);
  return { notWanted: 'left out by --no-probe or --lint' };
}

type Asking = Pick<Session, 'command' | 'record'>;

/** Two apps with one cache are told the same. */
function suggest(commands: readonly string[], record: Session['record']): void {
  record.next = [...new Set([...record.next, ...commands])];
}
