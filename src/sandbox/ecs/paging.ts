/** One page of a list, and an opaque token for the next. */
import { ServiceError } from '../service.ts';

interface Request {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

export function page<T>(
  items: readonly T[],
  request: Request,
  defaultSize = 100,
): { items: T[]; next: { nextToken?: string } } {
  const size = request.maxResults ?? defaultSize;
  if (size < 1 || size > 100) {
    throw new ServiceError('InvalidParameterException', 'maxResults should be between 1 and 100.');
  }
  const from = request.nextToken === undefined ? 0 : offsetOf(request.nextToken);
  const to = from + size;
  return {
    items: items.slice(from, to),
    next: to < items.length ? { nextToken: Buffer.from(`from ${to}`).toString('base64') } : {},
  };
}

function offsetOf(token: string): number {
  const [, offset] = /^from (\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (offset === undefined) throw new ServiceError('InvalidParameterException', 'Invalid token.');
  return Number(offset);
}
