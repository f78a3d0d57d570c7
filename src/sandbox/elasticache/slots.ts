/** The 16,384 hash slots of a cluster: as ranges, as AWS writes them, and how they are shared out. */
import type { SlotRange } from '../redis/node.ts';
import { invalidValue } from './rejection.ts';

export const SLOT_COUNT = 16_384;
export const ALL_SLOTS: readonly SlotRange[] = [[0, SLOT_COUNT - 1]];

/** One range for each of so many shards. */
export function evenSlots(shards: number): SlotRange[] {
  const start = (index: number): number => Math.floor((index * SLOT_COUNT) / shards);
  return Array.from({ length: shards }, (_, index) => [start(index), start(index + 1) - 1]);
}

/** '0-5460,6000' (API reference, NodeGroupConfiguration.Slots). */
export function parseSlots(text: string): SlotRange[] {
  return text.split(',').map((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    const range: SlotRange = [Number(first), Number(last)];
    if (first === undefined || range[0] > range[1] || range[1] >= SLOT_COUNT) {
      throw invalidValue(`Invalid slots: ${text}. Slots are ranges between 0 and ${SLOT_COUNT - 1}.`);
    }
    return range;
  });
}

export function formatSlots(ranges: readonly SlotRange[]): string {
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

export function slotNumbers(ranges: readonly SlotRange[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
}

export function slotRanges(slots: readonly number[]): SlotRange[] {
  const ranges: [number, number][] = [];
  for (const slot of [...slots].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open && open[1] === slot - 1) open[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}

export interface SlotMove<Shard> {
  readonly from: Shard;
  readonly to: Shard;
  readonly slots: readonly number[];
}

/** The fewest moves after which the kept shards hold equal parts and the others nothing. */
export function evenMoves<Shard extends { readonly slots: readonly SlotRange[] }>(
  shards: readonly Shard[],
  kept: readonly Shard[],
): SlotMove<Shard>[] {
  const shares = evenSlots(kept.length).map(([first, last]) => last - first + 1);
  const share = (shard: Shard): number => shares[kept.indexOf(shard)] ?? 0;
  const surplus = shards.flatMap((from) =>
    slotNumbers(from.slots)
      .slice(share(from))
      .map((slot) => ({ from, slot })),
  );
  return kept.flatMap((to) => {
    const wanted = surplus.splice(0, Math.max(0, share(to) - slotNumbers(to.slots).length));
    return [...new Set(wanted.map(({ from }) => from))].map((from) => ({
      from,
      to,
      slots: wanted.filter((one) => one.from === from).map(({ slot }) => slot),
    }));
  });
}
