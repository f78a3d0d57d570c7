/** A terminal's screen as a picture: what is seen, where, and in which colour. */
import { expect, test } from 'vitest';
import { requireWellFormed } from '../unit/well-formed.ts';
import { scrolledText, screenOf } from './screen.ts';
import { screenSvg } from './screen-svg.ts';

const SIZE = { columns: 20, rows: 5 };
const ESCAPE = '\u001b[';

const picture = async (text: string, cursor?: { column: number; row: number }): Promise<string> =>
  screenSvg(await screenOf(text, SIZE, cursor), 'a title');

const textsOf = (svg: string): string[] =>
  svg.split('\n').filter((line) => /^<text x="[\d.]+" y=/.test(line));

test('every word stands in its cell, in its colour', async () => {
  const [, ...texts] = textsOf(
    await picture(`plain ${ESCAPE}1;32mgood${ESCAPE}0m\n  ${ESCAPE}2mfaint${ESCAPE}0m`),
  );
  expect(texts).toEqual([
    '<text x="14" y="48" textLength="42">plain</text>',
    '<text x="64.4" y="48" textLength="33.6" fill="#3fb950" font-weight="bold">good</text>',
    '<text x="30.8" y="67" textLength="42" opacity="0.65">faint</text>',
  ]);
});

test('a mark that comes from another font moves nothing behind it', async () => {
  const [, ...texts] = textsOf(await picture('✔ done'));
  expect(texts).toEqual([
    '<text x="14" y="48" textLength="8.4">✔</text>',
    '<text x="30.8" y="48" textLength="33.6">done</text>',
  ]);
});

test('a wide character takes two cells', async () => {
  const [, ...texts] = textsOf(await picture('漢x'));
  expect(texts).toEqual([
    '<text x="14" y="48" textLength="16.8">漢</text>',
    '<text x="30.8" y="48" textLength="8.4">x</text>',
  ]);
});

test('what is special in XML is written so that it is none', async () => {
  const svg = await picture('<a> & "b"');
  requireWellFormed(svg);
  expect(svg).toContain('&lt;a&gt; &amp; &quot;b&quot;');
});

test('what is selected is painted, and the cursor too', async () => {
  const svg = await picture(`${ESCAPE}7mpicked${ESCAPE}0m`, { column: 2, row: 1 });
  expect(svg).toContain('<rect x="14" y="34" width="50.4" height="19" fill="#e6edf3"/>');
  expect(svg).toContain('<rect x="30.8" y="53" width="8.4" height="19" fill="#e6edf3" opacity="0.55"/>');
});

test('the picture ends where the screen is empty', async () => {
  const heights = await Promise.all(
    ['one', 'one\n\nthree'].map(async (text) => / height="(\d+)"/.exec(await picture(text))?.[1]),
  );
  expect(heights.map(Number)).toEqual([34 + 19 + 14, 34 + 3 * 19 + 14]);
});

test('the same screen is the same file', async () => {
  expect(await picture('✔ done')).toBe(await picture('✔ done'));
});

test('a transcript is what stays on the terminal, however often it was redrawn', async () => {
  const redrawn = `creating 1 s\r${ESCAPE}2Kcreating 2 s\r${ESCAPE}2Kcreated\n${'a long line '.repeat(3)}`;
  expect(await scrolledText(redrawn, 20)).toBe(`created\n${'a long line '.repeat(3).trimEnd()}`);
});
