/** The end of a run that proved itself: a picture of the refreshes that is understood without colour and fits 80 columns. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CheckEvidence, Shown } from '../../src/domain/check-evidence.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import { formatNext } from '../../src/output/format-next.ts';
import { formatChecklist } from '../../src/output/format-proof.ts';
import { paintWith } from '../../src/output/paint.ts';
import { refreshRows } from '../../src/output/refresh-picture.ts';
import { isProven } from '../../src/output/result.ts';
import { answers } from './reported-run.ts';

const plain = paintWith(false);

type Refreshes = NonNullable<CheckEvidence['refreshes']>;

function counted(values: readonly string[]): Shown[] {
  return [...new Set(values)].map((value) => ({
    value,
    times: values.filter((each) => each === value).length,
  }));
}

function refreshes(before: readonly string[], now: readonly string[]): Refreshes {
  return {
    now: counted(now),
    nowInOrder: now,
    before: { shown: 'some', counts: counted(before), inOrder: before },
  };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const inTurn = (count: number, values: readonly string[]): string[] =>
  Array.from({ length: count }, (_, at) => values[at % values.length]!);

describe('the picture of the refreshes', () => {
  test('shows each value in the order of the refreshes, and says what the colours say', () => {
    expect(refreshRows(refreshes(inTurn(10, ['36', '57', '9']), times(10, '36')), plain)).toEqual([
      'before  36 57  9 36 57  9 36 57  9 36  3 different',
      'now     36 36 36 36 36 36 36 36 36 36  all the same',
    ]);
  });

  test('gives a value the same colour before and now, and each other one another', () => {
    const [before = '', now = ''] = refreshRows(
      refreshes(['36', '57', '12'], ['36', '36', '36']),
      paintWith(true),
    );
    const colourOf = (row: string, value: string): string =>
      row.slice(row.indexOf(value) - 5, row.indexOf(value));
    expect(colourOf(before, '36')).toBe(colourOf(now, '36'));
    expect(new Set(['36', '57', '12'].map((value) => colourOf(before, value))).size).toBe(3);
  });

  test('has a letter for each value where values are long, and is cut where refreshes are many', () => {
    const rows = refreshRows(
      refreshes(inTurn(40, ['1a2b3c4d (2048 characters)', '5e6f7a8b (19 characters)']), times(40, '36')),
      paintWith(true),
    ).map(stripVTControlCharacters);
    expect(rows[0]).toMatch(/^before {2}B C B C .* \.\.\. {2}2 different$/);
    expect(rows[1]).toMatch(/^now {5}A A A .* \.\.\. {2}all the same$/);
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThan(67);
  });

  test('tells in words how it was before where the values were not kept', () => {
    const seen = { now: counted(['36']), nowInOrder: ['36'], before: { shown: 'each task showed its own' } };
    expect(refreshRows(seen, plain)).toEqual([
      'before  each task showed its own',
      'now     36  all the same',
    ]);
  });
});

describe('the checklist', () => {
  test('has the refreshes, the latency, the revision and the cookie of what is proven, on 80 columns', () => {
    const lines = formatChecklist({ checks: asked(answers()), proven: true }, plain);
    expect(lines).toMatchInlineSnapshot(`
      [
        "✔ refreshes  before   36  36  36  36  57  57  57  12  12  12  3 different",
        "             now     105 105 105 105 105 105 105 105 105 105  all the same",
        "✔ latency    PING in 0.31 ms, 99 of 100 within 0.84 ms, from us-east-1a",
        "             PING in 0.72 ms, 99 of 100 within 2.4 ms, from us-east-1b",
        "✔ revision   revision is as it should be",
        "✔ cookie     stickiness is as it should be",
      ]
    `);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('is not there where something is open', () => {
    const checks = answers('ingress');
    expect(formatChecklist({ checks: asked(checks), proven: isProven(checks) }, plain)).toEqual([]);
  });
});

describe('what to type next', () => {
  test('has each command in one piece, and its remark below where the window is too narrow for both', () => {
    const next = ['status --project backend   (the way back)', '', 'verify   (proves it)'];
    expect(formatNext(next, 40)).toEqual([
      '',
      'Next:',
      '  status --project backend',
      '    (the way back)',
      '',
      '  verify   (proves it)',
    ]);
    expect(formatNext(next).slice(2, 3)).toEqual(['  status --project backend   (the way back)']);
    expect(formatNext([], 40)).toEqual([]);
  });

  test('is one command to a shell where it is wider than the window, and its remark is wrapped between words', () => {
    const next = [
      'elasticache-wizard verify --service backend --refresh-path <path>   (proves that refreshes agree)',
      'Terraform manages backend: its next deploy takes the variables away;',
      '  "a line to paste, which is longer than the window": 1',
    ];
    expect(formatNext(next, 40).slice(2)).toEqual([
      '  elasticache-wizard verify \\',
      '    --service backend \\',
      '    --refresh-path <path>',
      '    (proves that refreshes agree)',
      '  Terraform manages backend: its next',
      '  deploy takes the variables away;',
      '    "a line to paste, which is longer than the window": 1',
    ]);
  });
});

function asked(checks: readonly CheckReport[]) {
  return checks.map((check) => ({ ...check, asks: '' }));
}
