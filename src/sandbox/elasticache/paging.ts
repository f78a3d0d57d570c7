/** Marker and MaxRecords, as every Describe operation of ElastiCache has them. */
import { invalidValue } from './rejection.ts';

interface PageRequest {
  readonly MaxRecords?: number | undefined;
  readonly Marker?: string | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly Marker: string | undefined;
}

const SMALLEST = 20;

export function page<T>(all: readonly T[], request: PageRequest, largest = 100): Page<T> {
  const size = request.MaxRecords ?? largest;
  if (size < SMALLEST || size > largest) {
    throw invalidValue(`Invalid value ${size} for MaxRecords. Must be between ${SMALLEST} and ${largest}.`);
  }
  const start = request.Marker ? offset(request.Marker) : 0;
  const end = start + size;
  return { items: all.slice(start, end), Marker: end < all.length ? marker(end) : undefined };
}

/** Opaque, so that nobody counts on its form. */
function marker(position: number): string {
  return Buffer.from(`elasticache:${position}`).toString('base64url');
}

function offset(text: string): number {
  const position = /^elasticache:(\d+)$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (position === undefined) throw invalidValue('The parameter Marker is not valid.');
  return Number(position);
}
