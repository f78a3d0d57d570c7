/** The configuration of a real server: ElastiCache's restrictions, the clients' tokens, the sandbox's own admin. */
import { ADMIN } from './admin.ts';
import { aclRules, initialUsers } from './acl.ts';
import type { NodeOptions } from './node.ts';

/** What ElastiCache calls by the same name as the server does and lets users change while it runs. */
const LIVE_PARAMETERS = new Set([
  'active-expire-effort',
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

/** Those that a server takes only when it starts. */
const START_PARAMETERS = ['activerehashing', 'databases'];

/** One setting of the server, where ElastiCache has one parameter for each of its numbers. */
const BUFFER_LIMITS = 'client-output-buffer-limit';

/** Those of a parameter group's settings that the server itself knows. */
export function liveParameters(
  parameters: Readonly<Record<string, string>>,
): [name: string, value: string][] {
  const limits = ['normal', 'pubsub'].flatMap((kind) => bufferLimits(kind, parameters) ?? []);
  return [
    ...Object.entries(parameters).filter(([name]) => LIVE_PARAMETERS.has(name)),
    ...limits.map((limit): [string, string] => [BUFFER_LIMITS, limit]),
  ];
}

function bufferLimits(kind: string, parameters: Readonly<Record<string, string>>): string | undefined {
  const values = ['hard-limit', 'soft-limit', 'soft-seconds'].map(
    (name) => parameters[`${BUFFER_LIMITS}-${kind}-${name}`],
  );
  return values.includes(undefined) ? undefined : [kind, ...values].join(' ');
}

/**
 * Commands that clients must find absent (DG "Supported and restricted commands"). Renaming gives the very text of
 * ElastiCache, `ERR unknown command`; those that the sandbox needs itself get a name that only it knows.
 * PSYNC and SYNC cannot be renamed, for replicas send them by name: an ACL rule stands in.
 */
const HIDDEN = ['CONFIG', 'MIGRATE', 'REPLICAOF', 'SAVE'] as const;
const ABSENT = ['BGREWRITEAOF', 'BGSAVE', 'DEBUG', 'SHUTDOWN', 'SLAVEOF', 'FAILOVER'];

/** How a hidden command is called by who knows the secret. */
export function hiddenName(command: (typeof HIDDEN)[number], secret: string): string {
  return `${command}-${secret}`;
}

export interface ServerFiles {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
}

/** Where it listens, for the sandbox alone. */
export interface ServerPlace {
  readonly address: string;
  readonly ports: { readonly plain: number; readonly tls: number; readonly bus: number };
}

export function configFile(
  options: NodeOptions,
  { address, ports }: ServerPlace,
  files: ServerFiles,
  secret: string,
  cluster: readonly string[],
): string {
  const lines = [
    ...[
      `bind ${address}`,
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
    // Access strings that say nothing of channels allow them all (DG, parameter acl-pubsub-default).
    'acl-pubsub-default allchannels',
    ...initialUsers(options).map(
      (user) => `user ${quoted(user.name)} ${aclRules(user).map(quoted).join(' ')}`,
    ),
    ...cluster,
    ...HIDDEN.map((command) => `rename-command ${command} ${command}-${secret}`),
    ...ABSENT.map((command) => `rename-command ${command} ""`),
    `maxmemory ${options.maxmemoryBytes}`,
    ...START_PARAMETERS.flatMap((name) => {
      const value = options.parameters[name];
      return value === undefined ? [] : [`${name} ${quoted(value)}`];
    }),
    ...liveParameters(options.parameters).map(
      ([name, value]) => `${name} ${BUFFER_LIMITS === name ? value : quoted(value)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
