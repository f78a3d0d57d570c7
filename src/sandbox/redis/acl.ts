/** Who may connect to a node, and what they may do there, in the words of ACL SETUSER. */

/** A user of a cache with user groups. Its rules hold its passwords too. */
export interface NodeUser {
  readonly name: string;
  readonly rules: readonly string[];
}

export const DEFAULT_USER = 'default';

/** The cluster of a cache is AWS's to change (DG "Supported and restricted commands"). */
const CLUSTER_ADMINISTRATION = [
  ...[
    'addslots',
    'addslotsrange',
    'bumpepoch',
    'delslots',
    'delslotsrange',
    'failover',
    'flushslots',
    'forget',
  ],
  ...['meet', 'replicate', 'reset', 'saveconfig', 'set-config-epoch', 'setslot'],
];

/** Subcommands that AWS restricts, and those that would show the sandbox's own user. */
const DENIED = [
  '-psync',
  '-sync',
  ...['setuser', 'deluser', 'load', 'save', 'list', 'users', 'getuser', 'log'].map((name) => `-acl|${name}`),
  ...CLUSTER_ADMINISTRATION.map((name) => `-cluster|${name}`),
];

/** AUTH tokens are passwords of the default user; without any, everybody may connect. */
export function tokenUsers(tokens: readonly string[]): NodeUser[] {
  const passwords = tokens.length > 0 ? tokens.map((token) => `>${token}`) : ['nopass'];
  return [{ name: DEFAULT_USER, rules: ['on', ...passwords, '~*', '&*', '+@all'] }];
}

/** With a default user in any case: a server always has one, and without a word it would let everybody in. */
export function completeUsers(users: readonly NodeUser[]): NodeUser[] {
  const hasDefault = users.some(({ name }) => name === DEFAULT_USER);
  return hasDefault ? [...users] : [...users, { name: DEFAULT_USER, rules: ['off'] }];
}

/**
 * Before users come in by ACL SETUSER there is nobody: a server that stumbles over a rule in its configuration file
 * prints the whole line, passwords included.
 */
export function initialUsers(options: {
  readonly users?: readonly NodeUser[] | undefined;
  readonly authTokens: readonly string[];
}): NodeUser[] {
  return completeUsers(options.users ? [] : tokenUsers(options.authTokens));
}

export function aclRules({ rules }: NodeUser): string[] {
  return ['reset', ...rules, ...DENIED];
}
