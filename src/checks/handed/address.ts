/** What is wrong with an address that an app is handed, against the cache that it is to lead to. */
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import type { CheckResult } from '../../domain/check.ts';
import { maskPassword } from '../../domain/connection.ts';
import {
  handedAddressOf,
  isRedisScheme,
  isTrue,
  speaksTls,
  type HandedAddress,
} from '../../domain/handed-address.ts';
import type { Variable } from '../../domain/task-definition.ts';
import { broken, type Problem } from './address-problem.ts';
import type { FoundCache } from '../cache/cache.ts';
import { placeProblem } from './place-of-address.ts';
import { fail, pass, warn } from '../question.ts';

export interface AskedAddress {
  readonly name: string;
  readonly value: string;
  readonly template: string;
  readonly found: FoundCache;
  /** What the app is handed beside it, by its template. */
  readonly beside: (template: '{port}' | '{tls}' | '{password}') => Variable | undefined;
}

export type AskedAccount = Pick<Aws, 'caches' | 'access'>;

export async function askAddress(handed: AskedAddress, aws: AskedAccount): Promise<CheckResult> {
  const { name } = handed;
  const value = handed.value.replace(AROUND, '');
  const asked = { ...handed, value };
  const now = `${name} is ${maskPassword(value)}`;
  const address = meantOf(asked);
  const lacking = address && (await database(address, asked, aws));
  const should = shouldBe(lacking ? { ...asked, value: '' } : asked);
  const hint = `Give ${name} the value ${should}.`;
  if (value === '') return fail(`${name} is empty: the app runs in memory`, hint);
  if (!address || (address.scheme !== undefined && !isRedisScheme(address.scheme)))
    return fail(`${now}, which is no address of a Redis; it should be ${should}`, hint);
  const problems = [
    stray(handed),
    shape(address, asked),
    await placeProblem(address, asked.found, aws),
    port(address, asked),
    tls(address, asked),
    certificate(address, asked),
    lacking,
    await credentials(address, asked, aws),
  ].filter((problem) => problem !== undefined);
  const broken = problems.find(({ outcome }) => outcome === 'fail');
  const [first] = broken ? [broken] : problems;
  if (!first) return pass([now, ...notes(address, asked)].join('; '));
  const { outcome, what, means } = first;
  const answer = outcome === 'fail' ? fail : warn;
  return answer(`${now}, ${what}; it should be ${should}`, hint, means === undefined ? {} : { means });
}

/** Of a list, the one that leads to the cache. */
function meantOf({ value, template, found }: AskedAddress): HandedAddress | undefined {
  if (template !== '{endpoints}') return handedAddressOf(value);
  const all = value.split(',').flatMap((each) => handedAddressOf(each) ?? []);
  return all.find(({ host }) => host === found.endpoint.address.toLowerCase()) ?? all[0];
}

/** The password stands for itself: nobody is shown one. */
export function shouldBe({ name, value, template, found, beside }: AskedAddress): string {
  const { endpoint, living } = found;
  if (template === '{host}') return endpoint.address;
  const place = `${endpoint.address}:${endpoint.port}`;
  if (template === '{endpoints}') return place;
  const password = living.auth === 'none' || beside('{password}') ? '' : ':<password>@';
  const certificate = endpoint.tls && isCelerys(name) ? '?ssl_cert_reqs=required' : '';
  const database = handedAddressOf(value)?.database ?? '';
  const path = certificate === '' && !/^\d{1,3}$/.test(database) ? '' : `/${database || '0'}`;
  return `${endpoint.tls ? 'rediss' : 'redis'}://${password}${place}${path}${certificate}`;
}

