/** Whole numbers from one to another: ports, or IPv4 addresses. */

export interface Range {
  readonly first: number;
  readonly last: number;
}

export function includes({ first, last }: Range, number: number): boolean {
  return first <= number && number <= last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** The only places in `range` at which one of `others` begins or has just ended: what holds there holds throughout. */
export function changesWithin(range: Range, others: readonly Range[]): number[] {
  const edges = others.flatMap(({ first, last }) => [first, last + 1]);
  return [...new Set([range.first, ...edges.filter((edge) => includes(range, edge))])];
}

/** Whether those leave nothing of it out, all together. */
export function covers(ranges: readonly Range[], wanted: Range): boolean {
  return changesWithin(wanted, ranges).every((number) => ranges.some((range) => includes(range, number)));
}
