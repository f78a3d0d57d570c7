/** A connection to Redis for a program that may depend on nothing but Node 14. */
import * as net from 'net';
import * as tls from 'tls';
import { readReply, type Failure, type Reply } from './redis-reply.ts';

const CONNECT_MS = 5_000;
const REPLY_MS = 5_000;

/** Redis itself answered, so whether TLS was right is not in question. */
export class ErrorReply extends Error {}

export function connectTcp(address: string, port: number): Promise<net.Socket> {
  return opened(
    net.connect({ host: address, port }),
    'connect',
    `connect ETIMEDOUT after ${CONNECT_MS / 1000} s`,
  );
}

/** Without a check of the certificate when only the question "does anybody speak TLS here" is asked. */
export function connectTls(socket: net.Socket, host: string, verified = true): Promise<net.Socket> {
  const servername = net.isIP(host) ? {} : { servername: host };
  const secured = tls.connect({ socket, host, rejectUnauthorized: verified, ...servername });
  return opened(secured, 'secureConnect', `no answer to the TLS handshake in ${CONNECT_MS / 1000} s`);
}

function opened<S extends net.Socket>(socket: S, event: string, late: string): Promise<S> {
  return new Promise((open, fail) => {
    const failed = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      fail(error);
    };
    const timer = setTimeout(() => failed(new Error(late)), CONNECT_MS);
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('the connection was closed')));
    socket.once(event, () => {
      clearTimeout(timer);
      open(socket);
    });
  });
}

/** Commands go out as arrays of bulk strings, because no client library exists in a stranger's image. */
export class Connection {
  private readonly socket: net.Socket;
  private received = Buffer.alloc(0);
  private broken: Error | undefined;
  private look: () => void = () => undefined;

  constructor(socket: net.Socket) {
    this.socket = socket;
    const broke = (error: Error): void => {
      this.broken = this.broken ?? error;
      this.look();
    };
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.look();
    });
    socket.on('error', broke);
    socket.on('close', () => broke(new Error('the connection was closed without an answer')));
  }

  async ask(...words: string[]): Promise<Reply | Failure> {
    const [reply] = await this.askAll([words]);
    return reply as Reply | Failure;
  }

  /** All sent at once; the answers come in the same order. */
  askAll(commands: readonly (readonly string[])[]): Promise<(Reply | Failure)[]> {
    return new Promise((answer, fail) => {
      const replies: (Reply | Failure)[] = [];
      const done = (error?: Error): void => {
        clearTimeout(timer);
        this.look = () => undefined;
        if (error) fail(error);
        else answer(replies);
      };
      const timer = setTimeout(() => done(new Error(`no answer in ${REPLY_MS / 1000} s`)), REPLY_MS);
      // A server without room for one more client says so unasked, and closes.
      this.look = () => {
        try {
          for (let reply; (reply = readReply(this.received, 0));) {
            this.received = this.received.subarray(reply.end);
            if (replies.push(reply.value) === commands.length) {
              done();
              return;
            }
          }
          if (this.broken) done(this.broken);
        } catch (error) {
          done(error as Error);
        }
      };
      this.socket.write(commands.map(encode).join(''));
      this.look();
    });
  }

  /** Throws what Redis refuses. */
  async must(...words: string[]): Promise<string> {
    return textOf(await this.ask(...words));
  }

  close(): void {
    this.socket.destroy();
  }
}

export function textOf(reply: Reply | Failure): string {
  if (typeof reply !== 'string') throw new ErrorReply('refused' in reply ? reply.refused : 'a list');
  return reply;
}

function encode(words: readonly string[]): string {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join('')}`;
}
