import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { CHECKS, rungOf, type CheckReport } from '../../src/domain/check.ts';
import { monthlyUsd, usableGib } from '../../src/domain/cost.ts';
import type { WizardEvent } from '../../src/engine/events.ts';
import { WizardError } from '../../src/errors.ts';
import { asWizardError, formatError } from '../../src/output/format-error.ts';
import { formatCheck, formatFindings } from '../../src/output/format-checks.ts';
import { formatDuration } from '../../src/output/format-duration.ts';
import { formatPlan, type PlanReady } from '../../src/output/format-plan.ts';
import { formatResult } from '../../src/output/format-result.ts';
import { toJsonLine } from '../../src/output/json-renderer.ts';
import { linesRenderer } from '../../src/output/lines-renderer.ts';
import { openOutput } from '../../src/output/output.ts';
import { paintWith } from '../../src/output/paint.ts';
import { isProven, resultOf, type Facts } from '../../src/output/result.ts';
import { ttyRenderer, type TerminalStream } from '../../src/output/tty-renderer.ts';
import { answers, FIX, reported } from './reported-run.ts';

const plain = paintWith(false);
const cache = { kind: 'cache', name: 'web-redis' } as const;

const pending: PlanReady = {
  type: 'plan.ready',
  monthlyUsd: 12.41,
  usualMs: 15 * 60_000,
  changes: [
    {
      ref: { kind: 'securityGroup', name: 'web-redis-sg' },
      change: { action: 'create', details: [{ field: 'ingress', to: 'TCP 6379 from sg-1' }] },
    },
    {
      ref: cache,
      change: {
        action: 'create',
        details: [
          { field: 'engine', to: 'redis 7.1', origin: 'default' },
          { field: 'node type', to: 'cache.t3.micro', origin: 'flag' },
        ],
      },
    },
    {
      ref: { kind: 'service', name: 'backend' },
      change: {
        action: 'update',
        details: [{ field: 'task definition', from: 'backend:41', to: 'a new revision' }],
      },
    },
    { ref: { kind: 'ping', name: 'backend' }, change: { action: 'none', outputs: {} } },
    { ref: { kind: 'stickiness', name: 'web' }, change: { action: 'none', outputs: {} } },
  ],
};

describe('the plan', () => {
  test('says what is made, changed and left alone, where values come from, the price and what restarts', () => {
    expect(formatPlan(pending, plain)).toMatchInlineSnapshot(`
      [
        "Plan",
        "  + security group web-redis-sg",
        "      ingress  TCP 6379 from sg-1",
        "  + cache web-redis",
        "      engine     redis 7.1       default",
        "      node type  cache.t3.micro  flag",
        "  ~ service backend",
        "      task definition  backend:41 → a new revision",
        "  = stickiness web: as it should be",
        "",
        "Price: $12.41 a month (us-east-1, on demand, of 2026-10-02)",
        "Takes: about 15 min",
        "Restarts: the tasks of backend, one deployment as its own settings say",
      ]
    `);
  });

  test('says that there is nothing to do', () => {
    const changes = [{ ref: cache, change: { action: 'none', outputs: {} } }] as const;
    expect(formatPlan({ type: 'plan.ready', changes, monthlyUsd: undefined }, plain)).toMatchInlineSnapshot(`
      [
        "Plan: nothing to change",
        "  = cache web-redis: as it should be",
        "Price: not known here (only us-east-1's is, of 2026-10-02); see aws.amazon.com/elasticache/pricing",
      ]
    `);
  });

  test('says what blocks it and what to do', () => {
    const change = {
      action: 'blocked',
      reason: 'somebody else made it',
      hint: 'Choose another --cache-name.',
    } as const;
    expect(formatPlan({ type: 'plan.ready', changes: [{ ref: cache, change }], monthlyUsd: 1 }, plain))
      .toMatchInlineSnapshot(`
      [
        "Plan",
        "  ! cache web-redis",
        "      somebody else made it",
        "      Try: Choose another --cache-name.",
      ]
    `);
  });
});

