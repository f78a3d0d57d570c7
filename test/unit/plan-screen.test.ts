/** The plan on a terminal: on few lines, with all that somebody must know before saying yes. */
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlannedChange } from '../../src/engine/events.ts';
import { commandLines, typedLines } from '../../src/output/command-lines.ts';
import { flow } from '../../src/output/flow.ts';
import { formatEvent } from '../../src/output/format-event.ts';
import type { PlanReady } from '../../src/output/format-plan.ts';
import { paintWith } from '../../src/output/paint.ts';
import { planScreen } from '../../src/output/plan-screen.ts';

const plain = paintWith(false);

/** What a question with five choices leaves of a terminal of 24. */
const ROOM = 16;

const subnets = 'subnet-029bbaa9ffe3ca081, subnet-0ade44d3243e407bf in us-east-1a, us-east-1b';
const first: PlanReady = {
  type: 'plan.ready',
  monthlyUsd: 12.41,
  usualMs: 15 * 60_000,
  costs: [
    {
      what: 'collabcanvas-redis',
      idleMonthlyUsd: 12.41,
      note: '1 × cache.t3.micro, idle or busy; free for accounts still in their first twelve months of the older free tier (newer ones have credits)',
    },
  ],
  permanent: [
    { cache: 'collabcanvas-redis', what: ['its name', 'its port', 'its VPC', 'encryption at rest (on)'] },
  ],
  equivalent: [
    ...['npx', 'elasticache-wizard', 'setup', '--ecs-cluster', 'collabcanvas'],
    ...['--service', 'collabcanvas-backend', '--cache-name', 'collabcanvas-redis', '--no-multi-az'],
    ...['--refresh-path', '/api/projects/demo/objects/count', '--refresh-value', '$.count', '--yes'],
  ],
  changes: [
    {
      ref: { kind: 'securityGroup', name: 'collabcanvas-redis-sg' },
      change: {
        action: 'create',
        details: [{ field: 'ingress', to: 'TCP 6379 from sg-06cd8f89ce0fe8b82' }],
      },
    },
    {
      ref: { kind: 'cacheSubnetGroup', name: 'collabcanvas-redis-subnet-group' },
      change: { action: 'create', details: [{ field: 'subnets', to: subnets, origin: 'found' }] },
    },
    {
      ref: { kind: 'cache', name: 'collabcanvas-redis' },
      change: {
        action: 'create',
        details: [
          { field: 'engine', to: 'redis 7.1', origin: 'default' },
          { field: 'node type', to: 'cache.t3.micro', origin: 'answer' },
          { field: 'replicas', to: '0', origin: 'answer' },
          { field: 'Multi-AZ with failover', to: 'off', origin: 'answer' },
          { field: 'port', to: '6379', origin: 'default' },
          { field: 'password', to: 'none', origin: 'default' },
          { field: 'encryption in transit', to: 'on', origin: 'default' },
          { field: 'encryption at rest', to: 'on', origin: 'default' },
          { field: 'snapshot retention', to: '0 days', origin: 'default' },
        ],
      },
    },
    {
      ref: { kind: 'rehearsal', name: 'collabcanvas-backend' },
      change: {
        action: 'create',
        details: [{ field: 'probe', to: 'a task of ours beside the app’s, stopped and removed at once' }],
      },
    },
    {
      ref: { kind: 'taskDefinition', name: 'collabcanvas-backend' },
      change: {
        action: 'update',
        details: [
          {
            field: 'REDIS_URL of backend',
            to: 'the address of collabcanvas-redis, known when it exists',
            origin: 'default',
          },
        ],
      },
    },
    {
      ref: { kind: 'ping', name: 'collabcanvas-backend' },
      change: { action: 'create', details: [{ field: 'PING', to: 'asked from a task' }] },
    },
    {
      ref: { kind: 'service', name: 'collabcanvas-backend' },
      change: {
        action: 'update',
        details: [
          { field: 'task definition', from: 'collabcanvas-backend:2', to: 'the new revision' },
          { field: 'tasks', to: 'all 3 replaced, one rolling deployment' },
        ],
      },
    },
    { ref: { kind: 'stickiness', name: 'backend' }, change: { action: 'none', outputs: {} } },
  ],
};

