/** `connect` where the app runs on instances, and where the cache is serverless. */
import { afterEach, describe, expect } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { inMatrix } from '../matrix.ts';
import { accountCalls } from './account-calls.ts';
import { commandLine, PROGRAMS } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { tunnelScene, type TunnelScene } from './tunnel-scene.ts';
import { quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox | undefined;
let scene: TunnelScene | undefined;

afterEach(async () => {
  scene?.close();
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario, ...setup: readonly string[]) {
  const started = (sandbox = await quickSandbox({ scenario, clock }));
  const opened = (scene = tunnelScene(started, clock));
  const { result } = await commandLine(
    ['setup', ...setup, '--yes', '--no-verify', '--no-probe'],
    started,
    clock,
  );
  expect(result.error).toBeUndefined();
  return { ...opened, call: accountCalls(started, clock) };
}

describe.skipIf(!hasRedis || process.platform !== 'linux')('a cache', () => {
  inMatrix('of workers is reached through one of them', async () => {
    const app = await open(
      funmagic({ programsFolder: PROGRAMS }),
      ...['--config', 'templates/configs/funmagic.yaml'],
    );
    const caches = ['--project', 'funmagic', '--cache-name', 'funmagic-queue'];
    const ended = await app.connect([...caches, '--', 'redis-cli', 'ping']);
    expect([ended.result.error, ended.said]).toEqual([undefined, 'PONG\n']);
    expect(await app.sessionsSince()).toEqual(['Terminated']);
  });

  inMatrix('of one instance is reached through it', async () => {
    const app = await open(
      kempian({ programsFolder: PROGRAMS, phases: ['staging'] }),
      ...['--config', 'templates/configs/kempian-staging.yaml'],
    );
    const ended = await app.connect([
      '--project',
      'kempian-staging',
      '--through',
      'instance',
      '--',
      'redis-cli',
      'ping',
    ]);
    expect([ended.result.error, ended.said]).toEqual([undefined, 'PONG\n']);
  });

  inMatrix('without nodes is reached through a task, and cluster clients are warned off', async () => {
    const service = ['--ecs-cluster', 'close-up', '--service', 'close-up-api'];
    const app = await open(
      closeUp({ programsFolder: PROGRAMS }),
      ...[...service, '--cache-name', 'close-up-redis', '--serverless', '--env-profile', 'split'],
    );
    const update = { cluster: 'close-up', service: 'close-up-api', enableExecuteCommand: true };
    await app.call('ecs', 'UpdateService', { ...update, forceNewDeployment: true });
    await clock.sleep(15 * 60_000);
    const ended = await app.connect([...service, '--', 'redis-cli', 'set', 'view', '1']);
    expect([ended.result.error, ended.said]).toEqual([undefined, 'OK\n']);
  });
});