test('durations are read at a glance', () => {
  expect([400, 12_000, 60_000, 125_000, 3_600_000, 3_780_000].map(formatDuration)).toEqual([
    '0.4 s',
    '12 s',
    '1 min',
    '2 min 5 s',
    '1 h',
    '1 h 3 min',
  ]);
});

test('prices are known for one region only, by the node, with Valkey a fifth cheaper', () => {
  expect(monthlyUsd('cache.t3.micro', 'redis', 1, 'us-east-1')).toBe(12.41);
  expect(monthlyUsd('cache.t3.micro', 'redis', 2, 'us-east-1')).toBe(24.82);
  expect(monthlyUsd('cache.t3.micro', 'valkey', 1, 'us-east-1')).toBe(9.93);
  expect(monthlyUsd('cache.t3.micro', 'redis', 1, 'eu-west-1')).toBeUndefined();
  expect(monthlyUsd('cache.x9.huge', 'redis', 1, 'us-east-1')).toBeUndefined();
  expect(usableGib('cache.t3.micro')).toBe(0.38);
});

const passed: CheckReport[] = [
  { id: 'ping', outcome: 'pass', detail: 'PONG in 0.4 ms' },
  { id: 'refresh', outcome: 'pass', detail: '10 refreshes show 105' },
];

describe('checks', () => {
  const reports: CheckReport[] = [
    {
      id: 'ingress',
      outcome: 'fail',
      detail: 'port 6379 is closed',
      hint: 'Open it.',
      fix: 'aws ec2 open --port 6379',
    },
    {
      id: 'ping',
      outcome: 'skip',
      detail: 'not asked: ingress fails, which it rests on',
      stoppedBy: 'ingress',
    },
    {
      id: 'logs',
      outcome: 'inconclusive',
      detail: 'no log group',
      means: 'nothing is known',
      hint: 'Use awslogs.',
    },
    { id: 'stickiness', outcome: 'skip', detail: 'a network load balancer has no cookies' },
    passed[1]!,
  ];

  test('one line each in a log, whatever there is to say, so that it can be searched', () => {
    expect(reports.map((report) => formatCheck(report, plain)).map((lines) => lines.length)).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect(
      reports.flatMap((report) => formatCheck(report, plain)).map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      '✖ ingress port 6379 is closed',
      '- ping not asked: ingress fails, which it rests on (skipped)',
      '? logs no log group (inconclusive)',
      '- stickiness a network load balancer has no cookies (skipped)',
      '✔ refresh 10 refreshes show 105',
    ]);
  });

  test('no line is wider than the terminal, and what was not asked is left to the end', () => {
    const lines = reports.flatMap((report) => formatCheck(report, plain, 40));
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
    expect(lines.join('\n')).toContain('…');
    expect(lines.join('\n')).not.toContain('ping');
  });

  test('at the end the cause, what mends it as a line of its own, and then the rest', () => {
    expect(formatFindings(reports, reports[0], plain, 80)).toMatchInlineSnapshot(`
      [
        "- not asked, for ingress fails: ping",
        "✖ root cause: ingress",
        "  seen   port 6379 is closed",
        "  mend   Open it.",
        "aws ec2 open --port 6379",
        "? logs",
        "  seen   no log group",
        "  means  nothing is known",
        "  mend   Use awslogs.",
      ]
    `);
  });

  test('what was seen and what to do are wrapped under their labels, the command never', () => {
    const fix = `aws ${'very-long '.repeat(12)}`.trim();
    const long: CheckReport = {
      id: 'ping',
      outcome: 'fail',
      detail: 'a word '.repeat(20).trim(),
      hint: 'Mend it.',
      fix,
    };
    const lines = formatFindings([long], long, plain, 60);
    expect(lines.filter((line) => line !== fix && line.length > 60)).toEqual([]);
    expect(lines).toContain(fix);
    expect(lines.slice(1, 3)).toEqual([
      `  seen   ${'a word '.repeat(7)}a`,
      `         word${' a word'.repeat(6)} a`,
    ]);
  });

  test('proven is only what was asked of the cache and seen on the refreshes, with nothing against it', () => {
    const [ping, refresh] = passed as [CheckReport, CheckReport];
    expect(isProven(passed)).toBe(true);
    expect(isProven([ping])).toBe(false);
    expect(isProven([ping, { ...refresh, outcome: 'skip' }])).toBe(false);
    expect(isProven([...passed, { id: 'logs', outcome: 'inconclusive', detail: '', hint: '' }])).toBe(true);
    expect(isProven([...passed, { id: 'revision', outcome: 'fail', detail: '', hint: '' }])).toBe(false);
  });
});

