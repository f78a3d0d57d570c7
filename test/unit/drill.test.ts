/** What a drill concludes from what visitors and the app have shown, and how rules that are away are written down. */
import { describe, expect, test } from 'vitest';
import type { DrillReport, LoadReport } from '../../src/domain/drill.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import { takenRules, takenTags } from '../../src/domain/taken-ingress.ts';
import type { AppEvidence } from '../../src/drills/app-evidence.ts';
import { failoverVerdict } from '../../src/drills/failover-verdict.ts';
import { outageVerdict } from '../../src/drills/outage-verdict.ts';
import { timelineOf, usualOf } from '../../src/drills/timeline.ts';
import type { Visit } from '../../src/drills/visit.ts';
import { formatDrill } from '../../src/output/format-drill.ts';
import { paintWith } from '../../src/output/paint.ts';

/** One a second: a value that was shown, or a status. */
function visitsOf(...seen: readonly (string | number)[]): Visit[] {
  return seen.map((each, second) => ({
    at: second * 1000,
    ms: 10,
    status: typeof each === 'number' ? each : 200,
    value: typeof each === 'number' ? undefined : each,
    error: undefined,
  }));
}

const USUAL = { status: 200, value: '36' };
const seenAs = (...seen: readonly (string | number)[]): LoadReport =>
  timelineOf(visitsOf(...seen), USUAL, { since: 0, wanted: 3 });

describe('visits', () => {
  test('that fail for a while are counted and timed from the first to the last', () => {
    expect(seenAs('36', 502, '36', 502, '36', '36', '36')).toMatchObject({
      requests: 7,
      failed: 2,
      errorSeconds: 2,
      errors: [{ what: '502', times: 2 }],
      recoveredAfterSeconds: 3,
    });
  });

  test('that show what a task keeps to itself have failed, though they were answered', () => {
    expect(seenAs('36', '57', '12', '36', '36', '36')).toMatchObject({ failed: 2, otherValues: 2 });
  });

  test('that all show what somebody has written meanwhile are well', () => {
    const load = seenAs('36', '36', '37', '37', '37');
    expect(load).toMatchObject({ failed: 0, value: { before: '36', after: '37' } });
  });

  test('that never agree again have not come back', () => {
    expect(seenAs('36', '57', '36', '57', '36')).toMatchObject({ recoveredAfterSeconds: null });
  });

  test('are compared only where all showed the same before, and more than nothing', () => {
    expect(usualOf(visitsOf('36', '36'), true)).toEqual(USUAL);
    expect(usualOf(visitsOf('36', '57'), true)).toEqual({ status: 200, value: undefined });
    expect(usualOf(visitsOf('0', '0'), true)).toEqual({ status: 200, value: undefined });
    expect(usualOf(visitsOf('36', 500), true)).toBeUndefined();
  });
});

const QUIET: AppEvidence = { log: [], symptom: undefined, tasksReplaced: 0 };
const lost = (word: string, line: string): AppEvidence => ({
  log: [{ word, times: 3, line }],
  symptom: { word, meaning: 'as it means', fix: '' },
  tasksReplaced: 0,
});
const PASSING = { outcome: 'pass', detail: 'connected' } as const;

describe('a failover', () => {
  test.each([
    ['redis.exceptions.ReadOnlyError: You can’t write', 'redis-py: retry=Retry'],
    ['ReplyError: READONLY You can’t write', 'ioredis: reconnectOnError'],
    ['io.lettuce.core.RedisReadOnlyException', 'networkaddress.cache.ttl=5'],
  ])('that leaves %s in the log is mended by a setting of that client', (line, setting) => {
    const load = seenAs('36', 500, 500, 500);
    const { outcome, hint } = failoverVerdict({ load, app: lost('READONLY', line), usage: undefined });
    expect(outcome).toBe('fail');
    expect(hint).toMatch(setting);
  });

  test('after which pages are answered from elsewhere than the primary is none that the app came back from', () => {
    const usage = { outcome: 'fail', detail: 'none of 2 has a connection', hint: '' } as const;
    const load = seenAs('36', '36', '36');
    expect(failoverVerdict({ load, app: QUIET, usage })).toMatchObject({ outcome: 'fail' });
  });

  test('that no visitor notices proves something only where the tasks are seen at the new primary', () => {
    const load = seenAs('36', '36', '36');
    expect(failoverVerdict({ load, app: QUIET, usage: undefined }).outcome).toBe('inconclusive');
    expect(failoverVerdict({ load, app: QUIET, usage: PASSING }).outcome).toBe('pass');
  });

  test('that nobody could see proves nothing', () => {
    expect(failoverVerdict({ load: undefined, app: QUIET, usage: undefined }).outcome).toBe('inconclusive');
  });
});

