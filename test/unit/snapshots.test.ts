/** What needs no account: the table of snapshots, their names, the hour of an automatic one, and what an embedded server holds. */
import { expect, test } from 'vitest';
import { formatSnapshots } from '../../src/output/format-snapshots.ts';
import type { ResultSnapshot } from '../../src/output/result.ts';
import { parseInput } from '../../src/inputs/resolve.ts';
import { automaticName, untilAutomaticSnapshot } from '../../src/sandbox/elasticache/automatic-snapshots.ts';
import { Dataset } from '../../src/sandbox/redis/embedded-dataset.ts';

const HOUR = 60 * 60_000;

const MONDAY: ResultSnapshot = {
  name: 'monday',
  arn: 'arn:aws:elasticache:us-east-1:111122223333:snapshot:monday',
  cache: 'web-redis',
  engine: 'redis',
  engineVersion: '7.1.0',
  cacheNodeType: 'cache.t3.micro',
  shards: 2,
  sizes: ['3 MB', '4 MB'],
  takenAt: '2026-11-21T03:15:00.000Z',
  source: 'manual',
  status: 'available',
  restorableInto: ['cluster mode', 'serverless'],
};

test('snapshots are a table with a column for all that chooses between them', () => {
  const serverless = {
    ...MONDAY,
    name: 'automatic.close-up-2026-11-21-03-00',
    cacheNodeType: null,
    shards: null,
  };
  const lines = formatSnapshots([MONDAY, { ...serverless, source: 'automatic', sizes: [], takenAt: null }]);
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['SNAPSHOT', 'CACHE', 'ENGINE', 'NODES', 'SIZE', 'TAKEN (UTC)', 'BY', 'STATUS', 'RESTORABLE INTO'],
    [
      ...[
        'monday',
        'web-redis',
        'redis 7.1.0',
        'cache.t3.micro, 2 shards',
        '3 MB + 4 MB',
        '2026-11-21 03:15',
      ],
      ...['hand', 'available', 'cluster mode, serverless'],
    ],
    [
      ...['automatic.close-up-2026-11-21-03-00', 'web-redis', 'redis 7.1.0', 'serverless', '-', '-'],
      ...['AWS, each day', 'available', 'cluster mode, serverless'],
    ],
  ]);
  expect(formatSnapshots([])).toEqual(['There are no snapshots.']);
});

test.each(['Monday', 'before-upgrade-2', 'a'.repeat(255), 'automatic.web-redis-001-2026-11-21-03-00'])(
  'a snapshot may be called %s',
  (name) => expect(parseInput('snapshotName', name)).toEqual({ value: name.toLowerCase() }),
);

test.each(['two--hyphens', 'ends-', '1st', 'under_score', '', 'a'.repeat(256)])(
  'no snapshot is called %s',
  (name) => expect(parseInput('snapshotName', name)).toHaveProperty('problem'),
);

test('the first automatic snapshot comes in a window that is half a day away or more, the next a day later', () => {
  const now = Date.UTC(2026, 10, 21, 2, 59);
  const cache = { snapshotWindow: '03:00-04:00' };
  expect(untilAutomaticSnapshot(cache, now, true)).toBe(24 * HOUR + 60_000);
  expect(untilAutomaticSnapshot(cache, now, false)).toBe(60_000);
  expect(untilAutomaticSnapshot(cache, now + 60_000, false)).toBe(24 * HOUR);
  expect(automaticName('web-redis-002', now)).toBe('automatic.web-redis-002-2026-11-21-02-59');
});

test('an embedded server hands over what it holds, whatever its kind, and not what has ended', () => {
  const data = new Dataset();
  data.set('text', '\u00e9\u00ff');
  data.set('hash', new Map([['one', '1']]), Date.now() + HOUR);
  data.set('members', new Set(['a']));
  data.set('over', 'x', Date.now() - 1);
  const copy = Dataset.of(data.contents());
  expect(copy.keys().sort()).toEqual(['hash', 'members', 'text']);
  expect([copy.string('text'), copy.hash('hash').get('one'), [...copy.members('members')]]).toEqual([
    '\u00e9\u00ff',
    '1',
    ['a'],
  ]);
  expect(copy.entry('hash')?.expiresAt).toBe(data.entry('hash')?.expiresAt);
});
