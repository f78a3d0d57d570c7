/** One client's connection to an embedded node: who it is, which protocol it speaks, and what its commands answer. */
import { DEFAULT_USER } from './acl.ts';
import type { NodeUser } from './acl.ts';
import { dataCommand } from './embedded-dataset.ts';
import type { Dataset } from './embedded-dataset.ts';
import { CommandError, OK, Status } from './resp.ts';
import type { Protocol, Reply } from './resp.ts';

/** What sessions see of their node, as it stands at each command. */
export interface NodeState {
  data: Dataset;
  /** Who they are is checked; what each may do is not. */
  users: readonly NodeUser[];
  following: boolean;
  parameters: Readonly<Record<string, string>>;
  maxmemoryBytes: number;
  readonly loading: boolean;
  readonly counts: Counts;
  /** Who is connected, by id. */
  readonly clients: Map<number, ConnectedClient>;
}

/** As CLIENT LIST shows it. */
export interface ConnectedClient {
  /** With its port. */
  readonly address: string;
  readonly connectedAt: number;
  askedAt: number;
  command: string;
  name: string;
}

/** Since it has started. */
export interface Counts {
  connections: number;
  hits: number;
  misses: number;
  /** By command. */
  readonly calls: Map<string, number>;
}

export interface Session {
  protocol: Protocol;
  closing: boolean;
  run(words: readonly string[]): Reply;
}

const WRONG_PASS = 'WRONGPASS invalid username-password pair or user is disabled.';
const NO_AUTH = 'NOAUTH Authentication required.';
const READ_ONLY = "READONLY You can't write against a read only replica.";
const LOADING = 'LOADING Redis is loading the dataset in memory';
/** Commands with the flag `loading` (redis.io, COMMAND). */
const WHILE_LOADING = ['AUTH', 'HELLO', 'QUIT', 'ECHO', 'SELECT', 'CLIENT', 'COMMAND', 'INFO'];
const VERSION = '7.0.15';

export function createSession(node: NodeState, id: number): Session {
  let authenticated = accepts(node, DEFAULT_USER, undefined);

  const authenticate = (user: string, password: string): void => {
    if (!accepts(node, user, password)) throw new CommandError(WRONG_PASS);
    authenticated = true;
  };

  const connection: Readonly<Record<string, (args: string[]) => Reply>> = {
    AUTH([first = '', second]) {
      if (second !== undefined) authenticate(first, second);
      else if (!accepts(node, DEFAULT_USER, undefined)) authenticate(DEFAULT_USER, first);
      else {
        throw new CommandError(
          'ERR AUTH <password> called without any password configured for the default user. ' +
            'Are you sure your configuration is correct?',
        );
      }
      return OK;
    },
    HELLO([version, ...options]) {
      if (version !== undefined && version !== '2' && version !== '3') {
        throw new CommandError('NOPROTO unsupported protocol version');
      }
      if (options[0]?.toUpperCase() === 'AUTH') authenticate(options[1] ?? '', options[2] ?? '');
      if (!authenticated) throw new CommandError(NO_AUTH);
      if (version !== undefined) session.protocol = version === '3' ? 3 : 2;
      return new Map<string, Reply>([
        ['server', 'redis'],
        ['version', VERSION],
        ['proto', session.protocol],
        ['id', id],
        ['mode', 'standalone'],
        ['role', node.following ? 'replica' : 'master'],
        ['modules', []],
      ]);
    },
    PING: ([message]) => message ?? new Status('PONG'),
    ECHO: ([message = '']) => message,
    SELECT([index]) {
      if (index !== '0') throw new CommandError('ERR DB index is out of range');
      return OK;
    },
    CLIENT([subcommand = '', value = '']) {
      const client = node.clients.get(id);
      switch (subcommand.toUpperCase()) {
        case 'ID':
          return id;
        case 'LIST':
          return listed(node.clients);
        case 'SETNAME':
          if (client) client.name = value;
          return OK;
        case 'GETNAME':
          return client?.name || null;
        default:
          return OK;
      }
    },
    INFO: ([section]) => info(node, section),
    COMMAND: ([subcommand]) => (subcommand?.toUpperCase() === 'COUNT' ? 0 : []),
    QUIT() {
      session.closing = true;
      return OK;
    },
  };

  const answer = ([word = '', ...args]: readonly string[]): Reply => {
    const name = word.toUpperCase();
    const own = Object.hasOwn(connection, name) ? connection[name] : undefined;
    if (!authenticated && name !== 'AUTH' && name !== 'HELLO' && name !== 'QUIT')
      throw new CommandError(NO_AUTH);
    if (node.loading && !WHILE_LOADING.includes(name)) throw new CommandError(LOADING);
    if (own) return own(args);
    const command = dataCommand(name);
    if (!command) throw new CommandError(unknown(word, args));
    const wordCount = args.length + 1;
    if (command.arity > 0 ? wordCount !== command.arity : wordCount < -command.arity) {
      throw new CommandError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
    }
    if (command.writes && node.following) throw new CommandError(READ_ONLY);
    const reply = command.run(node.data, args);
    count(node.counts, name.toLowerCase(), command.writes === true, reply);
    return reply;
  };

  const session: Session = {
    protocol: 2,
    closing: false,
    run(words) {
      const client = node.clients.get(id);
      if (client) Object.assign(client, { askedAt: Date.now(), command: words[0]?.toLowerCase() ?? '' });
      try {
        return answer(words);
      } catch (error) {
        if (error instanceof CommandError) return error;
        throw error;
      }
    },
  };
  return session;
}

