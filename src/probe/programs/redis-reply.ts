/** Redis's protocol by hand: simple strings, errors, integers, bulk strings, and arrays of them. */
export type Reply = string | Reply[];
/** What Redis said instead of doing it. */
export interface Failure {
  refused: string;
}

/** Undefined while there is not all of it yet. Throws where it is something else than Redis that answers. */
export function readReply(
  received: Buffer,
  from: number,
): { value: Reply | Failure; end: number } | undefined {
  const kind = received.toString('latin1', from, from + 1);
  if (kind && '+-:$*'.indexOf(kind) < 0) throw new Error(strangerOf(received));
  const lineEnd = received.indexOf('\r\n', from);
  if (lineEnd < 0) return undefined;
  const line = received.toString('utf8', from + 1, lineEnd);
  const next = lineEnd + 2;
  if (kind === '-') return { value: { refused: line }, end: next };
  if (kind === '*') return readItems(received, next, Number(line));
  if (kind !== '$') return { value: line, end: next };
  if (line === '-1') return { value: '', end: next };
  const end = next + Number(line);
  if (received.length < end + 2) return undefined;
  return { value: received.toString('utf8', next, end), end: end + 2 };
}

function readItems(received: Buffer, from: number, count: number): { value: Reply; end: number } | undefined {
  const items: Reply[] = [];
  let end = from;
  while (items.length < count) {
    const item = readReply(received, end);
    if (!item) return undefined;
    items.push(item.value as Reply);
    end = item.end;
  }
  return { value: items, end };
}

function strangerOf(received: Buffer): string {
  const who = /^(HTTP\/|<)/.test(received.toString('latin1', 0, 8)) ? 'an HTTP server' : 'something else';
  return `the answer is not that of a Redis: ${who} listens there`;
}
