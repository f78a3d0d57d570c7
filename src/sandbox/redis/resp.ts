/**
 * The wire of the embedded server. Requests are read with the client library's own decoder; replies are few kinds.
 * Strings are latin1 throughout, one character a byte, so that binary values survive.
 */
import { Decoder } from 'ioredis/built/resp/decoder.js';

/** A reply in words of its own: `+OK` and not `$2 OK`. */
export class Status {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An error reply: its first word is the code by which clients know it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export type Reply =
  string | number | null | Status | CommandError | readonly Reply[] | ReadonlyMap<string, Reply>;
export type Protocol = 2 | 3;

export const OK = new Status('OK');

export function encode(reply: Reply, protocol: Protocol): string {
  if (reply === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (reply instanceof Status) return `+${reply.text}\r\n`;
  if (reply instanceof CommandError) return `-${reply.message}\r\n`;
  if (reply instanceof Map) {
    const items = [...(reply as ReadonlyMap<string, Reply>)].flat();
    const head = protocol === 3 ? `%${reply.size}` : `*${items.length}`;
    return `${head}\r\n${items.map((item) => encode(item, protocol)).join('')}`;
  }
  const items = reply as readonly Reply[];
  return `*${items.length}\r\n${items.map((item) => encode(item, protocol)).join('')}`;
}

/** Calls `run` with each request that the chunks add up to. */
export function requestReader(run: (words: string[]) => void): (chunk: Buffer) => void {
  const decoder = new Decoder({
    onReply: (request: unknown) => {
      if (Array.isArray(request))
        run(request.map((word: unknown) => (Buffer.isBuffer(word) ? word.toString('latin1') : String(word))));
    },
    onErrorReply: () => undefined,
    onPush: () => undefined,
    getTypeMapping: () => ({ 36: Buffer }),
  });
  return (chunk) => decoder.write(chunk);
}
