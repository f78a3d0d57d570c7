/** Sets of TCP ports as sorted, disjoint ranges. */
import type { PortRange } from '../network/vpc.ts';

export const ALL_PORTS: readonly PortRange[] = [[0, 65_535]];

export function intersect(some: readonly PortRange[], others: readonly PortRange[]): PortRange[] {
  const common = some.flatMap(([low, high]) =>
    others.map(([otherLow, otherHigh]): PortRange => [Math.max(low, otherLow), Math.min(high, otherHigh)]),
  );
  return unite(common.filter(([low, high]) => low <= high));
}

export function unite(ranges: readonly PortRange[]): PortRange[] {
  const united: PortRange[] = [];
  for (const [low, high] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = united.at(-1);
    if (last && low <= last[1] + 1) united[united.length - 1] = [last[0], Math.max(last[1], high)];
    else united.push([low, high]);
  }
  return united;
}

export function subtract(ranges: readonly PortRange[], [from, to]: PortRange): PortRange[] {
  return ranges
    .flatMap(([low, high]): PortRange[] => [
      [low, Math.min(high, from - 1)],
      [Math.max(low, to + 1), high],
    ])
    .filter(([low, high]) => low <= high);
}

export function includesPort(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(([low, high]) => low <= port && port <= high);
}

export function covers(ranges: readonly PortRange[], wanted: PortRange): boolean {
  return unite(ranges).some(([low, high]) => low <= wanted[0] && wanted[1] <= high);
}
