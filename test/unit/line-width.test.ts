/** How wide a text is, with and without Unicode's tables. */
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { cut, widthOf } from '../../src/output/line-width.ts';

test('what our own texts are written in is as wide as Unicode says', () => {
  const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
  for (const letter of `${ascii}‘’“”–…→×≤≥✔✖`)
    expect([letter, widthOf(letter)]).toEqual([letter, stringWidth(letter)]);
});

test('other letters, and what colours them, are as wide as Unicode says', () => {
  expect(widthOf('缓存 → é')).toBe(8);
  expect(widthOf('✔️')).toBe(2);
  expect(widthOf('\u001b[32m✔\u001b[39m ok')).toBe(4);
});

test('a line that is cut ends with a whole letter', () => {
  expect(cut('the cache → ready', 12)).toBe('the cache →…');
  expect(cut('缓存缓存', 6)).toBe('缓存…');
});
