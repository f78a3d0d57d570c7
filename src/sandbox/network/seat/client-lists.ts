/** A cache names its clients by address (CLIENT LIST): a program is shown those of the VPC, not where they really are. */
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { CurrentRules } from './rules.ts';

/** A bulk string of Redis's that begins as the list does. */
const LIST = /^\$(\d+)\r\n(?=id=\d+ addr=)/;
const BEGINNING = 64;

interface Pushed {
  push: (this: Socket, chunk: unknown, encoding?: BufferEncoding) => boolean;
}

export function showClients(rules: CurrentRules): void {
  // Behind TLS too: what was decrypted is pushed into the socket like what was received.
  const prototype = Socket.prototype as unknown as Pushed;
  const { push } = prototype;
  const unfinished = new WeakMap<Socket, Buffer>();

  prototype.push = function (chunk, encoding) {
    if (!Buffer.isBuffer(chunk)) return push.call(this, chunk, encoding);
    const before = unfinished.get(this);
    const received = before ? Buffer.concat([before, chunk]) : chunk;
    const header = LIST.exec(received.toString('latin1', 0, BEGINNING));
    if (!header) return push.call(this, chunk, encoding);
    const end = header[0].length + Number(header[1]);
    if (received.length < end + 2) {
      unfinished.set(this, received);
      return true;
    }
    unfinished.delete(this);
    const list = shown(received.toString('utf8', header[0].length, end), rules().addressesFile);
    const head = Buffer.from(`$${Buffer.byteLength(list)}\r\n${list}`);
    return push.call(this, Buffer.concat([head, received.subarray(end)]), encoding);
  };
}

function shown(list: string, addressesFile: string): string {
  const addresses = JSON.parse(readFileSync(addressesFile, 'utf8')) as Record<string, string>;
  return list.replace(/(?<= addr=)[\d.]+/g, (address) => addresses[address] ?? address);
}
