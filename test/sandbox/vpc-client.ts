/** A program inside a sandbox's VPC that talks to caches with ioredis, as an application does. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Account } from '../../src/sandbox/account.ts';

/** How the application connects, and what it sends, command by command. */
export interface Conversation {
  readonly host: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  /** The cluster client of ioredis instead of the plain one. */
  readonly cluster?: boolean;
  readonly plaintext?: boolean;
  /** Five seconds when absent. */
  readonly connectTimeout?: number;
  readonly commands: readonly (readonly [string, ...string[]])[];
}

/** Of which each line of JSON that it reads is answered by one that it writes. */
export interface VpcProgram<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

export interface VpcClient {
  /** What each command answered; an error as its text. */
  talk(conversation: Conversation): Promise<unknown[]>;
  close(): Promise<void>;
}

const PROGRAM = `
const { Redis, Cluster } = require('ioredis');
const options = ({ username, password, plaintext, connectTimeout = 5000 }) => ({
  username, password, ...(plaintext ? {} : { tls: {} }),
  // With the older protocol AUTH is a command of its own, with an answer of its own.
  protocol: 2, enableReadyCheck: false,
  retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout,
});
const open = (talk) => talk.cluster
  ? new Cluster([{ host: talk.host, port: talk.port }], {
      dnsLookup: (address, done) => done(null, address), clusterRetryStrategy: () => null, redisOptions: options(talk) })
  : new Redis({ host: talk.host, port: talk.port, ...options(talk) });
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const talk = JSON.parse(line);
  const client = open(talk);
  let failure;
  client.on('error', (error) => { failure ??= (error.lastNodeError ?? error).message || error.code });
  const answers = [];
  for (const [name, ...args] of talk.commands) {
    answers.push(await client.call(name, ...args).catch((error) =>
      /closed|retries|refresh|startup/.test(error.message) ? failure ?? error.message : error.message));
  }
  client.disconnect();
  console.log(JSON.stringify(answers));
});`;

/** In a subnet of the account, behind these security groups; none is the VPC's default group. */
export async function enterVpc(
  account: Account,
  subnetId: string,
  groupIds: readonly string[] = [],
): Promise<VpcClient> {
  const program = await runInVpc<Conversation, unknown[]>(account, { subnetId, groupIds, source: PROGRAM });
  return {
    talk: ({ port = 6379, ...rest }) => program.ask({ port, ...rest }),
    close: () => program.close(),
  };
}

/** `source` is a CommonJS program of Node's. */
export async function runInVpc<Question, Answer>(
  account: Account,
  { subnetId, groupIds, source }: { subnetId: string; groupIds: readonly string[]; source: string },
): Promise<VpcProgram<Question, Answer>> {
  const place = account.vpc.attach({ subnetId, groupIds, description: 'an application', requester: 'ecs' });
  const seat = await account.fabric.enter(place);
  const child = spawn(process.execPath, ['-e', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...seat.env, ELASTICACHE_WIZARD_CONNECT_TIMEOUT: '200' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await lines.next();
      return JSON.parse(String(line.value)) as Answer;
    },
    async close() {
      child.kill('SIGKILL');
      await seat.leave();
    },
  };
}
