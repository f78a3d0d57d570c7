/** Rollouts that cannot lie: where the service stands afterwards, whatever happened on the way. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, commandLine, interrupted, type Ended } from './command-line.ts';
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
  sandbox.faults.clear();
});

afterAll(() => sandbox.close());

const SERVICE = { cluster: 'collabcanvas', service: 'collabcanvas-backend' };
const CRASHES = { environment: { CRASH_WITH_REDIS: '1' } };
const INERT = { inert: INERT_CANVAS };
/** The same without a process. */
const INERT_CRASHES: Parameters<typeof quickCanvas>[0] = {
  inert: {
    ...INERT_CANVAS,
    backend: (container) =>
      container.environment.REDIS_URL === undefined ? INERT_CANVAS.backend(container) : 1,
  },
};

interface Running {
  readonly taskDefinition: string;
  readonly runningCount: number;
  readonly image: string;
  readonly redisUrl: string | undefined;
}

async function canvas(options: Omit<CollabcanvasOptions, 'programsFolder'> = {}) {
  const at = await sandbox.openAccount(quickCanvas(options));
  opened = at;
  const ecs = async <T>(action: string, input: object): Promise<T> => {
    const { accessKeyId, region } = at.account;
    const operation = at.account.services.ecs![action]!;
    return (await operation(input, { service: 'ecs', action, accessKeyId, region, requestId: 'test' })) as T;
  };
  return {
    ecs,
    setup: (signal?: AbortSignal, ...argv: string[]): Promise<Ended> =>
      commandLine(['setup', ...COLLABCANVAS, '--no-probe', '--yes', ...argv], at, clock, signal),
    running: async (): Promise<Running> => {
      const { services } = await ecs<{ services: { taskDefinition: string; runningCount: number }[] }>(
        'DescribeServices',
        { cluster: SERVICE.cluster, services: [SERVICE.service] },
      );
      const { taskDefinition, runningCount } = services[0]!;
      const { taskDefinition: revision } = await ecs<{
        taskDefinition: {
          containerDefinitions: {
            name: string;
            image: string;
            environment: { name: string; value: string }[];
          }[];
        };
      }>('DescribeTaskDefinition', { taskDefinition });
      const backend = revision.containerDefinitions.find(({ name }) => name === 'backend')!;
      const redisUrl = backend.environment.find(({ name }) => name === 'REDIS_URL')?.value;
      return { taskDefinition, runningCount, image: backend.image, redisUrl };
    },
  };
}

/** Aborts as soon as the service has been updated for the nth time. */
function abortAfterUpdate(times = 1): AbortSignal {
  const abort = new AbortController();
  const look = (): void => {
    const updates = sandbox
      .calls()
      .filter(
        ({ action, accessKeyId }) =>
          action === 'UpdateService' && accessKeyId === opened?.account.accessKeyId,
      );
    if (updates.length >= times) abort.abort(interrupted());
    else clock.after(1_000, look);
  };
  clock.after(1_000, look);
  return abort.signal;
}

describe('a bad revision', () => {
  test('that a run was interrupted over is put back on the original by the next run', async () => {
    const app = await canvas(INERT_CRASHES);
    const before = await app.running();
    const stopped = await app.setup(abortAfterUpdate());
    expect(stopped.exitCode).toBe(130);
    expect((await app.running()).redisUrl).toBeDefined();

    const next = await app.setup();
    expect([next.exitCode, next.result.consumers[0]?.rolledBack]).toEqual([7, true]);
    expect(await app.running()).toEqual(before);
  });

  test('is put back on the one before even when that was deregistered while it ran', async () => {
    const app = await canvas(INERT_CRASHES);
    const before = await app.running();
    await app.ecs('DeregisterTaskDefinition', { taskDefinition: before.taskDefinition });
    const ended = await app.setup();
    expect([ended.exitCode, ended.result.consumers[0]?.rolledBack]).toEqual([7, true]);
    const after = await app.running();
    expect(after).toEqual({ ...before, taskDefinition: after.taskDefinition });
    expect(after.redisUrl).toBeUndefined();
  });

  test('is kept when asked, and the result says so', async () => {
    const app = await canvas(INERT_CRASHES);
    const ended = await app.setup(undefined, '--on-failure', 'keep');
    expect([ended.exitCode, ended.result.consumers[0]?.rolledBack]).toEqual([7, false]);
    expect((await app.running()).redisUrl).toBeDefined();
    expect(ended.result.error?.hint).toContain('aws ecs update-service');
  });

  test('is explained by the first task that stopped and its last lines, without a password', async () => {
    const app = await canvas(CRASHES);
    const { result, events } = await app.setup();
    expect(result.error?.message).toMatch(/Essential container in task exited.*backend exited with 1/);
    const lines = events.filter(({ code }) => code === 'task.log').map(({ message }) => message);
    expect(lines).toContain('backend: Fatal: the configuration is not valid');
  });

  test('whose way back fails too is told with both reasons', async () => {
    const app = await canvas(INERT_CRASHES);
    sandbox.faults.add({ kind: 'access-denied', action: 'UpdateService', nth: 2 });
    const { exitCode, result } = await app.setup();
    expect(exitCode).toBe(7);
    expect(result.error?.message).toMatch(/exited with 1.*putting collabcanvas-backend back.*failed/);
    expect(result.consumers[0]?.rolledBack).toBe(false);
  });
});

describe('a good revision', () => {
  test('that a run was interrupted over is watched to its end by the next run, without another deployment', async () => {
    const app = await canvas(INERT);
    await app.setup(abortAfterUpdate());
    const next = await app.setup();
    expect(next.exitCode).toBe(0);
    const updates = sandbox
      .calls()
      .filter(
        ({ action, accessKeyId }) =>
          action === 'UpdateService' && accessKeyId === opened?.account.accessKeyId,
      );
    expect(updates).toHaveLength(1);
    expect((await app.running()).runningCount).toBe(3);
  });

  test('that somebody else deploys over meanwhile is left to them', async () => {
    const app = await canvas(INERT);
    const before = await app.running();
    const theirs = await app.ecs<{ taskDefinitionArns: string[] }>('ListTaskDefinitions', {
      familyPrefix: SERVICE.service,
      sort: 'DESC',
    });
    const [latest] = theirs.taskDefinitionArns;
    expect(latest).not.toBe(before.taskDefinition);
    const deployTheirs = (): void => {
      const ours = sandbox
        .calls()
        .some(
          ({ action, accessKeyId }) =>
            action === 'UpdateService' && accessKeyId === opened?.account.accessKeyId,
        );
      if (ours) void app.ecs('UpdateService', { ...SERVICE, taskDefinition: latest });
      else clock.after(1_000, deployTheirs);
    };
    clock.after(1_000, deployTheirs);
    const ended = await app.setup();
    expect([ended.exitCode, ended.result.error?.code]).toEqual([1, 'SomebodyElseDeployed']);
    expect((await app.running()).taskDefinition).toBe(latest);
  });
});