/** What a paste leaves behind. */
const AROUND = /^\s*["'`]*|["'`]*\s*$/g;

function stray({ value, template }: AskedAddress): Problem | undefined {
  if (/^\s*["'`]|["'`]\s*$/.test(value))
    return broken('in quotes, which are part of the value', 'ECS hands over each value as it stands');
  if (value === value.trim()) return undefined;
  const what = 'with white space around it';
  return template === '{host}'
    ? broken(what, 'No such name resolves: ENOTFOUND')
    : { outcome: 'warn', what, means: 'Some clients cut it off, others refuse such a URL (Go’s do)' };
}

function shape({ scheme, ports, isBroken }: HandedAddress, { beside }: AskedAddress): Problem | undefined {
  if (isBroken) {
    return broken(
      'whose credentials hold characters that a URL takes only percent-encoded',
      'Parsers read another host or another password in it, or refuse it',
    );
  }
  // A URL has its port in it, whatever else the app may read.
  const isToldApart = scheme === undefined && beside('{port}');
  if (ports.length > 1 || (ports.length === 1 && isToldApart))
    return broken('with the port twice', 'No client can take it apart');
  return undefined;
}

function port(
  { ports, scheme }: HandedAddress,
  { found, template, beside }: AskedAddress,
): Problem | undefined {
  const [own] = ports;
  const { port: wanted } = found.endpoint;
  if (own === undefined && (scheme !== undefined || template === '{url}' || template === '{endpoints}'))
    return wanted === DEFAULT_PORT
      ? undefined
      : broken(`without a port, which is ${wanted} and not the usual one`);
  if (own === undefined) {
    return wanted === DEFAULT_PORT || beside('{port}')
      ? undefined
      : { outcome: 'warn', what: `and no variable says that the port is ${wanted}` };
  }
  if (own === String(wanted)) return undefined;
  return broken(
    `at the port ${own}, where nothing listens`,
    'Nothing answers there: ECONNREFUSED or ETIMEDOUT',
  );
}

const DEFAULT_PORT = 6379;

function tls({ scheme }: HandedAddress, { found, template, beside }: AskedAddress): Problem | undefined {
  const { endpoint, living } = found;
  // Without a scheme, clients that are given a URL read plaintext.
  const speaks = scheme === undefined ? undefined : speaksTls(scheme);
  if (template !== '{url}' && speaks === undefined) return undefined;
  if ((speaks ?? false) === endpoint.tls) return undefined;
  if (!endpoint.tls) {
    return broken(
      'TLS, and the cache speaks plaintext',
      'The client waits for an answer to its handshake, and hangs',
    );
  }
  if (living.takesPlaintextToo === true)
    return { outcome: 'warn', what: 'in clear text, which the cache still takes' };
  const told = beside('{tls}');
  if (told && 'value' in told && isTrue(told.value)) return undefined;
  return broken('plaintext, and the cache takes TLS only', 'The connection is reset, or hangs');
}

/** Celery's backend for Redis: 'A rediss:// URL must have parameter ssl_cert_reqs'. */
function certificate({ scheme }: HandedAddress, { name, value }: AskedAddress): Problem | undefined {
  const isMeant = isCelerys(name) && scheme !== undefined && speaksTls(scheme);
  if (!isMeant || value.includes('ssl_cert_reqs=')) return undefined;
  return {
    outcome: 'warn',
    what: 'without ?ssl_cert_reqs=required behind it',
    means: 'Celery refuses such a URL, unless its own settings say what is asked of the certificate',
  };
}

function isCelerys(name: string): boolean {
  return name.startsWith('CELERY_');
}

async function database(
  { database: named }: HandedAddress,
  { found: { living } }: AskedAddress,
  aws: AskedAccount,
): Promise<Problem | undefined> {
  if (named === '' || named === '0') return undefined;
  return (await hasDatabases(living, aws))
    ? undefined
    : broken(
        `with the database ${named.slice(0, 8)}, and a cache in cluster mode has 0 alone`,
        'SELECT is not allowed in cluster mode',
      );
}

/** Valkey 9.0 release notes: databases with numbers in cluster mode. */
export async function hasDatabases(living: LivingCache, { caches }: AskedAccount): Promise<boolean> {
  if (living.endpoint?.kind === 'primary') return true;
  if (living.engine !== 'valkey') return false;
  const version = await caches.readEngineVersion(living);
  return version === undefined || Number.parseInt(version, 10) >= 9;
}

async function credentials(
  { user, password }: HandedAddress,
  { found: { living }, template, beside }: AskedAddress,
  aws: AskedAccount,
): Promise<Problem | undefined> {
  const { auth } = living;
  if (user !== undefined && user !== 'default' && auth !== 'rbac') {
    return broken(
      auth === 'token'
        ? `with the user name ${user}, and an AUTH token is asked for without one`
        : `with the user name ${user}, and the cache has no users`,
      'AUTH answers WRONGPASS',
    );
  }
  if (auth === 'none') return undefined;
  if (user !== undefined && (await isStranger(user, living, aws)))
    return broken(`with the user name ${user}, and no user of the cache has it`, 'AUTH answers WRONGPASS');
  if (password !== undefined) {
    return {
      outcome: 'warn',
      what: 'with a password in plain text',
      means: 'Whoever may read task definitions can read it: it belongs into a secret',
    };
  }
  if (beside('{password}') || template === '{endpoints}' || (await hasOpenUser(living, aws)))
    return undefined;
  return broken(
    auth === 'token' ? 'without the AUTH token of the cache' : 'without the password of a user of the cache',
    'Every command is refused: NOAUTH',
  );
}

/** A user without a password: who names none may be let in as that one. */
async function hasOpenUser(living: LivingCache, aws: AskedAccount): Promise<boolean> {
  const users = await usersOf(living, aws);
  return users.some((user) => user?.authentication === 'no-password');
}

async function isStranger(userName: string, living: LivingCache, aws: AskedAccount): Promise<boolean> {
  const users = await usersOf(living, aws);
  return users.length > 0 && users.every((user) => user && user.userName !== userName);
}

async function usersOf({ userGroupIds = [] }: LivingCache, { access }: AskedAccount) {
  const groups = await Promise.all(userGroupIds.map((id) => access.readUserGroup(id)));
  const ids = groups.flatMap((group) => group?.userIds ?? []);
  return Promise.all(ids.map((id) => access.readUser(id)));
}

function notes(
  { password }: HandedAddress,
  { found: { living, endpoint }, template, beside }: AskedAddress,
): string[] {
  return [
    ...(living.auth === 'none' && password !== undefined ? ['the cache asks for no password'] : []),
    ...(living.clusterMode === 'enabled'
      ? ['its keys are spread over shards: it takes a cluster client']
      : []),
    ...(endpoint.tls && template !== '{url}' && !beside('{tls}')
      ? ['that the cache takes TLS only, the app has to know by itself']
      : []),
  ];
}