describe('errors', () => {
  test('one sentence, then what to do', () => {
    expect(
      formatError(new WizardError('NotFound', 'There is no service x', { hint: 'Name another.' }), plain),
    ).toEqual(['✖ There is no service x', '  Try: Name another.']);
  });

  test('on a terminal no word is broken, and a command that is to be copied stays whole', () => {
    const message = 'The network does not resolve the names of AWS';
    const command = 'aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support Value=true';
    const lines = (hint: string): string[] =>
      formatError(new WizardError('Blocked', message, { hint }), plain, false, 40);
    expect(lines(`Switch it on: ${command}`)).toEqual([
      '✖ The network does not resolve the names',
      '  of AWS',
      '  Try: Switch it on:',
      `       ${command}`,
    ]);
    const then = lines(`Delete it: ${command}. Then run the same command again.`);
    expect(Math.max(...then.map(({ length }) => length))).toBeLessThanOrEqual(40);
    expect(lines('Name another one of those that there are.')).toEqual([
      '✖ The network does not resolve the names',
      '  of AWS',
      '  Try: Name another one of those that',
      '       there are.',
    ]);
  });

  test('with --debug the causes are told, to the first', () => {
    const cause = new Error('socket hang up', { cause: new Error('ECONNRESET') });
    const text = formatError(
      new WizardError('OperationFailed', 'Reading failed', { cause }),
      plain,
      true,
    ).join('\n');
    expect(text).toContain('socket hang up');
    expect(text).toContain('ECONNRESET');
  });

  test('what nobody expected is said to be our mistake', () => {
    expect(asWizardError(new TypeError('x is not a function'))).toMatchObject({
      code: 'OperationFailed',
      message: 'Not expected: x is not a function',
    });
  });
});

const facts: Facts = {
  identity: {
    account: '123456789012',
    arn: 'arn:aws:iam::123456789012:user/me',
    region: 'us-east-1',
    partition: 'aws',
  },
  project: 'backend',
  changes: [{ kind: 'cache', name: 'web-redis', action: 'create', outcome: 'created' }],
  caches: [
    {
      name: 'web-redis',
      engine: 'redis',
      engineVersion: '7.1.0',
      status: 'available',
      endpoint: { address: 'master.web-redis.x.use1.cache.amazonaws.com', port: 6379, kind: 'primary' },
      transitEncryption: true,
      auth: 'none',
      arn: 'arn:aws:elasticache:us-east-1:123456789012:replicationgroup:web-redis',
      cacheNodeType: 'cache.t3.micro',
      nodes: 1,
    },
  ],
  consumers: [
    {
      kind: 'ecs',
      ecsCluster: 'web',
      service: 'backend',
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/backend:42',
      replaces: 'arn:aws:ecs:us-east-1:123456789012:task-definition/backend:41',
      variables: [{ name: 'REDIS_URL', place: 'environment' }],
      rollout: 'COMPLETED',
      runningCount: 3,
      desiredCount: 3,
    },
  ],
  stickiness: [
    {
      targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/73e2',
      enabled: true,
      seconds: 3600,
    },
  ],
  checks: passed,
  monthlyUsd: 12.41,
  awsCalls: { reads: 40, writes: 9 },
  elapsedMs: 1234.5,
};

