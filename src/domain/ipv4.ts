/** Blocks of IPv4 addresses as ranges of numbers: that is what a cache's nodes and tasks have unless asked otherwise. */
import type { Range } from './range.ts';

/** Of a block, or of one address; undefined: it is something else, as an IPv6 block is. */
export function rangeOf(cidr: string): Range | undefined {
  const [, a, b, c, d, bits = '32'] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(cidr) ?? [];
  if (d === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  const address = [a, b, c, d].reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}

export function rangesOf(cidrs: readonly string[]): Range[] {
  return cidrs.flatMap((cidr) => rangeOf(cidr) ?? []);
}

/** The fewest blocks that hold just these. */
export function mergedBlocks(cidrs: readonly string[]): string[] {
  const joined: Range[] = [];
  for (const range of rangesOf(cidrs).toSorted((one, other) => one.first - other.first)) {
    const before = joined.at(-1);
    if (before && range.first <= before.last + 1)
      joined.splice(-1, 1, { first: before.first, last: Math.max(before.last, range.last) });
    else joined.push(range);
  }
  return joined.flatMap(blocksOf);
}

/** A block begins at a multiple of its size. */
function blocksOf({ first, last }: Range): string[] {
  if (first > last) return [];
  let bits = 32;
  let size = 1;
  while (bits > 0 && first % (size * 2) === 0 && first + size * 2 - 1 <= last) {
    bits -= 1;
    size *= 2;
  }
  return [`${addressText(first)}/${bits}`, ...blocksOf({ first: first + size, last })];
}

function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
