/**
 * Between a program and the sandbox: what is asked of AWS, and what of it waits for what. Answers are held until nobody
 * asks anything more and then let out together, as by an AWS that takes equally long for everything: the number of rounds
 * is the depth of the longest chain of calls that wait for each other, on a busy machine and on an idle one.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { isWrite } from '../../src/sandbox/endpoint/call-log.ts';

export interface RecordedCall {
  /** `ec2:DescribeSubnets` */
  readonly name: string;
  readonly write: boolean;
  /** With its parameters: what is asked twice has the same. */
  readonly asked: string;
  readonly round: number;
  /** When it was asked, by the sandbox's clock. */
  readonly at: number;
}

export interface CallRecord {
  readonly endpointUrl: string;
  /** Since the last time that it was taken. */
  take(): RecordedCall[];
  close(): Promise<void>;
}

interface Held {
  readonly call: Omit<RecordedCall, 'round'>;
  readonly forward: () => Promise<void>;
}

/** Both ends are in this process: who has something to ask does so within a few turns of its loop. */
const QUIET = { turns: 10, ms: 3 };

export async function recordCalls(endpointUrl: string, now: () => number): Promise<CallRecord> {
  const target = new URL(endpointUrl);
  let calls: RecordedCall[] = [];
  let held: Held[] = [];
  let round = 0;
  let open = false;
  let stirred = 0;

  const server = createServer((asked, answer) => {
    stirred += 1;
    void buffer(asked).then((body) => {
      stirred += 1;
      held.push({
        call: { ...callOf(asked, body), at: now() },
        forward: () => forward(target, asked, body, answer),
      });
      if (!open) void openRounds();
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  async function openRounds(): Promise<void> {
    open = true;
    while (held.length > 0) {
      await quiet();
      const together = held;
      held = [];
      round += 1;
      calls.push(...together.map(({ call }) => ({ ...call, round })));
      await Promise.all(together.map((each) => each.forward()));
    }
    open = false;
  }

  async function quiet(): Promise<void> {
    for (let turn = 0, seen = stirred, since = performance.now(); ; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (seen !== stirred) [turn, seen, since] = [0, stirred, performance.now()];
      if (turn >= QUIET.turns && performance.now() - since >= QUIET.ms) return;
    }
  }

  return {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = calls;
      calls = [];
      round = 0;
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The service is in the scope of the signature, the operation where its protocol has it. */
function callOf({ url = '', headers }: IncomingMessage, body: Buffer): Omit<RecordedCall, 'round' | 'at'> {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const text = body.toString('latin1');
  const header = headers['x-amz-target'];
  const action =
    (typeof header === 'string' ? header.split('.').at(-1) : undefined) ??
    /(?:^|&)Action=(\w+)/.exec(text)?.[1] ??
    url.split('/').at(-1) ??
    '';
  return { name: `${service}:${action}`, write: isWrite(action), asked: `${service}:${action} ${text}` };
}

async function forward(
  { hostname, port }: URL,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const asking = request({
      hostname,
      port,
      method,
      path: url,
      headers: { ...headers, host: `${hostname}:${port}` },
    });
    asking.on('response', (answered) => {
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
      answered.on('end', resolve);
    });
    asking.on('error', () => {
      answer.destroy();
      resolve();
    });
    asking.end(body);
  });
}
