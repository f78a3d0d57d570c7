import { describe, expect, test } from 'vitest';
import { sizeOptions, type SizeQuestion } from '../../src/domain/size-options.ts';

const question: SizeQuestion = {
  engine: 'redis',
  region: 'us-east-1',
  serverlessAllowed: true,
  usual: 'cache.t3.micro',
};

const shown = (more: Partial<SizeQuestion> = {}): string[] =>
  sizeOptions({ ...question, ...more }).map((option) =>
    option.kind === 'nodes'
      ? `${option.cacheNodeType} $${option.monthlyUsd} ${option.usableGib} GiB`
      : `serverless $${option.monthlyUsd} idle, $${option.typicalMonthlyUsd}`,
  );

describe('the sizes of a new cache', () => {
  test('begin with the usual one, and follow by what they are good for and their price', () => {
    expect(shown()).toMatchInlineSnapshot(`
      [
        "cache.t3.micro $12.41 0.38 GiB",
        "cache.t4g.micro $11.68 0.38 GiB",
        "cache.t4g.small $23.36 1.03 GiB",
        "cache.t3.small $24.82 1.03 GiB",
        "cache.t4g.medium $47.45 2.32 GiB",
        "cache.t3.medium $49.64 2.32 GiB",
        "serverless $91.25 idle, $91.7",
        "cache.m6g.large $108.77 4.79 GiB",
        "cache.m7g.large $115.34 undefined GiB",
        "cache.m6g.xlarge $216.81 9.7 GiB",
        "cache.m7g.xlarge $229.95 undefined GiB",
        "cache.r6g.large $150.38 9.8 GiB",
        "cache.r7g.large $159.87 undefined GiB",
        "cache.r6g.xlarge $300.03 19.74 GiB",
        "cache.r7g.xlarge $319.01 undefined GiB",
      ]
    `);
    const [first, ...others] = sizeOptions(question);
    expect(first).toMatchObject({ isBurstable: true, recommended: expect.stringMatching(/begin/) as string });
    expect(others.filter(({ recommended }) => recommended !== undefined)).toEqual([]);
  });

  test('cost less with Valkey, and serverless least of all while nobody uses it', () => {
    expect(shown({ engine: 'valkey' }).filter((line) => /micro|serverless/.test(line))).toEqual([
      'cache.t3.micro $9.93 0.38 GiB',
      'cache.t4g.micro $9.34 0.38 GiB',
      'serverless $6.13 idle, $61.62',
    ]);
  });

  test('have no price where it is not known, and stand in the same order', () => {
    expect(shown({ region: 'eu-west-1' }).slice(0, 2)).toEqual([
      'cache.t3.micro $undefined 0.38 GiB',
      'cache.t4g.micro $undefined 0.38 GiB',
    ]);
  });

  test('are those that the region has', () => {
    const offered = new Set(['cache.t4g.small', 'cache.r7g.large']);
    expect(shown({ offered, serverlessAllowed: false })).toEqual([
      'cache.t4g.small $23.36 1.03 GiB',
      'cache.r7g.large $159.87 undefined GiB',
    ]);
    const [first] = sizeOptions({ ...question, offered });
    expect(first?.recommended).toMatch(/the smallest that the region has/);
  });

  test.each([
    [{ workload: 'queue' }, true],
    [{ profile: 'bullmq' }, true],
    [{ workload: 'cache', profile: 'bullmq' }, false],
    [{ workload: 'sessions' }, false],
  ] as const)('with %o say whether serverless is for it', (more, isAgainst) => {
    const serverless = sizeOptions({ ...question, ...more }).find(({ kind }) => kind === 'serverless');
    expect(serverless && 'against' in serverless).toBe(isAgainst);
  });
});
