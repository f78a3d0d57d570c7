/** What a value may look like. Every message is the end of a sentence that begins with the flag and the value. */
import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { nameOf } from '../domain/arn.ts';
import { meantBy } from '../domain/nearest.ts';

export const text = z.string().trim().min(1, 'must not be empty');

export const toggle = z.union([z.boolean(), z.stringbool()], { error: 'must be true or false' });

export function pattern(expression: RegExp, sentence: string): z.ZodType<string> {
  return z.string().trim().regex(expression, sentence);
}

export const variableName: z.ZodType<string> = pattern(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  'must be letters, digits and underscores and not begin with a digit',
);

function mustBeOneOf(values: readonly string[], input: unknown): string {
  const meant = typeof input === 'string' ? meantBy(input, values) : undefined;
  return `must be one of: ${values.join(', ')}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
}

export function oneOf<const T extends string>(...values: readonly T[]): z.ZodType<T> {
  return z.enum(values, { error: ({ input }) => mustBeOneOf(values, input) });
}

export function wholeNumber(least: number, most: number): z.ZodType<number> {
  const sentence = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .trim()
    .regex(/^\d+$/, sentence)
    .meta({ minimum: least, maximum: most })
    .transform(Number)
    .refine((value) => value >= least && value <= most, sentence);
}

export const positiveNumber: z.ZodType<number> = z
  .string()
  .trim()
  .transform(Number)
  .refine((value) => Number.isFinite(value) && value > 0, 'must be a number greater than 0');

export function listOf<T extends string>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z.array(item).min(1, 'must name at least one');
}

/** `key=value`, each key once. */
export function entries(item: z.ZodType<string>): z.ZodType<Readonly<Record<string, string>>> {
  return z
    .array(item)
    .transform((pairs) => pairs.map(splitEntry))
    .refine((pairs) => new Set(pairs.map(([key]) => key)).size === pairs.length, 'must name each key once')
    .transform((pairs) => Object.fromEntries(pairs));
}

function splitEntry(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at).trim(), pair.slice(at + 1)];
}

/** Why an engine that AWS sells beside them is none for an app that speaks to Redis, and what to do. */
const OTHER_ENGINES: Readonly<Record<string, string>> = {
  memcached:
    'speaks another protocol and keeps neither replicas nor backups, so that no client of Redis can use it: say redis or valkey',
  memorydb:
    'is a durable database, a service with calls and prices of its own, which is not set up here: for a cache say redis or valkey',
};

export const engine = z.enum(['redis', 'valkey'], {
  error: ({ input }) =>
    (typeof input === 'string' ? OTHER_ENGINES[input.toLowerCase()] : undefined) ??
    mustBeOneOf(['redis', 'valkey'], input),
});

/** AWS stores it in lower case, so it is lower case before anything is looked up by it. */
export const cacheName: z.ZodType<string> = text
  .transform((name) => name.toLowerCase())
  .refine(
    (name) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 40,
    'must be 1 to 40 letters, digits and single hyphens, begin with a letter and not end with a hyphen',
  );

/** An ECS name, or its ARN, of which the last part is the name. */
export const ecsName: z.ZodType<string> = text
  .refine((name) => !/^arn:[a-z-]+:lambda:/.test(name), {
    error:
      'is a Lambda function, which has no rollout to watch or to put back: set the cache up for a service, then by hand give the function subnets in that VPC, let its security group into the cache’s, and set its variable',
    abort: true,
  })
  .transform(nameOf)
  .refine(
    (name) => /^[A-Za-z0-9_-]{1,255}$/.test(name),
    'must be letters, digits, hyphens and underscores, or an ARN',
  );

export const cidr: z.ZodType<string> = text.refine((value) => {
  const [address = '', length = '', more] = value.split('/');
  return more === undefined && isIPv4(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32;
}, 'must be an IPv4 range such as 10.0.0.0/16');

/** AWS takes these characters in tags everywhere; EC2 alone takes more. */
const tag: z.ZodType<string> = pattern(
  /^(?![aA][wW][sS]:|elasticache-wizard:)[\p{L}\p{Z}\p{N}_.:/+\-@]{1,128}=[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  'must be key=value in letters, digits, spaces and _.:/=+-@, without the prefixes aws: and elasticache-wizard:',
);

/** AWS takes 50 on one thing, and the anchor has up to ten of ours; what is copied beside them is counted later. */
const MOST_TAGS_OF_THE_USER = 40;

export const tags = entries(tag).refine(
  (given) => Object.keys(given).length <= MOST_TAGS_OF_THE_USER,
  `must be ${MOST_TAGS_OF_THE_USER} or fewer: AWS takes 50 on one thing, and some of them are ours`,
);

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MINUTES_A_DAY = 24 * 60;

export const snapshotWindow: z.ZodType<string> = text
  .transform((value) => value.toLowerCase())
  .refine((value) => {
    const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(value) ?? [];
    return lasts(minuteOfDay(from), minuteOfDay(to), MINUTES_A_DAY);
  }, 'must be hh24:mi-hh24:mi in UTC, an hour or longer, such as 03:00-04:00');

export const maintenanceWindow: z.ZodType<string> = text
  .transform((value) => value.toLowerCase())
  .refine((value) => {
    const [, fromDay, from, toDay, to] = /^([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)$/.exec(value) ?? [];
    return lasts(minuteOfWeek(fromDay, from), minuteOfWeek(toDay, to), 7 * MINUTES_A_DAY);
  }, 'must be ddd:hh24:mi-ddd:hh24:mi in UTC, an hour or longer, such as sun:05:00-sun:06:00');

function minuteOfDay(time: string | undefined): number | undefined {
  const [hours = NaN, minutes = NaN] = (time ?? '').split(':').map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}

function minuteOfWeek(day: string | undefined, time: string | undefined): number | undefined {
  const dayOfWeek = DAYS.indexOf(day ?? '');
  const minute = minuteOfDay(time);
  return dayOfWeek === -1 || minute === undefined ? undefined : dayOfWeek * MINUTES_A_DAY + minute;
}

/** Windows run over midnight, and over the end of the week. */
function lasts(from: number | undefined, to: number | undefined, cycle: number): boolean {
  return from !== undefined && to !== undefined && (to - from + cycle) % cycle >= 60;
}

/** `$.count` (JSONPath), `/count: (\d+)/` (regular expression), or `body`. */
export const refreshValue: z.ZodType<string> = text.refine(
  (value) => value === 'body' || value.startsWith('$') || isExpression(/^\/(.+)\/[a-z]*$/s.exec(value)?.[1]),
  'must be a JSONPath such as $.count, a regular expression such as /count: (\\d+)/, or body',
);

export const expression: z.ZodType<string> = text.refine(isExpression, 'must be a regular expression');

function isExpression(source: string | undefined): boolean {
  if (source === undefined) return false;
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** Without a path: it is joined with `--refresh-path`. */
export const origin: z.ZodType<string> = text
  .refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return (
      /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.username && !url.password && !url.search
    );
  }, 'must be an http or https address without a path, such as https://app.example.com')
  .transform((value) => new URL(value).origin);

export const hostAndPort: z.ZodType<string> = text.refine((value) => {
  const [, port = ''] = /^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(value) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535;
}, 'must be host:port, such as 127.0.0.1:16379');

export const endpoint: z.ZodType<string> = text.refine(
  (value) => /^https?:\/\//.test(value) && URL.canParse(value),
  'must be an http or https address',
);

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time ago, or one that is written out; which of them counts from when is the reader's to know. */
export const moment: z.ZodType<{ readonly agoMs: number } | { readonly at: number }> = text.transform(
  (value, context) => {
    const [, count, unit] = /^(\d+)([smhd])$/.exec(value) ?? [];
    if (count !== undefined) return { agoMs: Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS] };
    const at = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : NaN;
    if (!Number.isNaN(at)) return { at };
    context.addIssue('must be a time ago, such as 30m or 2h, or a moment, such as 2026-11-21T02:10Z');
    return z.NEVER;
  },
);