describe('the result', () => {
  test('for scripts has every field of the contract', () => {
    const {
      type,
      v,
      command,
      ok,
      exitCode,
      account,
      region,
      project,
      proven,
      monthlyUsd: price,
      priceAsOf,
      awsCalls,
      elapsedMs,
    } = resultOf('setup', facts, 0);
    expect({
      type,
      v,
      command,
      ok,
      exitCode,
      account,
      region,
      project,
      proven,
      price,
      priceAsOf,
      awsCalls,
      elapsedMs,
    }).toEqual({
      type: 'result',
      v: 1,
      command: 'setup',
      ok: true,
      exitCode: 0,
      account: '123456789012',
      region: 'us-east-1',
      project: 'backend',
      proven: true,
      price: 12.41,
      priceAsOf: '2026-10-02',
      awsCalls: { reads: 40, writes: 9 },
      elapsedMs: 1235,
    });
  });

  test('of a run that ended early has the error and what was known by then', () => {
    const nothing = {
      changes: [],
      caches: [],
      consumers: [],
      stickiness: [],
      checks: [],
      awsCalls: { reads: 0, writes: 0 },
      elapsedMs: 0,
    };
    const error = new WizardError('NoCredentials', 'Nobody knows you', { hint: 'Log in.' });
    expect(resultOf('setup', nothing, 3, error)).toMatchObject({
      ok: false,
      exitCode: 3,
      account: null,
      monthlyUsd: null,
      proven: false,
      error: { code: 'NoCredentials', message: 'Nobody knows you', hint: 'Log in.' },
    });
  });

  test('has with each answer what was asked, and with the failure the command that mends its cause', () => {
    const { checks, error } = reported('ingress').result;
    expect(checks.map(({ id, asks }) => [id, asks])).toEqual(CHECKS.map((id) => [id, rungOf(id).asks]));
    expect(checks.find(({ id }) => id === 'ingress')).toMatchObject({
      means: expect.any(String) as string,
      fix: FIX,
    });
    expect(error).toEqual({
      code: 'CheckFailed',
      message: 'The check ingress fails',
      hint: 'Mend it.',
      fix: FIX,
    });
  });

  test('for people says what there is and whether it is proven', () => {
    expect(formatResult(resultOf('setup', facts, 0), plain)).toMatchInlineSnapshot(`
      [
        "cache       web-redis  redis 7.1.0, 1 × cache.t3.micro, available",
        "  endpoint  master.web-redis.x.use1.cache.amazonaws.com:6379  TLS, auth none",
        "service     backend  backend:42, 3 of 3 tasks, rollout COMPLETED",
        "  reads     REDIS_URL",
        "  replaces  backend:41",
        "stickiness  web  on, 3600 s",
        "Proven: the cache answers where the app runs, and every refresh shows the same.",
      ]
    `);
  });

  test('on a terminal breaks between facts, and leaves an endpoint whole', () => {
    expect(formatResult(resultOf('setup', facts, 0), plain, 60)).toMatchInlineSnapshot(`
      [
        "cache       web-redis  redis 7.1.0, 1 × cache.t3.micro,",
        "            available",
        "  endpoint  master.web-redis.x.use1.cache.amazonaws.com:6379",
        "            TLS, auth none",
        "service     backend  backend:42, 3 of 3 tasks,",
        "            rollout COMPLETED",
        "  reads     REDIS_URL",
        "  replaces  backend:41",
        "stickiness  web  on, 3600 s",
        "Proven: the cache answers where the app runs, and every",
        "refresh shows the same.",
      ]
    `);
    expect(formatResult(resultOf('setup', facts, 0), plain, 50).slice(2, 5)).toEqual([
      '  endpoint',
      '    master.web-redis.x.use1.cache.amazonaws.com:6379',
      '    TLS, auth none',
    ]);
  });

  test('names what is open when it is not proven', () => {
    const checks: CheckReport[] = [
      passed[0]!,
      { id: 'refresh', outcome: 'skip', detail: 'no --refresh-path' },
    ];
    expect(formatResult(resultOf('setup', { ...facts, checks }, 0), plain).at(-1)).toBe(
      'Not proven: refresh was skipped.',
    );
  });
});

