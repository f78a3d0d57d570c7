/** What of a JSON answer is worth comparing between refreshes: amounts and lists, and never a secret. */

export interface Candidate {
  /** For --refresh-value. */
  readonly expression: string;
  /** What it is now. */
  readonly shown: string;
  /** It was another value a moment later: tasks that do not share it, or somebody who writes meanwhile. */
  readonly differs: boolean;
}

interface Leaf {
  /** The keys that lead to it; of a list the last one is its length. */
  readonly keys: readonly string[];
  /** What it is called, in snake case. */
  readonly name: string;
  readonly kind: 'list' | 'number' | 'string' | 'boolean';
  readonly value: number | string | boolean;
}

const DEEPEST = 4;
const MOST = 12;
const LONGEST = 40;

/** The most telling first. `again`: the answer to the same question a moment later. */
export function candidatesIn(first: unknown, again: unknown): Candidate[] {
  const later = new Map(leavesOf(again).map(({ keys, value }) => [expressionOf(keys), value]));
  return leavesOf(first)
    .filter((leaf) => !isPrivate(leaf) && !isOfTheMoment(leaf))
    .sort((one, other) => worthOf(other) - worthOf(one) || one.keys.length - other.keys.length)
    .slice(0, MOST)
    .map(({ keys, value }) => {
      const expression = expressionOf(keys);
      return { expression, shown: String(value), differs: later.get(expression) !== value };
    });
}

/** What is in a list is not looked at one by one: how many there are is what tasks disagree about. */
function leavesOf(value: unknown, keys: readonly string[] = []): Leaf[] {
  const name = snakeCase(keys.at(-1) ?? '');
  if (Array.isArray(value)) return [{ keys: [...keys, 'length'], name, kind: 'list', value: value.length }];
  if (typeof value === 'object' && value !== null) {
    if (keys.length >= DEEPEST) return [];
    return Object.entries(value).flatMap(([key, below]) => leavesOf(below, [...keys, key]));
  }
  const kind = typeof value;
  if (kind !== 'number' && kind !== 'string' && kind !== 'boolean') return [];
  return keys.length === 0 ? [] : [{ keys, name, kind, value: value as Leaf['value'] }];
}

function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}

function expressionOf(keys: readonly string[]): string {
  return keys.reduce(
    (path, key) => (/^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}['${key}']`),
    '$',
  );
}

const PRIVATE_KEY =
  /secret|token|passw|pwd|api_?key|auth(?!or)|session|cookie|[cx]srf|credential|signature|jwt|mail|phone/;
const PRIVATE_NUMBER = /secret|token$|passw|pwd|(^|_)(key|pin|otp|phone|code)$/;
/** An address of mail, a JSON Web Token, a URL that may hold a password, a long word such as keys are. */
const PRIVATE_TEXT = /@|^eyJ|:\/\/|^[\w+/=.-]{24,}$/;
/** What could not be written between quotes in a path, or would break a line of the screen. */
const UNSPEAKABLE = /['"\\[\]]|\p{C}/u;

/** It would stand on the screen, and in the command to repeat. */
function isPrivate({ keys, name, kind, value }: Leaf): boolean {
  if (keys.some((key) => UNSPEAKABLE.test(key))) return true;
  if (kind === 'list' || kind === 'boolean') return false;
  if (kind === 'number') return PRIVATE_NUMBER.test(name);
  const text = String(value);
  const isShort = text.trim() !== '' && text.length <= LONGEST && !UNSPEAKABLE.test(text);
  return !isShort || PRIVATE_TEXT.test(text) || keys.some((key) => PRIVATE_KEY.test(snakeCase(key)));
}

const COUNTING =
  /(^|_)(count|counter|total|size|length|number|num|amount|sum|visits?|hits?|objects|items|jobs)(_|$)/;
const OF_THE_MOMENT =
  /(^|_)(id|uid|uuid|pid|nonce|now|date|at|ts|ms|port|host|hostname|node|pod|task|instance|etag|hash)$|time|elapsed|duration|latency|memory|rss|heap|cpu/;
const EPOCH = /^1\d{9}(\d{3})?(\.\d+)?$/;
/** A date, an identifier, an IPv4 address. */
const MOMENT_TEXT = /^\d{4}-\d\d-\d\d|^[0-9a-f]{8}-[0-9a-f]{4}-|^[0-9a-f]{8,}$|^\d{1,3}(\.\d{1,3}){3}$/i;

/** Each request, or each task, has its own, with a cache or without one. */
function isOfTheMoment({ name, kind, value }: Leaf): boolean {
  if (kind === 'list' || kind === 'boolean') return false;
  if (OF_THE_MOMENT.test(name) && !COUNTING.test(name)) return true;
  return kind === 'number' ? EPOCH.test(String(value)) : MOMENT_TEXT.test(String(value));
}

function worthOf({ name, kind }: Leaf): number {
  if (kind === 'number') return COUNTING.test(name) ? 4 : 2;
  return { list: 3, string: 1, boolean: 0 }[kind];
}
