/** What `verify` learns from where the app runs: from each zone, how full the cache is, and who uses it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { inMatrix } from '../matrix.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterAll(() => sandbox.close());

async function canvasWith(...argv: readonly string[]): Promise<SandboxAccount> {
  const at = await sandbox.openAccount(quickCanvas({ tasks: 2 }));
  await commandLine(['setup', ...COLLABCANVAS, ...argv, '--yes', '--no-verify', '--no-probe'], at, clock);
  await clock.sleep(5 * 60_000);
  return at;
}

const verify = (at: SandboxAccount, ...argv: readonly string[]): Promise<Ended> =>
  commandLine(['verify', ...COLLABCANVAS, ...REFRESH, ...argv], at, clock);

function checkOf({ result }: Ended, id: CheckReport['id']): CheckReport {
  return result.checks.find((check) => check.id === id)!;
}

async function left(at: SandboxAccount): Promise<unknown[]> {
  const call = accountCalls(at, clock);
  const family = { familyPrefix: 'elasticache-wizard-probe-collabcanvas-collabcanvas-backend' };
  const { taskDefinitionArns } = await call<{ taskDefinitionArns: string[] }>(
    'ecs',
    'ListTaskDefinitions',
    family,
  );
  const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', {
    cluster: 'collabcanvas',
    startedBy: 'elasticache-wizard/collabcanvas-backend',
  });
  return [...taskDefinitionArns, ...taskArns];
}

describe.skipIf(!hasRedis)('a canvas with its cache', () => {
  test('is asked from each zone, says how full the cache is, and is seen in it with every task', async () => {
    const at = await canvasWith();
    const ended = await verify(at);
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'pass' });
    expect(checkOf(ended, 'ping').detail).toContain('from us-east-1a, us-east-1b');
    expect(checkOf(ended, 'memory')).toMatchObject({ outcome: 'pass' });
    expect(checkOf(ended, 'memory').detail).toContain('maxmemory-policy volatile-lru');
    expect(checkOf(ended, 'usage')).toMatchObject({ outcome: 'pass' });
    expect(checkOf(ended, 'usage').detail).toContain('2 of 2');
    expect(await left(at)).toEqual([]);
  });

  test('that is handed an address which it never reads is told that it runs in memory', async () => {
    const ended = await verify(await canvasWith('--env-var', 'CACHE_URL'), '--env-var', 'CACHE_URL');
    expect(ended.exitCode).toBe(6);
    expect(ended.result.error?.message).toContain('The check usage fails: none of 2');
    expect(checkOf(ended, 'ping').outcome).toBe('pass');
    expect(checkOf(ended, 'refresh')).toMatchObject({ outcome: 'skip' });
  });

  inMatrix(
    'that is a queue fails when its keys may be evicted, until the printed command was run',
    async () => {
      const queue = ['--workload', 'queue'];
      const at = await canvasWith(...queue);
      const call = accountCalls(at, clock);
      const setPolicy = (CacheParameterGroupName: string, ParameterValue: string): Promise<unknown> =>
        call('elasticache', 'ModifyCacheParameterGroup', {
          CacheParameterGroupName,
          ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue }],
        });
      await setPolicy('collabcanvas-redis-parameters', 'allkeys-lru');
      await clock.sleep(60_000);
      const ended = await verify(at, ...queue);
      expect([ended.exitCode, ended.result.error?.message]).toEqual([
        6,
        expect.stringContaining('The check memory fails: collabcanvas-redis holds a queue'),
      ]);
      const { fix = '' } = checkOf(ended, 'memory') as { fix?: string };
      const [, group = '', policy = ''] =
        /^aws elasticache modify-cache-parameter-group --cache-parameter-group-name (\S+) --parameter-name-values '?ParameterName=maxmemory-policy,ParameterValue=(\w+)'?/.exec(
          fix,
        ) ?? [];
      await setPolicy(group, policy);
      await clock.sleep(60_000);
      expect(checkOf(await verify(at, ...queue), 'memory')).toMatchObject({ outcome: 'pass' });
    },
  );
});