const began: WizardEvent = { type: 'step.started', ref: cache, usualMs: 480_000 };
const creating: WizardEvent = { type: 'step.progress', ref: cache, detail: 'creating', elapsedMs: 0 };
const made: WizardEvent = { type: 'step.finished', ref: cache, outcome: 'created', elapsedMs: 423_000 };

describe('lines for a log', () => {
  function openLines(): {
    said: string[];
    results: string[];
    clock: VirtualClock;
    render: (event: WizardEvent) => void;
  } {
    const clock = new VirtualClock({ start: 0, auto: false });
    const said: string[] = [];
    const results: string[] = [];
    const renderer = linesRenderer({
      write: (lines) => said.push(...lines),
      writeResult: (lines) => results.push(...lines),
      resultEvent: 'check.finished',
      resultColumns: () => undefined,
      paint: plain,
      verbose: false,
      clock,
    });
    return { said, results, clock, render: (event) => renderer.render(event) };
  }

  test('one when a step begins, changes and ends, and none when nothing is new', async () => {
    const { said, clock, render } = openLines();
    render(began);
    render(creating);
    await clock.advance(10_000);
    render(creating);
    render(made);
    expect(said).toMatchInlineSnapshot(`
      [
        "… cache web-redis  usually 8 min",
        "… cache web-redis  creating",
        "✔ cache web-redis created in 7 min 3 s",
      ]
    `);
  });

  test('a sign of life every thirty seconds while nothing changes, and none afterwards', async () => {
    const { said, clock, render } = openLines();
    render(began);
    render(creating);
    await clock.advance(95_000);
    expect(said.slice(2)).toMatchInlineSnapshot(`
      [
        "… cache web-redis  creating  30 s (usually 8 min)",
        "… cache web-redis  creating  1 min (usually 8 min)",
        "… cache web-redis  creating  1 min 30 s (usually 8 min)",
      ]
    `);
    render(made);
    const before = said.length;
    await clock.advance(120_000);
    expect(said.length).toBe(before);
  });

  test('what the command was asked for goes to stdout, the rest does not', () => {
    const { said, results, render } = openLines();
    render({ type: 'check.finished', report: passed[0]! });
    render({ type: 'warning', code: 'x', message: 'Mind the gap.' });
    expect(results).toHaveLength(1);
    expect(said).toEqual(['! Mind the gap.']);
  });

  test('notes are for --verbose', () => {
    const { said, render } = openLines();
    render({ type: 'note', code: 'x', message: 'Not so important.' });
    expect(said).toEqual([]);
  });
});

/** A stream that says it is a terminal and keeps what is written. */
function fakeTerminal(columns: number): { stream: TerminalStream; written: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const cursor = { cursorTo: () => true, moveCursor: () => true, clearLine: () => true };
  return {
    stream: Object.assign(stream, cursor, { isTTY: true, columns, rows: 40 }),
    written: () => stripVTControlCharacters(text),
  };
}

