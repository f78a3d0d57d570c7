import { describe, expect, test } from 'vitest';
import { costOf, costOfSecrets } from '../../src/domain/cost.ts';
import { formatPlan } from '../../src/output/format-plan.ts';
import { paintWith } from '../../src/output/paint.ts';

const plain = paintWith(false);

describe('what a cache costs a month', () => {
  test('nodes cost the same idle or busy, and each of them', () => {
    const [cost] = costOf(
      {
        name: 'web',
        engine: 'valkey',
        nodes: { cacheNodeType: 'cache.t3.small', count: 2 },
        snapshotRetention: 0,
      },
      'us-east-1',
    );
    expect(cost).toMatchObject({ what: 'web', idleMonthlyUsd: 39.71 });
    expect(cost?.typicalMonthlyUsd).toBeUndefined();
  });

  test('serverless has a floor, of which Redis OSS has the higher one', () => {
    const floor = (engine: 'redis' | 'valkey') =>
      costOf({ name: 'web', engine, snapshotRetention: 0 }, 'us-east-1')[0]?.idleMonthlyUsd;
    expect(floor('redis')).toBe(91.25);
    expect(floor('valkey')).toBe(6.13);
  });

  test('serverless in use costs what is stored and what is asked', () => {
    // 1 GB x 730 h x $0.084, and 50 a second x 2,628,000 s x $0.0023 a million.
    const [cost] = costOf({ name: 'web', engine: 'valkey', snapshotRetention: 0 }, 'us-east-1');
    expect(cost?.typicalMonthlyUsd).toBe(61.62);
  });

  test('another region than the table’s is never scaled', () => {
    for (const nodes of [undefined, { cacheNodeType: 'cache.t3.micro', count: 1 }]) {
      const [cost] = costOf(
        { name: 'web', engine: 'redis', snapshotRetention: 0, ...(nodes ? { nodes } : {}) },
        'ap-south-1',
      );
      expect(cost).toBeDefined();
      expect(cost?.idleMonthlyUsd).toBeUndefined();
      expect(cost?.note).not.toContain('0.125');
    }
    expect(costOfSecrets(2, 'ap-south-1')[0]?.idleMonthlyUsd).toBeUndefined();
  });

  test('the older free tier is spoken of where it could apply, and nowhere else', () => {
    const note = (cacheNodeType: string, count: number) =>
      costOf(
        { name: 'web', engine: 'redis', nodes: { cacheNodeType, count }, snapshotRetention: 0 },
        'us-east-1',
      )[0]?.note;
    expect(note('cache.t3.micro', 1)).toContain('free tier');
    expect(note('cache.t3.micro', 2)).not.toContain('free tier');
    expect(note('cache.t4g.micro', 1)).not.toContain('free tier');
  });

  test('backups and secrets are told beside it', () => {
    const costs = [
      ...costOf(
        {
          name: 'web',
          engine: 'redis',
          nodes: { cacheNodeType: 'cache.t3.micro', count: 1 },
          snapshotRetention: 7,
        },
        'us-east-1',
      ),
      ...costOfSecrets(2, 'us-east-1'),
    ];
    const text = formatPlan({ type: 'plan.ready', changes: [], monthlyUsd: 13.21, costs }, plain).join('\n');
    expect(text).toContain('Price: $13.21 a month');
    expect(text).toContain('web: $12.41, 1 × cache.t3.micro');
    expect(text).toContain('backups of web: $0.085 a GB a month; the first of a cache is free');
    expect(text).toContain('2 secrets: $0.80, Secrets Manager');
  });
});
