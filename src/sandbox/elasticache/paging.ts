/** The pages of Describe operations. */
import { invalidValue } from './rejection.ts';

/** As every Describe operation has them, but those on serverless caches. */
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

interface TokenRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const LARGEST_TOKEN_PAGE = 50;

/** NextToken and MaxResults, as the operations on serverless caches have them. */
export function tokenPage<T>(
  all: readonly T[],
  { MaxResults = LARGEST_TOKEN_PAGE, NextToken }: TokenRequest,
): { readonly items: T[]; readonly NextToken: string | undefined } {
  if (MaxResults < 1 || MaxResults > LARGEST_TOKEN_PAGE) {
    throw invalidValue(
      `Invalid value ${MaxResults} for MaxResults. Must be between 1 and ${LARGEST_TOKEN_PAGE}.`,
    );
  }
  const start = NextToken ? offset(NextToken) : 0;
  const end = start + MaxResults;
  return { items: all.slice(start, end), NextToken: end < all.length ? marker(end) : undefined };
}

/** Opaque, so that nobody counts on its form. */
function marker(position: number): string {
  return Buffer.from(`elasticache:${position}`).toString('base64url');
}

function offset(text: string): number {
  const position = /^elasticache:(\d+)$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (position === undefined) throw invalidValue('The marker or token is not valid.');
  return Number(position);
}