describe('the plan on a terminal', () => {
  test('of a first setup stands on one screen of 80 × 24 with the question below it', () => {
    const lines = planScreen(first, plain, 80, 24);
    expect(lines.length).toBeLessThanOrEqual(ROOM);
    expect(lines).toMatchInlineSnapshot(`
      [
        "Plan: 3 made (+), 1 changed (~), 1 left alone (=)",
        "+ security group collabcanvas-redis-sg: TCP 6379 from sg-06cd8f89ce0fe8b82;",
        "    subnet group collabcanvas-redis-subnet-group: [found] us-east-1a, b",
        "+ cache collabcanvas-redis: [answer] cache.t3.micro, replicas 0, Multi-AZ off;",
        "    [default] redis 7.1, port 6379, password none, TLS on, encryption at rest",
        "    on, backups 0 days",
        "~ service collabcanvas-backend: collabcanvas-backend:2 → the new revision; tasks",
        "    all 3 replaced, one rolling deployment; [default] REDIS_URL of backend = the",
        "    address of collabcanvas-redis, known when it exists",
        "= as it should be: stickiness backend",
        "PING first: a task of ours beside the app’s, stopped and removed at once",
        "Price: $12.41 a month, 1 × cache.t3.micro, idle or busy (us-east-1, 2026-10-02)",
        "Takes: about 15 min. Restarts: the tasks of collabcanvas-backend",
        "Never changed later: its name, its port, its VPC, encryption at rest (on)",
      ]
    `);
  });

  test('says which command does the same where that pushes nothing out of the window', () => {
    const withoutIt = planScreen(first, plain, 80, 24);
    const whole = planScreen(first, plain, 80);
    expect(whole).toEqual([
      ...withoutIt,
      'Same: npx elasticache-wizard setup --ecs-cluster collabcanvas \\',
      '  --service collabcanvas-backend --cache-name collabcanvas-redis \\',
      '  --no-multi-az --refresh-path /api/projects/demo/objects/count \\',
      "  --refresh-value '$.count' --yes",
    ]);
    expect(planScreen(first, plain, 80, whole.length + 8)).toEqual(whole);
    expect(planScreen(first, plain, 80, whole.length + 7)).toEqual(withoutIt);
  });

  test('says once of a parameter group that it is made, and of which cache it is', () => {
    const parameters = { field: 'parameter group', to: 'a-parameters' };
    const changes: PlannedChange[] = [
      {
        ref: { kind: 'cacheParameterGroup', name: 'a-parameters' },
        change: {
          action: 'create',
          details: [
            { field: 'family', to: 'redis7' },
            { field: 'maxmemory-policy', to: 'allkeys-lru' },
          ],
        },
      },
      { ref: { kind: 'cache', name: 'a' }, change: { action: 'create', details: [parameters] } },
      {
        ref: { kind: 'cache', name: 'b' },
        change: { action: 'create', details: [{ ...parameters, to: 'own' }] },
      },
    ];
    expect(planScreen({ type: 'plan.ready', changes, monthlyUsd: 1 }, plain, 80).slice(1, 4)).toEqual([
      '+ parameter group a-parameters: maxmemory-policy = allkeys-lru',
      '+ cache a',
      '+ cache b: parameter group own',
    ]);
  });

  test('uses the width of a wide one, and not more than can be followed', () => {
    const lines = planScreen(first, plain, 200);
    expect(lines.length).toBeLessThan(planScreen(first, plain, 80).length);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(140);
  });

  test('has every word of it in any width, and no line is wider than the terminal', () => {
    const words = planScreen(first, plain, 140)
      .join(' ')
      .split(/[ \\]+/);
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 140 }), (columns) => {
        const lines = planScreen(first, plain, columns);
        expect(lines.join(' ').split(/[ \\]+/)).toEqual(words);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 40 },
    );
  });

  test('in colour says the same on the same lines', () => {
    const colour = planScreen(first, paintWith(true), 80);
    expect(colour.map(stripVTControlCharacters)).toEqual(planScreen(first, plain, 80));
  });

  test('names who would undo it', () => {
    const undoneBy = [{ service: 'collabcanvas-backend', tool: 'Terraform' }];
    expect(planScreen({ ...first, undoneBy }, plain, 140)).toContain(
      '! Undone by the next deploy of collabcanvas-backend by Terraform, unless its definition says the same',
    );
  });

  test('is told in full where it goes to a file, and with --verbose', () => {
    expect(formatEvent(first, plain, false).join('\n')).toContain(subnets);
    expect(formatEvent(first, plain, true, { columns: 80 }).join('\n')).toContain(subnets);
    expect(formatEvent(first, plain, false, { columns: 80, rows: 24 })).toEqual(
      planScreen(first, plain, 80, 24),
    );
  });

  test('says what is alike once: several caches, their prices and what they can never change', () => {
    const create = (name: string, kind: 'cache' | 'alarms', fields: readonly string[]): PlannedChange => ({
      ref: { kind, name },
      change: { action: 'create', details: fields.map((field) => ({ field, to: '1', origin: 'config' })) },
    });
    const lines = planScreen(
      {
        type: 'plan.ready',
        monthlyUsd: 100,
        costs: ['a', 'b'].map((what) => ({
          what,
          idleMonthlyUsd: 50,
          typicalMonthlyUsd: 70,
          note: 'serverless',
        })),
        permanent: ['a', 'b'].map((cache) => ({ cache, what: ['its name'] })),
        changes: [
          create('a', 'cache', ['replicas']),
          create('b', 'cache', ['replicas']),
          create('a', 'alarms', ['watched', 'Evictions', 'CPUUtilization']),
        ],
      },
      plain,
      80,
    );
    expect(lines).toMatchInlineSnapshot(`
      [
        "Plan: 3 made (+)",
        "+ cache a, b: [config] replicas 1",
        "+ alarms of a: on 2 metrics each (--verbose lists their limits)",
        "Price: $100.00 a month idle, $140.00 in use (us-east-1, 2026-10-02)",
        "  a, b: each $50.00 idle, $70.00 in use, serverless",
        "Restarts: nothing",
        "Never changed later, of a, b: its name",
      ]
    `);
  });

  test('says what is in the way, and what is to be done', () => {
    const reason = 'somebody else made it';
    const changes: PlannedChange[] = [
      { ref: { kind: 'cache', name: 'a' }, change: { action: 'blocked', reason, hint: 'Choose another.' } },
    ];
    expect(planScreen({ type: 'plan.ready', changes, monthlyUsd: 1 }, plain, 80)).toEqual([
      'Plan: 1 in the way (!)',
      '! cache a: somebody else made it. Try: Choose another.',
    ]);
  });

  test('does not call as it should be what a cache is made with', () => {
    const tokens = ['authToken', 'requiredAuthToken'] as const;
    const plan = (created: string): string[] =>
      planScreen(
        {
          type: 'plan.ready',
          monthlyUsd: 1,
          changes: [
            { ref: { kind: 'cache', name: created }, change: { action: 'create', details: [] } },
            ...tokens.map((kind): PlannedChange => ({
              ref: { kind, name: 'a' },
              change: { action: 'none', outputs: {} },
            })),
          ],
        },
        plain,
        80,
      );
    expect(plan('a').join('\n')).not.toContain('AUTH token');
    expect(plan('a')[0]).toBe('Plan: 1 made (+)');
    expect(plan('b')).toContain('= as it should be: AUTH token of a, AUTH token required by a');
  });

  test('says that there is nothing to do', () => {
    const changes: PlannedChange[] = [
      { ref: { kind: 'cache', name: 'a' }, change: { action: 'none', outputs: {} } },
      { ref: { kind: 'stickiness', name: 'b' }, change: { action: 'none', outputs: {}, note: 'it is on' } },
    ];
    expect(planScreen({ type: 'plan.ready', changes, monthlyUsd: 1 }, plain, 80)).toEqual([
      'Plan: nothing to change',
      '= as it should be: cache a',
      '= stickiness b: it is on',
      'Price: $1.00 a month (us-east-1, 2026-10-02)',
    ]);
  });
});

test('a command over several lines is the same command to a shell', () => {
  const words = ['npx', 'wizard', 'setup', '--tag', 'team=a b', '--name', "it's", '--yes'];
  const lines = commandLines(words, 24);
  expect(lines).toEqual(['npx wizard setup \\', "  --tag 'team=a b' \\", "  --name 'it'\\''s' --yes"]);
});

test('so is one that was typed, whatever stands in quotes', () => {
  expect(typedLines("wizard setup --tag 'team=a --b' --yes", 24)).toEqual([
    'wizard setup \\',
    "  --tag 'team=a --b' \\",
    '  --yes',
  ]);
});

test('text is wrapped by what is seen of it, and colour is not seen', () => {
  const lines = flow([{ text: 'one two', tint: 'bad' }, { text: 'three' }], paintWith(true), 7);
  expect(lines.map(stripVTControlCharacters)).toEqual(['one two', '    three']);
  expect(lines[0]).not.toBe('one two');
});
