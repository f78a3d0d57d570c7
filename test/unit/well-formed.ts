/** What a browser would forgive in a page or a picture of ours, and a parser of XML would not. */
import { expect } from 'vitest';

/** Throws at the first tag that does not close as it should, as a parser of XML would. */
export function requireWellFormed(page: string): void {
  const open: string[] = [];
  const body = page.replace(/^<!doctype html>\n/, '').replace(/<style>[^<]*<\/style>/, '');
  expect(body.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
  const rest = body.replace(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end, name: string, __, alone) => {
      if (end === '/') expect(open.pop(), `</${name}>`).toBe(name);
      else if (alone === '') open.push(name);
      return '';
    },
  );
  expect(rest).not.toMatch(/[<>]/);
  expect(open).toEqual([]);
}
