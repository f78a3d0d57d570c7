/** Two real servers behind one address, as the nodes of a replication group are behind its primary endpoint. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisProgram } from './redis-program.ts';

export interface FailingOver {
  readonly host: string;
  readonly port: number;
  /** The primary becomes a replica, to which connections stay open; new ones lead to the other node. */
  failOver(): Promise<void>;
  /** Neither node answers any more. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `password` is asked for by both. `closing`: as ElastiCache does it (parameter close-on-replica-write, "yes" by
 * default), a write that a replica refuses ends its connection.
 */
export async function failingOver(password: string, { closing = false } = {}): Promise<FailingOver> {
  const folder = await mkdtemp(join(tmpdir(), 'failing-over-'));
  const nodes = await Promise.all(['one', 'other'].map((name) => startNode(join(folder, name), password)));
  const open = new Set<Socket>();
  let [primary] = nodes;
  const front = createServer((client) => {
    const node = connect(primary!.path);
    for (const socket of [client, node]) {
      open.add(socket);
      socket
        .on('error', () => socket.destroy())
        .on('close', () => [client, node].forEach((each) => each.destroy()));
    }
    client.pipe(node);
    node.on('data', (answer) => {
      client.write(answer);
      if (closing && answer.includes('-READONLY')) client.end();
    });
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');

  const stop = async (): Promise<void> => {
    front.close();
    for (const socket of open) socket.destroy();
    await Promise.all(nodes.map(({ program }) => end(program)));
  };
  return {
    host: '127.0.0.1',
    port: (front.address() as AddressInfo).port,
    async failOver() {
      const [before, after] = nodes;
      // Whom it follows does not matter: a replica takes no writes.
      await say(before!.path, [`AUTH ${password}`, 'REPLICAOF 127.0.0.1 1']);
      primary = after;
    },
    stop,
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface StartedNode {
  readonly path: string;
  readonly program: ChildProcess;
}

async function startNode(path: string, password: string): Promise<StartedNode> {
  const words = ['--port', '0', '--unixsocket', path, '--save', '', '--requirepass', password];
  const program = spawn(redisProgram!, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => {
    let said = '';
    program.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('eady to accept connections')) resolve();
    });
  });
  return { path, program };
}

async function say(path: string, commands: readonly string[]): Promise<void> {
  const socket = connect(path);
  for (const command of commands) {
    socket.write(`${command}\r\n`);
    await once(socket, 'data');
  }
  socket.destroy();
}

async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill('SIGKILL');
  await once(program, 'exit');
}
