import { describe, expect, test } from 'vitest';
import {
  argumentsFor,
  neighboursOf,
  transitionOf,
  type Observed,
  type Size,
} from '../../src/domain/sizing.ts';
import { formatSizing } from '../../src/output/format-sizing.ts';
import { paintWith } from '../../src/output/paint.ts';

const GIB = 1024 ** 3;
const MEDIUM: Size = { cacheNodeType: 'cache.t3.medium', shards: 1, replicas: 0, multiAz: false };
const NOTHING: Observed = {};

function holding(gib: number, more: object = {}): Observed {
  const load = { bytes: gib * GIB, memoryPercent: (gib / 2.32) * 100, ...more };
  return { hour: load, day: load, bytesNow: gib * GIB };
}

function verdicts(from: Size, to: Partial<Size>, observed: Observed): string[] {
  return argumentsFor(from, { ...from, ...to }, observed).map(
    ({ verdict, message }) => `${verdict}: ${message}`,
  );
}

describe('what speaks for or against another size', () => {
  test('data that does not fit into the smaller node stops it', () => {
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.t3.micro' }, holding(0.9))).toEqual([
      expect.stringContaining('stop: data of 0.90 GiB does not fit into cache.t3.micro (0.38 GiB usable)'),
    ]);
  });

  test('data that fits, and nearly did not, only speaks against it', () => {
    const day = holding(0.9).day;
    const since = { ...holding(0.1), ...(day ? { day } : {}) };
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.t3.micro' }, since)).toEqual([
      expect.stringContaining('against: it would be 237 % full'),
    ]);
  });

  test('an almost empty cache may be smaller, and need not be larger', () => {
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.t3.small' }, holding(0.05))).toEqual([
      expect.stringMatching(/^for: the data fits: 0\.050 GiB .* 5 % of 1\.03 GiB/),
    ]);
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.m6g.large' }, holding(0.28))).toEqual([
      expect.stringContaining('against: memory was at most 12 % full'),
    ]);
  });

  test('a full one that throws keys away may grow', () => {
    const said = verdicts(MEDIUM, { cacheNodeType: 'cache.m6g.large' }, holding(2.2, { evictions: 40 }));
    expect(said).toEqual([
      expect.stringContaining('for: memory was 95 % full'),
      expect.stringContaining('for: 40 keys were evicted'),
    ]);
  });

  test('a larger node is no cure for a busy engine, which has one core', () => {
    const busy = holding(1.2, { engineCpuPercent: 92 });
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.m6g.large' }, busy)).toEqual([
      expect.stringContaining('note: the engine’s one core was 92 % busy'),
    ]);
  });

  test('fewer shards must hold what all of them hold', () => {
    const three: Size = { ...MEDIUM, shards: 3 };
    expect(verdicts(three, { shards: 2 }, holding(2))).toEqual([
      expect.stringMatching(/^stop: data of 3\.00 GiB/),
    ]);
    expect(verdicts(three, { shards: 2 }, holding(0.2))).toEqual([
      expect.stringMatching(/^for: the data fits/),
    ]);
  });

  test('the last replica is not given up silently, and the first is praised', () => {
    const two: Size = { ...MEDIUM, replicas: 1, multiAz: true };
    expect(verdicts(two, { replicas: 0, multiAz: false }, holding(0.9))).toEqual([
      expect.stringMatching(/^against: without a replica/),
    ]);
    expect(verdicts(MEDIUM, { replicas: 1 }, holding(0.9))).toEqual([
      expect.stringContaining('add --multi-az'),
    ]);
  });

  test('where CloudWatch has nothing, that is said, and nothing is stopped', () => {
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.t3.micro' }, NOTHING)).toEqual([
      'note: CloudWatch has nothing of the last day: whether the data fits is not known',
    ]);
  });

  test('of a type whose memory is not known nothing is claimed', () => {
    expect(verdicts(MEDIUM, { cacheNodeType: 'cache.m7g.large' }, holding(0.9))).toEqual([
      expect.stringContaining('note: how much cache.m7g.large holds is not known here'),
    ]);
  });
});

test('each change tells what clients notice of it', () => {
  const to: Size = { cacheNodeType: 'cache.t3.small', shards: 1, replicas: 1, multiAz: true };
  expect(transitionOf(MEDIUM, to)).toEqual([
    expect.stringContaining('clients must connect anew'),
    expect.stringContaining('new replicas copy the data'),
    'Multi-AZ is turned on: nothing stops',
  ]);
  expect(transitionOf(MEDIUM, MEDIUM)).toEqual([]);
});

test('the choices around it are shown with price, room, and how full each would be', () => {
  const observed = holding(0.9);
  const neighbours = neighboursOf(MEDIUM, 'redis', 'us-east-1', observed);
  const from = { ...MEDIUM, monthlyUsd: 49.64 };
  const shown = formatSizing(
    { cache: 'web', engine: 'redis', from, observed, arguments: [], meanwhile: [], neighbours },
    paintWith(false),
  );
  expect(shown.find((line) => line.startsWith('  ='))).toMatch(/cache\.t3\.medium +49\.64 +2\.32 +39 % full/);
  expect(shown.find((line) => line.includes('cache.t3.small'))).toMatch(/24\.82 +1\.03 +87 % full/);
  expect(neighboursOf(MEDIUM, 'redis', 'eu-west-1', observed)).toEqual([]);
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(80);
});