function listed(clients: NodeState['clients']): string {
  const now = Date.now();
  const seconds = (since: number): number => Math.floor((now - since) / 1000);
  const lines = [...clients].map(
    ([id, { address, name, connectedAt, askedAt, command }]) =>
      `id=${id} addr=${address} name=${name} age=${seconds(connectedAt)} idle=${seconds(askedAt)} flags=N db=0 cmd=${command}\n`,
  );
  return lines.join('');
}

/** Without a password only who needs none. */
function accepts(node: NodeState, name: string, password: string | undefined): boolean {
  const rules = node.users.find((user) => user.name === name)?.rules ?? [];
  const on = rules.findLast((rule) => rule === 'on' || rule === 'off') === 'on';
  return on && (rules.includes('nopass') || (password !== undefined && rules.includes(`>${password}`)));
}

function count(counts: Counts, command: string, writes: boolean, reply: Reply): void {
  counts.calls.set(command, (counts.calls.get(command) ?? 0) + 1);
  if (writes) return;
  if (reply === null) counts.misses += 1;
  else counts.hits += 1;
}

/** Redis's own text, which is also ElastiCache's for a command that it blocks. */
function unknown(word: string, args: readonly string[]): string {
  const beginning = args.map((arg) => `'${arg}' `).join('');
  return `ERR unknown command '${word}', with args beginning with: ${beginning}`;
}

export function info(node: NodeState, wanted: string | undefined): string {
  const { connections, hits, misses, calls } = node.counts;
  const sections: Readonly<Record<string, readonly string[]>> = {
    server: [`redis_version:${VERSION}`, 'redis_mode:standalone'],
    clients: [`connected_clients:${node.clients.size}`],
    memory: [
      'used_memory:1048576',
      `maxmemory:${node.maxmemoryBytes}`,
      `maxmemory_policy:${node.parameters['maxmemory-policy'] ?? 'noeviction'}`,
    ],
    persistence: [`loading:${Number(node.loading)}`, ...(node.loading ? ['loading_eta_seconds:1'] : [])],
    stats: [
      `total_connections_received:${connections}`,
      `keyspace_hits:${hits}`,
      `keyspace_misses:${misses}`,
    ],
    replication: [`role:${node.following ? 'slave' : 'master'}`, 'connected_slaves:0'],
    commandstats: [...calls].map(([command, times]) => `cmdstat_${command}:calls=${times}`),
    cluster: ['cluster_enabled:0'],
    keyspace: [`db0:keys=${node.data.keys().length}`],
  };
  const everything = wanted === undefined || ['all', 'default', 'everything'].includes(wanted.toLowerCase());
  return Object.entries(sections)
    .filter(([name]) => everything || name === wanted.toLowerCase())
    .map(([name, lines]) => `# ${name.charAt(0).toUpperCase()}${name.slice(1)}\r\n${lines.join('\r\n')}\r\n`)
    .join('\r\n');
}
