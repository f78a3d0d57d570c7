/** Whom the probe asks, and how it gets in. */
import type { Seen } from './observations.ts';
import { Connection, connectTcp, connectTls, ErrorReply } from './redis-connection.ts';

export interface Target {
  secure: boolean;
  host: string;
  port: number;
  /** To whom the certificate is to be made out. */
  name: string;
  username: string;
  password: string;
  database: number;
}

/** As Redis clients read it: `rediss://user:password@host:port/db`, and `host:port` for plaintext. */
export function parse(text: string, separatePassword: string, tlsBeside: boolean): Target {
  const url = new URL(text.includes('://') ? text : 'redis://' + text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new Error(`the scheme is ${url.protocol}//, not redis:// or rediss://`);
  }
  if (url.hostname === '') throw new Error('there is no host in it');
  const host = hostOf(url);
  return {
    secure: tlsBeside || url.protocol === 'rediss:',
    host,
    name: host,
    port: url.port === '' ? 6379 : Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || separatePassword,
    database: Number(url.pathname.slice(1)) || 0,
  };
}

/** The end of a tunnel has another name than the cache, whose certificate is verified all the same. */
export function throughTunnel(target: Target, tunnel: string): Target {
  const end = new URL('tcp://' + tunnel);
  return { ...target, host: hostOf(end), port: Number(end.port) };
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export async function authenticate(connection: Connection, target: Target, seen: Seen): Promise<string> {
  // Who is let in without a password is let in with any: that AUTH succeeds would say nothing.
  if (typeof (await connection.ask('PING')) === 'string') seen.passwordNotAskedFor = true;
  const { username, password } = target;
  const reply = await connection.ask('AUTH', ...(username ? [username] : []), password);
  // A cache that is just being given a token still lets everybody in; clients take this answer for a remark.
  const isOpen =
    typeof reply !== 'string' &&
    'refused' in reply &&
    /without any password configured|no password is set/.test(reply.refused);
  if (typeof reply !== 'string' && 'refused' in reply && !isOpen) {
    if (username && /^WRONGPASS/.test(reply.refused)) {
      seen.withoutUserAnswers = typeof (await connection.ask('AUTH', password)) === 'string';
    }
    throw new ErrorReply(reply.refused);
  }
  if (isOpen) seen.passwordNotAskedFor = true;
  return seen.passwordNotAskedFor ? 'no password is asked for' : 'the password was accepted';
}

/** As far as AUTH; another node of the same cluster takes the same. */
export async function connect(target: Target): Promise<Connection> {
  const plain = await connectTcp(target.host, target.port);
  const connection = new Connection(target.secure ? await connectTls(plain, target.name) : plain);
  if (target.password) await authenticate(connection, target, {});
  return connection;
}
