/** Which lines of an app concern its cache: found by CloudWatch Logs as far as it can, and told apart here. */
import type { LogLine } from '../../domain/app-log.ts';
import { maskPasswords } from '../../domain/connection.ts';
import { ABOUT_REDIS, REPLY_PHRASES, symptomOf } from './symptoms.ts';

/** CloudWatch Logs API reference, FilterLogEvents. */
const LONGEST_PATTERN = 1024;
/** Terms are found as they are written, in capitals or not; what has one of these is looked at more closely here. */
const NAMES = ['redis', 'Redis', 'REDIS', 'valkey', 'Valkey', 'VALKEY', 'ettuce', '6379', 'cache.amazonaws'];

export interface CacheLines {
  /** For FilterLogEvents; undefined: every line is asked for. */
  readonly filterPattern: string | undefined;
  /** Fixed strings for `grep -F`; none: every line. */
  readonly phrases: readonly string[];
  /** What it says, without passwords; undefined for a line that is about something else. */
  lineOf(raw: {
    readonly app: string;
    readonly writer: string;
    readonly at?: number;
    readonly message: string;
  }): LogLine | undefined;
}

/** `cacheNames`: what an app may call its cache by without saying Redis. */
export function cacheLines(cacheNames: readonly string[], all: boolean): CacheLines {
  const phrases = all ? [] : [...NAMES, ...unnamed(cacheNames), ...REPLY_PHRASES];
  return {
    filterPattern: filterPatternOf(phrases),
    phrases,
    lineOf({ message, ...raw }) {
      const symptom = symptomOf(message);
      const concerns =
        all ||
        symptom !== undefined ||
        ABOUT_REDIS.test(message) ||
        cacheNames.some((name) => message.includes(name));
      if (!concerns) return undefined;
      const shown = maskPasswords(message).trimEnd();
      return { ...raw, message: shown, ...(symptom ? { symptom: pick(symptom) } : {}) };
    },
  };
}

/** Most are named after what they are. */
function unnamed(cacheNames: readonly string[]): string[] {
  return cacheNames.filter((cacheName) => !NAMES.some((name) => cacheName.includes(name)));
}

/** The terms of the table are for this side only. */
function pick({ word, meaning, fix }: NonNullable<ReturnType<typeof symptomOf>>) {
  return { word, meaning, fix };
}

function filterPatternOf(phrases: readonly string[]): string | undefined {
  if (phrases.length === 0) return undefined;
  const terms = phrases.map((phrase) => (/^\w+$/.test(phrase) ? `?${phrase}` : `?"${phrase}"`));
  const pattern = terms.join(' ');
  return pattern.length > LONGEST_PATTERN ? undefined : pattern;
}
