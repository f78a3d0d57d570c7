/** One page of a list, and the marker of the next. */
import { ServiceError } from '../service.ts';

interface Request {
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

const PAGE = 100;

export function page<Item>(
  items: readonly Item[],
  { MaxItems = PAGE, Marker }: Request,
): { items: Item[]; IsTruncated: boolean; Marker?: string } {
  const from = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64url').toString());
  if (Number.isNaN(from)) throw new ServiceError('ValidationError', 'Invalid Marker.');
  const to = from + MaxItems;
  const more = to < items.length;
  return {
    items: items.slice(from, to),
    IsTruncated: more,
    ...(more ? { Marker: Buffer.from(String(to)).toString('base64url') } : {}),
  };
}
