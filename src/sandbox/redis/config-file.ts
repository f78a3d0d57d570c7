/** The configuration of a real server: ElastiCache's restrictions, the clients' tokens, the sandbox's own admin. */
import type { NodeOptions } from './node.ts';

/** What ElastiCache calls by the same name as the server does and lets users change while it runs. */
const LIVE_PARAMETERS = new Set([
  'activerehashing',
  'hash-max-listpack-entries',
  'hash-max-listpack-value',
  'lazyfree-lazy-eviction',
  'lazyfree-lazy-expire',
  'lazyfree-lazy-server-del',
  'lazyfree-lazy-user-del',
  'lfu-decay-time',
  'lfu-log-factor',
  'list-compress-depth',
  'list-max-listpack-size',
  'maxmemory',
  'maxmemory-policy',
  'maxmemory-samples',
  'notify-keyspace-events',
  'set-max-intset-entries',
  'slowlog-log-slower-than',
  'slowlog-max-len',
  'tcp-keepalive',
  'timeout',
  'zset-max-listpack-entries',
  'zset-max-listpack-value',
]);

/** Those of a parameter group's settings that the server itself knows. */
export function liveParameters(
  parameters: Readonly<Record<string, string>>,
): [name: string, value: string][] {
  return Object.entries(parameters).filter(([name]) => LIVE_PARAMETERS.has(name));
}

/**
 * Commands that clients must find absent (DG "Supported and restricted commands"). Renaming gives the very text of
 * ElastiCache, `ERR unknown command`; those that the sandbox needs itself get a name that only it knows.
 * PSYNC and SYNC cannot be renamed, for replicas send them by name: an ACL rule stands in.
 */
const HIDDEN = ['CONFIG', 'REPLICAOF'] as const;
const ABSENT = ['BGREWRITEAOF', 'BGSAVE', 'DEBUG', 'MIGRATE', 'SAVE', 'SHUTDOWN', 'SLAVEOF', 'FAILOVER'];

/** Subcommands that AWS restricts, and those that would show the sandbox's own user. */
const DENIED = [
  '-psync',
  '-sync',
  ...['setuser', 'deluser', 'load', 'save', 'list', 'users', 'getuser', 'log'].map((name) => `-acl|${name}`),
];

export const ADMIN = 'sandbox';

/** How a hidden command is called by who knows the secret. */
export function hiddenName(command: (typeof HIDDEN)[number], secret: string): string {
  return `${command}-${secret}`;
}

/** The rules of the clients' user; without tokens anybody may connect. */
export function clientRules(tokens: readonly string[]): string[] {
  return [
    'reset',
    'on',
    ...(tokens.length > 0 ? tokens.map((token) => `>${token}`) : ['nopass']),
    '~*',
    '&*',
    '+@all',
    ...DENIED,
  ];
}

export interface ServerFiles {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
}

export function configFile(
  options: NodeOptions,
  ports: { plain: number; tls: number },
  files: ServerFiles,
  secret: string,
): string {
  const lines = [
    ...[
      'bind 127.0.0.1',
      `port ${ports.plain}`,
      `tls-port ${ports.tls}`,
      'tls-auth-clients no',
      'protected-mode no',
    ],
    ...[`tls-cert-file ${quoted(files.certificate)}`, `tls-key-file ${quoted(files.key)}`],
    // The minimum that ElastiCache accepts since 2025.
    'tls-protocols "TLSv1.2 TLSv1.3"',
    `dir ${quoted(files.folder)}`,
    ...['save ""', 'appendonly no', 'loglevel notice', 'always-show-logo no'],
    // The default of five seconds would make every first synchronisation wait for more replicas.
    ...['repl-diskless-sync yes', 'repl-diskless-sync-delay 0'],
    `masteruser ${ADMIN}`,
    `masterauth ${secret}`,
    `user ${ADMIN} on >${secret} ~* &* +@all`,
    `user default ${clientRules(options.authTokens).map(quoted).join(' ')}`,
    ...HIDDEN.map((command) => `rename-command ${command} ${command}-${secret}`),
    ...ABSENT.map((command) => `rename-command ${command} ""`),
    `maxmemory ${options.maxmemoryBytes}`,
    ...liveParameters(options.parameters).map(([name, value]) => `${name} ${quoted(value)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
