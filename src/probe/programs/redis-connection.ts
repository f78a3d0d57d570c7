/** A connection to Redis for a program that may depend on nothing but Node 14. */
import * as net from 'net';
import * as tls from 'tls';

const CONNECT_MS = 5_000;
const REPLY_MS = 5_000;

type Reply = { ok: true; value: string } | { ok: false; error: string };

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

/**
 * Redis's protocol by hand, because no client library exists in a stranger's image: commands are arrays of
 * bulk strings; the replies to what is asked here are simple strings, errors, integers and bulk strings.
 */
export class Connection {
  private readonly socket: net.Socket;
  private received = Buffer.alloc(0);
  private waiting: ((reply: Reply | Error) => void) | undefined;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      const reply = this.take();
      if (reply) this.waiting?.(reply);
    });
    socket.on('error', (error) => this.waiting?.(error));
    socket.on('close', () => this.waiting?.(new Error('the connection was closed without an answer')));
  }

  async ask(...words: string[]): Promise<Reply> {
    const command = [`*${words.length}`, ...words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}`)];
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply | Error>((answered) => {
      this.waiting = answered;
      timer = setTimeout(() => answered(new Error(`no answer in ${REPLY_MS / 1000} s`)), REPLY_MS);
      this.socket.write(command.join('\r\n') + '\r\n');
    });
    clearTimeout(timer);
    this.waiting = undefined;
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /** Throws what Redis refuses. */
  async must(...words: string[]): Promise<string> {
    const reply = await this.ask(...words);
    if (!reply.ok) throw new ErrorReply(reply.error);
    return reply.value;
  }

  close(): void {
    this.socket.destroy();
  }

  private take(): Reply | Error | undefined {
    const lineEnd = this.received.indexOf('\r\n');
    if (lineEnd === -1) return undefined;
    const line = this.received.toString('utf8', 1, lineEnd);
    const kind = this.received.toString('latin1', 0, 1);
    if (kind === '$' && line !== '-1') {
      const bulkEnd = lineEnd + 2 + Number(line);
      if (this.received.length < bulkEnd + 2) return undefined;
      const value = this.received.toString('utf8', lineEnd + 2, bulkEnd);
      this.received = this.received.subarray(bulkEnd + 2);
      return { ok: true, value };
    }
    this.received = this.received.subarray(lineEnd + 2);
    if (kind === '-') return { ok: false, error: line };
    if (kind === '+' || kind === ':') return { ok: true, value: line };
    if (kind === '$') return { ok: true, value: '' };
    return new Error('the answer is not that of a Redis: something else listens there');
  }
}
