/** The printed policy of each command of day two, enforced: it is enough, and each action taken out of it is missed by name. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { POLICY_COMMANDS, type PolicyCommand } from '../../src/domain/iam/right.ts';
import { rightsOf } from '../../src/domain/iam/rights.ts';
import { FULL } from '../matrix.ts';
import { COLLABCANVAS, type Ended } from './command-line.ts';
import { openPolicyStage, without, type Canvas } from './policy-canvas.ts';

const stage = await openPolicyStage();
afterEach(() => stage.closeCanvas());
afterAll(() => stage.sandbox.close());

const PROJECT = ['--project', 'collabcanvas-backend'];
const ALONE = ['--no-probe', '--no-verify', '--yes'];
const SETUP = ['setup', ...COLLABCANVAS, ...ALONE];
const NAMED = ['--snapshot-name', 'monday', '--yes'];
const SNAPSHOT = ['snapshot', 'create', ...PROJECT, ...NAMED];
const SERVERLESS = ['--serverless'];
const TOKEN = ['--auth', 'token', '--fix-execution-role'];

interface DayTwo {
  readonly title: string;
  readonly of: PolicyCommand;
  readonly argv: readonly string[];
  readonly setup?: readonly string[];
  readonly before?: readonly string[];
  /** What `policy` is told besides. */
  readonly scope?: readonly string[];
}

const ALL: readonly DayTwo[] = [
  { title: 'logs', of: 'logs', argv: ['logs', ...PROJECT] },
  {
    title: 'alarms',
    of: 'alarms',
    argv: ['alarms', ...PROJECT, '--alarm-email', 'ops@example.com', '--yes'],
  },
  {
    title: 'alarms --no-monitoring',
    of: 'alarms',
    argv: ['alarms', ...PROJECT, '--no-monitoring', '--yes'],
    before: ['alarms', ...PROJECT, '--alarm-email', 'ops@example.com', '--yes'],
  },
  { title: 'snapshot create', of: 'snapshot', argv: SNAPSHOT },
  {
    title: 'snapshot create of a serverless cache',
    of: 'snapshot',
    argv: SNAPSHOT,
    setup: SERVERLESS,
    scope: SERVERLESS,
  },
  { title: 'snapshot list', of: 'snapshot', argv: ['snapshot', 'list', ...PROJECT], before: SNAPSHOT },
  { title: 'snapshot delete', of: 'snapshot', argv: ['snapshot', 'delete', ...NAMED], before: SNAPSHOT },
  {
    title: 'rotate-token',
    of: 'rotate-token',
    argv: ['rotate-token', ...COLLABCANVAS, ...ALONE],
    setup: TOKEN,
    scope: ['--auth', 'token'],
  },
  { title: 'scale', of: 'scale', argv: ['scale', ...COLLABCANVAS, '--replicas', '1', ...ALONE] },
  {
    title: 'drill outage',
    of: 'drill',
    argv: ['drill', 'outage', ...PROJECT, '--seconds', '5', '--no-probe', '--yes'],
  },
  {
    title: 'drill failover',
    of: 'drill',
    argv: ['drill', 'failover', ...PROJECT, '--no-probe', '--yes'],
    setup: ['--replicas', '1', '--multi-az'],
  },
];

async function begin(app: Canvas, { setup = [], before }: DayTwo): Promise<void> {
  app.enforce(undefined);
  for (const argv of [[...SETUP, ...setup], ...(before ? [before] : [])])
    expect((await app.run(...argv)).result.error?.message).toBeUndefined();
}

/** With exactly its document. */
async function readUsual(command: DayTwo) {
  const app = await stage.canvas();
  await begin(app, command);
  const document = await app.policy('--for', command.of, ...(command.scope ?? []));
  app.enforce(document);
  const earlier = app.calls().length;
  const ended = await app.run(...command.argv);
  const calls = new Set(app.calls().slice(earlier));
  await stage.closeCanvas();
  return { ...command, document, ended, calls };
}

const usual: Awaited<ReturnType<typeof readUsual>>[] = [];
for (const command of FULL ? ALL : ALL.slice(0, 1)) usual.push(await readUsual(command));

/** It is looked at in `connect.test.ts`, through a real tunnel; the others in `policy-command.test.ts`. */
const ELSEWHERE: readonly PolicyCommand[] = [
  'connect',
  ...(['setup', 'plan', 'verify', 'status', 'rollback', 'destroy'] as const),
];

test('no command is forgotten', () => {
  expect(new Set([...ALL.map(({ of }) => of), ...ELSEWHERE])).toEqual(new Set(POLICY_COMMANDS));
});

test.each(usual)('$title passes with exactly its document', ({ ended }) => {
  expect([ended.exitCode, ended.result.error?.message]).toEqual([0, undefined]);
  expect(JSON.stringify(ended.events)).not.toContain('not allowed');
});

const cells = usual.flatMap(({ document, ...command }) =>
  [...new Set(document.Statement.flatMap(({ Action }) => Action))].map((action) => ({
    ...command,
    document,
    action,
  })),
);

/** A right that is no call of its own is taken with another. */
function isAsked({ of, calls }: { of: PolicyCommand; calls: ReadonlySet<string> }, action: string): boolean {
  return rightsOf([of]).some(
    (right) =>
      right.action === action &&
      (right.partOf !== undefined ? right.when === undefined && calls.has(right.partOf) : calls.has(action)),
  );
}

function mustMissByName(ended: Ended, action: string, asked: boolean): void {
  if (ended.exitCode === 0) {
    // A drill that may not read the log has seen what it tells by itself, and says that it has read none.
    const isSaid = JSON.stringify(ended.events).includes(action) || ended.result.drill?.log === null;
    expect([action, !asked || isSaid]).toEqual([action, true]);
  } else {
    expect([ended.exitCode, ended.result.error?.message]).toEqual([3, expect.stringContaining(action)]);
    expect(ended.result.error?.hint).not.toBe('');
  }
}

describe('with one action less', () => {
  test.each(FULL ? cells : cells.filter(({ action }) => action === 'logs:FilterLogEvents'))(
    '$title: $action is missed by name',
    async ({ action, document, ...command }) => {
      const app = await stage.canvas();
      await begin(app, command);
      app.enforce(without(document, action));
      mustMissByName(await app.run(...command.argv), action, isAsked(command, action));
    },
  );
});
