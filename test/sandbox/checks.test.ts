/** The checks against the sandbox: real tasks that use their cache, or only seem to. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Ref } from '../../src/domain/outputs.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { inMatrix } from '../matrix.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let opened: SandboxAccount | undefined;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterEach(async () => {
  await opened?.account.close();
  opened = undefined;
});

afterAll(() => sandbox.close());

async function canvas(options: Omit<CollabcanvasOptions, 'programsFolder'> = {}): Promise<SandboxAccount> {
  opened = await sandbox.openAccount(quickCanvas(options));
  return opened;
}

/** Where the answer is not the app's: its processes cost more than all the rest. */
const inertCanvas = (): Promise<SandboxAccount> => canvas({ inert: INERT_CANVAS });

const run = (command: string, at: SandboxAccount, ...argv: string[]): Promise<Ended> =>
  commandLine([command, ...COLLABCANVAS, ...REFRESH, ...argv], at, clock);

function checkOf({ result }: Ended, id: CheckReport['id']): CheckReport {
  return result.checks.find((check) => check.id === id)!;
}

function call(at: SandboxAccount, service: string, action: string, input: object): Promise<unknown> {
  const { services, accessKeyId, region } = at.account;
  const answer: unknown = services[service]![action]!(input, {
    service,
    action,
    accessKeyId,
    region,
    requestId: 'test',
  });
  return Promise.resolve(answer);
}

test('an app that connects to its cache and does not use it fails by its refreshes, whatever its log says', async () => {
  const ended = await run('setup', await canvas({ environment: { IGNORE_REDIS: '1' } }), '--yes');
  expect(ended.exitCode).toBe(6);
  expect(checkOf(ended, 'logs').outcome).toBe('pass');
  expect(checkOf(ended, 'refresh')).toMatchObject({ outcome: 'fail' });
  expect(checkOf(ended, 'refresh').detail).toContain('over 3 tasks: each task shows a state of its own');
});

test('which task answered is found in the tasks’ own logs where no header tells', async () => {
  const at = await canvas();
  const path = ['--refresh-path', '/api/projects/demo/objects/count', '--refresh-value', '$.count'];
  const ended = await commandLine(['setup', ...COLLABCANVAS, ...path, '--yes'], at, clock);
  expect(checkOf(ended, 'refresh').outcome).toBe('pass');
  expect(checkOf(ended, 'refresh').detail).toMatch(/over 3 tasks;.*10 of 10 from one task/);
});

test('tasks that agreed before prove nothing', async () => {
  const at = await inertCanvas();
  const constant = ['--refresh-path', '/health', '--refresh-value', '$.status'];
  const ended = await commandLine(['setup', ...COLLABCANVAS, ...constant, '--yes'], at, clock);
  expect(checkOf(ended, 'refresh')).toMatchObject({ outcome: 'inconclusive' });
  expect(checkOf(ended, 'refresh').detail).toContain('agreed before');
  expect(ended.result.proven).toBe(false);
});

test('sticky sessions that somebody turned off again are named', async () => {
  const at = await inertCanvas();
  await run('setup', at, '--yes');
  const { TargetGroups } = (await call(at, 'elasticloadbalancing', 'DescribeTargetGroups', {})) as {
    TargetGroups: { TargetGroupArn: string; TargetGroupName: string }[];
  };
  const [{ TargetGroupArn, TargetGroupName }] = TargetGroups as [(typeof TargetGroups)[number]];
  await call(at, 'elasticloadbalancing', 'ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [{ Key: 'stickiness.enabled', Value: 'false' }],
  });
  const ended = await run('verify', at);
  expect(ended.exitCode).toBe(6);
  expect(checkOf(ended, 'stickiness')).toMatchObject({
    outcome: 'fail',
    detail: `sticky sessions of ${TargetGroupName} are off`,
  });
});

inMatrix(
  'without the right to read logs the app’s own word is not known, and nothing is claimed',
  async () => {
    const at = await canvas();
    const deny = { Effect: 'Deny', Action: 'logs:*', Resource: '*' };
    const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
    sandbox.setPolicy({ Version: '2012-10-17', Statement: [allow, deny] }, at.env.AWS_ACCESS_KEY_ID);
    const ended = await run('setup', at, '--yes');
    expect(checkOf(ended, 'logs')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'logs').detail).toContain('logs:FilterLogEvents');
    // The exit code of the probe has told in its place.
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'pass' });
  },
);

inMatrix(
  'an app that ignores its cache and starts empty in each new task agrees on nothing, and is not proven',
  async () => {
    const at = await canvas({ environment: { IGNORE_REDIS: '1', CANVAS_STARTS_EMPTY: '1' } });
    const body = ['--refresh-path', '/api/projects/demo/objects', '--refresh-value', 'body'];
    const ended = await commandLine(['setup', ...COLLABCANVAS, ...body, '--yes'], at, clock);
    expect(ended.exitCode).toBe(0);
    expect(checkOf(ended, 'refresh')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'refresh').detail).toContain('just started');
    expect(ended.result.proven).toBe(false);
  },
);

describe('a probe that cannot run', () => {
  const without = (at: SandboxAccount, ...actions: string[]): void => {
    const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
    const deny = { Effect: 'Deny', Action: actions, Resource: '*' };
    sandbox.setPolicy({ Version: '2012-10-17', Statement: [allow, deny] }, at.env.AWS_ACCESS_KEY_ID);
  };
  const pingStep = ({ events }: Ended): unknown =>
    events.find(
      ({ type, ref }) => /^step\.(finished|failed)$/.test(type as string) && (ref as Ref).kind === 'ping',
    );

  test('for want of ecs:RunTask is no answer: the step is skipped, the check says why', async () => {
    const at = await inertCanvas();
    without(at, 'ecs:RunTask');
    const ended = await run('setup', at, '--yes');
    expect(ended.exitCode).toBe(0);
    expect(pingStep(ended)).toMatchObject({ type: 'step.finished', outcome: 'skipped' });
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'ping').detail).toContain('ecs:RunTask');
    expect(ended.result.proven).toBe(false);
  });

  test('leaves verify its other questions', async () => {
    const at = await inertCanvas();
    await run('setup', at, '--yes');
    without(at, 'ecs:RegisterTaskDefinition');
    const ended = await run('verify', at);
    expect(ended.exitCode).toBe(0);
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'ping').detail).toContain('ecs:RegisterTaskDefinition');
    expect(pingStep(ended)).toMatchObject({ type: 'step.failed' });
    expect(checkOf(ended, 'refresh')).toMatchObject({ outcome: 'pass' });
  });
});