describe('a terminal', () => {
  function openTerminal(columns = 80): {
    written: () => string;
    clock: VirtualClock;
    renderer: ReturnType<typeof ttyRenderer>;
  } {
    const { stream, written } = fakeTerminal(columns);
    const clock = new VirtualClock({ start: 0, auto: false });
    const write = (lines: readonly string[]): void => void stream.write(`${lines.join('\n')}\n`);
    const renderer = ttyRenderer(stream, {
      write,
      writeResult: write,
      resultEvent: undefined,
      resultColumns: () => undefined,
      paint: plain,
      verbose: false,
      clock,
    });
    return { written, clock, renderer };
  }

  test('shows what runs with the status word of AWS, and the usual time, and then a line that stays', () => {
    const { written, renderer } = openTerminal();
    renderer.render(began);
    renderer.render(creating);
    renderer.render({
      type: 'step.started',
      ref: { kind: 'rehearsal', name: 'backend' },
      usualMs: undefined,
    });
    renderer.render(made);
    renderer.close();
    expect(written()).toContain('cache web-redis');
    expect(written()).toContain('usually 8 min');
    expect(written()).toContain('✔ cache web-redis created in 7 min 3 s\n');
  });

  test('no running line is wider than the window, so that all of it can be taken back', () => {
    const { written, renderer } = openTerminal(40);
    renderer.render(began);
    renderer.render({
      ...creating,
      detail: 'a very long explanation of what AWS is doing at this moment',
    });
    renderer.close();
    expect(
      Math.max(
        ...written()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(60);
    expect(written()).not.toContain('at this moment');
  });

  test('is left alone while a question is asked', () => {
    const { written, renderer } = openTerminal();
    renderer.render(began);
    renderer.suspend();
    const before = written();
    renderer.render(creating);
    expect(written()).toBe(before);
    renderer.close();
  });
});

/** All that a person at a terminal of 80 × 24 has seen when a run of `verify` has ended. */
async function screenOf(broken: CheckReport['id']): Promise<{ lines: string[]; stderr: string }> {
  const [stdout, stderr] = [fakeTerminal(80), fakeTerminal(80)];
  const output = await openOutput(
    { stdout: stdout.stream, stderr: stderr.stream },
    {
      ...{ json: false, redraws: false, color: false, colorsStdout: true, verbose: false, debug: false },
      resultEvent: 'check.finished',
      clock: new VirtualClock({ auto: false }),
    },
  );
  const { result } = reported(broken);
  const error = new WizardError('CheckFailed', result.error!.message);
  output.finish(result, { error });
  const asked = result.checks.flatMap((report) => formatCheck(report, plain, 80));
  return { lines: [...asked, ...stdout.written().trimEnd().split('\n')], stderr: stderr.written() };
}

describe('a failing verify on a terminal', () => {
  test('fits the screen, whichever question fails', async () => {
    for (const id of CHECKS) {
      const { lines } = await screenOf(id);
      const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 0);
      // The account above, the prompt below.
      expect(rows, lines.join('\n')).toBeLessThanOrEqual(22);
    }
  });

  test('ends with the cause and its command, said once', async () => {
    const { lines, stderr } = await screenOf('ingress');
    const above = answers('ingress').filter(({ outcome }) => outcome === 'skip');
    expect(lines.join('\n')).toContain(
      `- not asked, for ingress fails: ${above.map(({ id }) => id).join(', ')}`.slice(0, 75),
    );
    expect(lines.at(-1)).toBe(FIX);
    expect(stderr).toBe('');
  });
});

describe('JSON', () => {
  test('errors in events are told by code, sentence and hint, without their insides', () => {
    const error = new WizardError('TimedOut', 'Waited too long', {
      hint: 'Again.',
      cause: new Error('secret inside'),
    });
    const line = toJsonLine({ type: 'step.failed', ref: cache, error, elapsedMs: 1 });
    expect(JSON.parse(line)).toMatchObject({
      error: { code: 'TimedOut', message: 'Waited too long', hint: 'Again.' },
    });
    expect(line).not.toContain('secret inside');
  });

  test('stdout has nothing but objects, the last of them the result', async () => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const clock = new VirtualClock({ auto: false });
    const output = await openOutput(
      { stdout, stderr },
      { json: true, redraws: true, color: true, colorsStdout: true, verbose: true, debug: false, clock },
    );
    output.say(['for people']);
    output.renderer.render(began);
    output.renderer.render(made);
    output.finish(resultOf('setup', facts, 0), { next: ['for people'] });
    const lines = String(stdout.read())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map(({ type }) => type)).toEqual(['step.started', 'step.finished', 'result']);
    expect(stderr.read()).toBeNull();
  });
});
