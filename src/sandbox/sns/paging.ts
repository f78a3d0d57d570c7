/** SNS lists a hundred at a time, and nobody can ask for fewer. */
import { invalidParameter } from './rejection.ts';

const PAGE = 100;

export function page<Item>(
  all: readonly Item[],
  token: string | undefined,
): { readonly items: Item[]; readonly NextToken?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(from)) throw invalidParameter('NextToken');
  const to = from + PAGE;
  return {
    items: all.slice(from, to),
    ...(to < all.length && { NextToken: Buffer.from(String(to)).toString('base64url') }),
  };
}
