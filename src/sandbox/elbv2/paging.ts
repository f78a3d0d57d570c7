/** Pages of the Describe calls: PageSize up to 400, a Marker that says where to go on. */
import { validationError } from './registry.ts';

interface PageRequest {
  Marker?: string | undefined;
  PageSize?: number | undefined;
}

interface Page<Item> {
  items: Item[];
  NextMarker: string | undefined;
}

export function page<Item>(items: readonly Item[], { Marker, PageSize = 400 }: PageRequest): Page<Item> {
  if (PageSize < 1 || PageSize > 400) {
    throw validationError(
      `1 validation error detected: Value '${PageSize}' at 'pageSize' failed to satisfy constraint: Member must have value between 1 and 400`,
    );
  }
  const start = Marker === undefined ? 0 : offset(Marker);
  const end = start + PageSize;
  return { items: items.slice(start, end), NextMarker: end < items.length ? marker(end) : undefined };
}

const marker = (position: number): string => Buffer.from(`position:${position}`).toString('base64');

function offset(text: string): number {
  const match = /^position:(\d+)$/.exec(Buffer.from(text, 'base64').toString());
  if (!match) throw validationError('Invalid marker');
  return Number(match[1]);
}