describe('an outage', () => {
  test('is survived by an app that is answered for all along and is on its cache again', () => {
    const load = seenAs('36', '57', '36', '36', '36');
    expect(outageVerdict({ load, app: QUIET, usage: PASSING }).outcome).toBe('pass');
  });

  test('is not survived by one whose tasks end', () => {
    const load = seenAs('36', '36', '36');
    expect(outageVerdict({ load, app: { ...QUIET, tasksReplaced: 1 }, usage: PASSING }).outcome).toBe('fail');
  });

  test('that nothing shows any sign of proves nothing', () => {
    const { outcome, hint } = outageVerdict({ load: seenAs('36', '36', '36'), app: QUIET, usage: PASSING });
    expect(outcome).toBe('inconclusive');
    expect(hint).toMatch('CLIENT KILL');
  });
});

describe('rules that are away', () => {
  const rules: Permission[] = [
    {
      protocol: 'tcp',
      fromPort: 6379,
      toPort: 6379,
      source: { groupId: 'sg-0a1b' },
      description: 'Tasks of backend',
    },
    {
      protocol: 'tcp',
      fromPort: 6379,
      toPort: 6380,
      source: { cidr: '10.0.0.0/8' },
      description: 'ops (#1), {x}=é!',
    },
    { protocol: '-1', fromPort: -1, toPort: -1, source: { cidr: 'fd00::/8' } },
    { protocol: 'tcp', fromPort: 0, toPort: 65535, source: { prefixListId: 'pl-12' } },
  ];

  test('are read back from tags as they were', () => {
    const tags = takenTags(rules, {})!;
    expect(takenRules({ Name: 'redis', ...tags })).toEqual(rules);
    for (const value of Object.values(tags)) expect(value).toMatch(/^[\p{L}\p{N} .:/=+@_-]{1,256}$/u);
  });

  test('are not taken where there is no room to write them down', () => {
    const many = Object.fromEntries(Array.from({ length: 48 }, (_, n) => [`key-${n}`, '']));
    expect(takenTags(rules, many)).toBeUndefined();
    expect(takenTags([{ ...rules[0]!, description: '('.repeat(200) }], {})).toBeUndefined();
  });
});

test('a drill is told in words', () => {
  const report: DrillReport = {
    kind: 'failover',
    cache: 'web-redis',
    startedAt: '2026-11-21T10:00:00.000Z',
    seconds: 130,
    url: 'http://web/api/count',
    ...seenAs('36', 502, '36', '36', '36'),
    recovered: true,
    tasksReplaced: 0,
    log: [{ word: 'READONLY', times: 2, line: 'READONLY You can’t write' }],
    usage: PASSING,
    failover: {
      nodeGroupId: '0001',
      from: 'web-redis-001',
      to: 'web-redis-002',
      seconds: 25,
      availableAfterSeconds: 70,
    },
    verdict: { outcome: 'pass', detail: 'the app came back by itself after 2 s' },
  };
  expect(formatDrill(report, paintWith(false)).join('\n')).toMatchInlineSnapshot(`
    "drill       failover of web-redis, 2 min 10 s in all
      failover  shard 0001: web-redis-001 → web-redis-002, in 25 s by AWS’s events, all nodes back after 1 min 10 s
      visits    5 of http://web/api/count
      failed    1, over 0 s: 502 × 1
      latency   10 ms usually, 10 ms at worst
      value     36 before, 36 after
      app log   READONLY × 2: “READONLY You can’t write”
      connected connected
    ✔ the app came back by itself after 2 s"
  `);
  expect(formatDrill(report, paintWith(false), 60).slice(1, 4)).toEqual([
    '  failover  shard 0001: web-redis-001 → web-redis-002, in 25',
    '            s by AWS’s events, all nodes back after 1 min 10',
    '            s',
  ]);
});
