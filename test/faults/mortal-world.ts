/**
 * The world of a run that can be killed at any call to AWS. From that moment nothing of the run comes to anything:
 * what it sends is not passed on, what it waits for never comes, and no clean-up of its own can help.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '../../src/clock.ts';

export const MOMENTS = ['before the sending', 'before the answer', 'right after the answer'] as const;

export interface Death {
  /** Which call, counted from 1. */
  readonly call: number;
  readonly moment: (typeof MOMENTS)[number];
}

/** 'ec2:DescribeVpcs'. */
export const READ = /:(Describe|List|Get|Filter|Simulate)/;

/** At each moment of each call after which AWS is at work on something. */
export function deathsIn(calls: readonly string[]): (Death & { readonly action: string })[] {
  return calls.flatMap((action, at) =>
    READ.test(action) ? [] : MOMENTS.map((moment) => ({ call: at + 1, action, moment })),
  );
}

export interface MortalWorld {
  readonly endpointUrl: string;
  readonly clock: Clock;
  readonly died: Promise<'killed'>;
  close(): void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Between the run and the sandbox, on a port of the run's own. */
export async function mortalWorld(endpointUrl: string, clock: Clock, death?: Death): Promise<MortalWorld> {
  const killed = new AbortController();
  const agent = new Agent({ keepAlive: true });
  const isDead = (): boolean => killed.signal.aborted;
  let calls = 0;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    if (isDead()) return;
    calls += 1;
    const last = calls === death?.call ? death.moment : undefined;
    if (last === 'before the sending') {
      killed.abort();
      return;
    }
    const answer = await forward(endpointUrl, incoming, body, agent);
    if (last === 'before the answer') killed.abort();
    if (isDead()) return;
    if (!answer) response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
    if (last) response.once('finish', () => killed.abort());
  }

  const server = createServer((incoming, response) => void pass(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpointUrl: `http://127.0.0.1:${port}`,
    clock: mortalClock(clock, killed.signal),
    died: new Promise((resolve) => killed.signal.addEventListener('abort', () => resolve('killed'))),
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

/** Undefined where the connection was cut. */
function forward(
  endpointUrl: string,
  { method, headers }: IncomingMessage,
  body: Buffer,
  agent: Agent,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(endpointUrl, {
      method,
      agent,
      headers: { ...headers, host: new URL(endpointUrl).host },
    });
    outgoing.on('error', () => resolve(undefined));
    outgoing.on('response', (response) => {
      void buffer(response).then((received) =>
        resolve({ status: response.statusCode ?? 500, headers: response.headers, body: received }),
      );
    });
    outgoing.end(body);
  });
}

/** A clock that everybody shares must not hold for somebody who is dead. */
function mortalClock(clock: Clock, killed: AbortSignal): Clock {
  const never = new Promise<never>(() => undefined);
  const death = new Promise<undefined>((resolve) =>
    killed.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  const whileAlive = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const value = await work;
      return killed.aborted ? await never : value;
    } catch (error) {
      if (killed.aborted) return never;
      throw error;
    }
  };
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => whileAlive(clock.sleep(ms, signal ? AbortSignal.any([signal, killed]) : killed)),
    after: (ms, run) =>
      clock.after(ms, async () => {
        if (!killed.aborted) await Promise.race([run(), death]);
      }),
    busy: (work) => {
      void clock.busy(Promise.race([work.catch(() => undefined), death]));
      return whileAlive(work);
    },
  };
}
