/** One page of a list, and the token of the next. */
import { ServiceError } from '../service.ts';
import { invalid } from './rejection.ts';

interface Request {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export function page<Item>(
  items: readonly Item[],
  { MaxResults, NextToken }: Request,
  most: number,
): { items: Item[]; next: { NextToken?: string } } {
  const size = MaxResults ?? most;
  if (size < 1 || size > most) {
    const bound = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${most}`;
    throw invalid(
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
  if (Number.isNaN(from)) throw new ServiceError('InvalidNextToken', 'The specified token is not valid.');
  const to = from + size;
  return {
    items: items.slice(from, to),
    next: to < items.length ? { NextToken: Buffer.from(String(to)).toString('base64') } : {},
  };
}
