/** One page of a list, and the token of the next: at most 100 for groups, 50 for instances and by default. */
import { ServiceError } from '../service.ts';

const USUAL = 50;
const MOST = 100;

export function page<Item>(
  items: readonly Item[],
  { MaxRecords = USUAL, NextToken }: { MaxRecords?: number | undefined; NextToken?: string | undefined },
): { items: Item[]; next: { NextToken?: string } } {
  const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
  if (Number.isNaN(from)) throw new ServiceError('InvalidNextToken', 'The token is not valid.');
  const to = from + Math.min(MaxRecords, MOST);
  return {
    items: items.slice(from, to),
    next: to < items.length ? { NextToken: Buffer.from(String(to)).toString('base64') } : {},
  };
}
