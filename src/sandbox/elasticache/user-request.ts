/** What a request says of a user: how it proves itself, and what it may do (DG "Role-Based Access Control"). */
import type { CreateUserMessage, ModifyUserMessage } from '@aws-sdk/client-elasticache';
import { ADMIN } from '../redis/admin.ts';
import type { Engine } from './engine-versions.ts';
import { invalidCombination, invalidValue, notInSandbox } from './rejection.ts';

/** The words of DescribeUsers; requests say 'no-password-required' where it says 'no-password'. */
export type Authentication =
  | { readonly type: 'password'; readonly passwords: readonly string[] }
  | { readonly type: 'no-password' }
  | { readonly type: 'iam' };

const INPUT_TYPES = ['password', 'no-password-required', 'iam'];
const MOST_PASSWORDS = 2;

/** Undefined when the request says nothing of it. The texts are AWS's own, as provider issues and emulators record them. */
export function requestedAuthentication(
  input: CreateUserMessage | ModifyUserMessage,
): Authentication | undefined {
  const { AuthenticationMode: mode, NoPasswordRequired } = input;
  if (input.Passwords?.length && mode?.Passwords?.length) {
    throw invalidCombination('Passwords provided via multiple arguments. Use only one argument');
  }
  const passwords = input.Passwords ?? mode?.Passwords ?? [];
  const implied = NoPasswordRequired ? 'no-password-required' : passwords.length > 0 ? 'password' : undefined;
  const type = mode ? (mode.Type ?? 'null') : implied;
  if (type === undefined) return undefined;
  if (!INPUT_TYPES.includes(type)) {
    throw invalidValue(
      `Input Authentication type: ${type} is not in the allowed list: [${INPUT_TYPES.join(',')}]`,
    );
  }
  if (NoPasswordRequired && type !== 'no-password-required') {
    throw invalidCombination(`No password required flag is true but provided authentication type is ${type}`);
  }
  if (type !== 'password') {
    if (passwords.length > 0) {
      throw invalidCombination(`Password field is not allowed with authentication type: ${type}`);
    }
    return { type: type === 'iam' ? 'iam' : 'no-password' };
  }
  if (passwords.length === 0) {
    throw invalidCombination('A user with Authentication Mode: password, must have at least one password');
  }
  if (passwords.length > MOST_PASSWORDS) {
    throw invalidValue(`A user can have at most ${MOST_PASSWORDS} passwords.`);
  }
  if (passwords.some(({ length }) => length < 16 || length > 128)) {
    throw invalidValue('Passwords length must be between 16-128 characters.');
  }
  return { type, passwords };
}

export function requestedUserName(name: string | undefined): string {
  if (!name || /\s/.test(name)) throw invalidValue(`Invalid user name: ${name ?? ''}`);
  if (name === ADMIN) throw notInSandbox(`another user named ${ADMIN}, which is its own`);
  return name;
}

/** Redis OSS and Valkey, in any case of letters. */
export function requestedEngine(engine: string | undefined): Engine {
  const name = engine?.toLowerCase();
  if (name === 'redis' || name === 'valkey') return name;
  throw invalidValue(`Invalid engine ${engine ?? 'null'}. The options are valkey or redis.`);
}

const CATEGORIES = new Set([
  ...['all', 'admin', 'bitmap', 'blocking', 'connection', 'dangerous', 'fast', 'geo', 'hash', 'hyperloglog'],
  ...['keyspace', 'list', 'pubsub', 'read', 'scripting', 'set', 'sortedset', 'slow', 'stream', 'string'],
  ...['transaction', 'write'],
]);
const KEYWORDS = new Set([
  ...['on', 'off', 'allkeys', 'allchannels', 'allcommands', 'nocommands', 'clearselectors'],
  ...['sanitize-payload', 'skip-sanitize-payload'],
]);

/** Names of single commands are the server's to judge: a cache whose server does not know one cannot be made. */
export function requestedAccess(accessString: string | undefined): string {
  const rules = accessRules(accessString ?? '').map((rule) => rule.replaceAll(/^\(|\)$/g, '').toLowerCase());
  if (rules.length === 0) throw invalidValue('The access-string is invalid.');
  for (const rule of rules) {
    if (/^(nopass|resetpass|[<>#!].*)$/.test(rule)) {
      throw invalidValue('Password rules are not supported in Elasticache access string');
    }
    if (/^reset(keys|channels)?$/.test(rule)) {
      throw invalidValue('reset rule is not supported in Elasticache user api');
    }
    const category = /^[+-]@(.*)$/.exec(rule)?.[1];
    if (category !== undefined && !CATEGORIES.has(category)) {
      throw invalidValue('Access string contains invalid category(s)');
    }
    if (!KEYWORDS.has(rule) && !/^[~&+%-]./.test(rule)) throw invalidValue('The access-string is invalid.');
  }
  return accessRules(accessString ?? '').join(' ');
}

export function accessRules(accessString: string): string[] {
  return accessString.split(/\s+/).filter(Boolean);
}
