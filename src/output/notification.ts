/** The bell, and the terminal's own notification: for whoever has gone to another window meanwhile. */
import type { Clock } from '../clock.ts';

/** Whoever is asked sooner is still looking. */
const GONE_AFTER_MS = 20_000;

const BELL = '\u0007';
/** OSC 9 (iTerm2's, which WezTerm, kitty, Ghostty and others know too), ended by ST. Others pass over it in silence. */
const notice = (text: string): string => `\u001B]9;${text}\u001B\\`;

export interface Notifier {
  /** A question is about to be asked. */
  asks(): void;
  answered(): void;
  ended(exitCode: number): void;
}

export const SILENT_NOTIFIER: Notifier = {
  asks: () => undefined,
  answered: () => undefined,
  ended: () => undefined,
};

/** `command` is all that is named: a notification may be read by anybody who passes by. */
export function notifier(
  stream: NodeJS.WritableStream,
  {
    command,
    clock,
    bellOnly,
  }: { readonly command: string; readonly clock: Clock; readonly bellOnly: boolean },
): Notifier {
  let attendedAt = clock.now();
  const notify = (what: string): void => {
    stream.write(`${bellOnly ? '' : notice(`elasticache-wizard ${command}: ${what}`)}${BELL}`);
  };
  return {
    asks() {
      if (clock.now() - attendedAt > GONE_AFTER_MS) notify('waits for your answer');
    },
    answered() {
      attendedAt = clock.now();
    },
    ended(exitCode) {
      notify(exitCode === 0 || exitCode === 10 ? 'done' : `ended with exit code ${exitCode}`);
    },
  };
}
