/** CloudWatch's pages. */
import { ServiceError } from '../service.ts';

interface Page<Item> {
  readonly items: Item[];
  readonly later: Item[];
  /** A member of the answer. */
  readonly next: { readonly NextToken?: string };
}

export function page<Item>(all: readonly Item[], size: number, token: string | undefined): Page<Item> {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from)) throw new ServiceError('InvalidNextToken', 'Invalid nextToken');
  const to = from + size;
  return {
    items: all.slice(from, to),
    later: all.slice(to),
    next: to < all.length ? { NextToken: String(to) } : {},
  };
}
