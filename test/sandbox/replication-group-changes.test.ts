/** A living cache that becomes another one in place: what it holds stays, and nobody who uses it is cut off. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { hasRedis } from './redis-program.ts';
import { CACHE, canvases, type CanvasWith } from './canvas-with-cache.ts';
import { COLLABCANVAS, type Ended } from './command-line.ts';
import { FULL, inMatrix } from '../matrix.ts';

const clock = new VirtualClock();
const canvas = canvases(clock);

async function hostOf(app: CanvasWith): Promise<string> {
  return (await app.group()).NodeGroups?.[0]?.PrimaryEndpoint?.Address ?? '';
}

const planOf = ({ events }: Ended): string =>
  JSON.stringify(events.find(({ type }) => type === 'plan.ready'));

inMatrix('from Redis OSS to Valkey, with its parameters, its data and its endpoint', async () => {
  const app = await canvas();
  const parameters = ['--maxmemory-policy', 'noeviction'];
  expect((await app.setup(...parameters)).result.error).toBeUndefined();
  const host = await hostOf(app);
  await app.talk({ host, commands: [['SET', 'kept', 'yes']] });

  const derived = await app.run('plan', ...COLLABCANVAS, '--workload', 'cache', '--parameter', 'timeout=300');
  expect(planOf(derived)).toContain('"field":"timeout","to":"300');
  expect(planOf(derived)).not.toContain('maxmemory-policy');

  const refused = await app.setup('--engine', 'redis', '--engine-version', '7.0');
  expect(refused.result.error?.hint).toContain('7.1.0');
  const valkey = await app.setup(...parameters, '--engine', 'valkey');
  expect(valkey.result.error).toBeUndefined();
  expect(await app.nodes()).toMatchObject([
    {
      Engine: 'valkey',
      CacheParameterGroup: { CacheParameterGroupName: `${CACHE}-parameters-valkey8` },
    },
  ]);
  expect(await hostOf(app)).toBe(host);
  expect(await app.talk({ host, commands: [['GET', 'kept']] })).toEqual(['yes']);
  expect((await app.setup(...parameters, '--engine', 'valkey')).result.awsCalls.writes).toBe(0);
  expect((await app.setup()).result.awsCalls.writes).toBe(0);
  const back = await app.setup('--engine', 'redis');
  expect([back.exitCode, back.result.awsCalls.writes]).toEqual([4, 0]);

  expect((await app.destroy()).result.error).toBeUndefined();
  expect(await app.parameterGroups()).toEqual([]);
});

inMatrix(
  'to another node type, of those that AWS allows; what waits for the window is told apart',
  async () => {
    const app = await canvas();
    await app.setup();
    const never = await app.setup('--cache-node-type', 'cache.t2.micro');
    expect([never.exitCode, never.result.awsCalls.writes]).toEqual([4, 0]);
    expect(never.result.error?.hint).toContain('There are: cache.');

    await app.call('elasticache', 'ModifyReplicationGroup', {
      ReplicationGroupId: CACHE,
      CacheNodeType: 'cache.t3.medium',
      ApplyImmediately: false,
    });
    const asItIs = await app.setup();
    expect([asItIs.exitCode, asItIs.result.awsCalls.writes]).toEqual([0, 0]);
    expect(planOf(asItIs)).toContain('node type cache.t3.medium waits for its window');

    const sized = await app.setup('--cache-node-type', 'cache.t3.small', '--replicas', '1', '--multi-az');
    expect(sized.result.error).toBeUndefined();
    expect(planOf(sized)).toContain('cache.t3.medium');
    expect(await app.group()).toMatchObject({
      CacheNodeType: 'cache.t3.small',
      MultiAZ: 'enabled',
      AutomaticFailover: 'enabled',
    });
    const single = await app.setup('--no-multi-az', '--replicas', '0');
    expect(single.result.error).toBeUndefined();
    expect(await app.group()).toMatchObject({
      MultiAZ: 'disabled',
      AutomaticFailover: 'disabled',
      MemberClusters: [`${CACHE}-001`],
    });
  },
);

describe('from plaintext to TLS', () => {
  inMatrix(
    'under constant load no request fails, until it is said that no client needs plaintext',
    async () => {
      const app = await canvas();
      expect((await app.setup('--no-transit-encryption')).result.error).toBeUndefined();
      const plain = await hostOf(app);
      expect(await app.variable('REDIS_URL')).toBe(`redis://${plain}:6379`);

      const client = await app.client();
      const answers: unknown[] = [];
      const load = new AbortController();
      const requests = (async () => {
        while (!load.signal.aborted) {
          const key = `load-${answers.length}`;
          const commands = [
            ['SET', key, 'x'],
            ['GET', key],
          ] as [string, ...string[]][];
          answers.push(...(await client.talk({ host: plain, plaintext: true, commands })));
          await clock.sleep(1_000);
        }
      })();
      const moved = await app.setup('--transit-encryption');
      load.abort();
      await requests;
      expect(moved.result.error).toBeUndefined();
      expect(moved.result.proven).toBe(true);
      expect(answers.length).toBeGreaterThan(20);
      expect(new Set(answers)).toEqual(new Set(['OK', 'x']));
      expect((await app.group()).TransitEncryptionMode).toBe('preferred');
      const secure = await hostOf(app);
      expect(secure).not.toBe(plain);
      expect(await app.variable('REDIS_URL')).toBe(`rediss://${secure}:6379`);
      const again = await app.setup('--transit-encryption');
      expect(again.result.awsCalls.writes).toBe(0);
      expect(planOf(again)).toContain('--require-tls');

      const required = await app.setup('--transit-encryption', '--require-tls');
      expect(required.result.error).toBeUndefined();
      expect((await app.group()).TransitEncryptionMode).toBe('required');
      const [refused] = await app.talk({ host: secure, plaintext: true, commands: [['PING']] });
      expect(refused).not.toBe('PONG');
      expect(await app.talk({ host: secure, commands: [['PING']] })).toEqual(['PONG']);
      expect((await app.setup('--require-tls')).result.awsCalls.writes).toBe(0);
      const back = await app.setup('--no-transit-encryption');
      expect([back.exitCode, back.result.awsCalls.writes]).toEqual([4, 0]);
    },
  );

  inMatrix('in one run where the first already says that nobody else needs plaintext', async () => {
    const app = await canvas();
    await app.setup('--no-transit-encryption');
    const alone = await app.setup('--require-tls');
    expect([alone.exitCode, alone.result.awsCalls.writes]).toEqual([4, 0]);
    const ended = await app.setup('--transit-encryption', '--require-tls');
    expect(ended.result.error).toBeUndefined();
    expect((await app.group()).TransitEncryptionMode).toBe('required');
    expect(ended.result.proven).toBe(true);
  });
});

test.runIf(hasRedis && FULL)('into cluster mode step by step, with its keys', async () => {
  const app = await canvas();
  expect((await app.setup()).result.error).toBeUndefined();
  const atOnce = await app.setup('--cluster-mode', 'enabled');
  expect([atOnce.exitCode, atOnce.result.awsCalls.writes]).toEqual([4, 0]);
  expect(atOnce.result.error?.hint).toContain('--cluster-mode compatible');
  await app.talk({ host: await hostOf(app), commands: [['SET', 'kept', 'yes']] });

  const highlyAvailable = ['--replicas', '1', '--multi-az'];
  const compatible = await app.setup('--no-verify', '--cluster-mode', 'compatible', ...highlyAvailable);
  expect(compatible.result.error).toBeUndefined();
  const { ConfigurationEndpoint, ClusterMode } = await app.group();
  expect(ClusterMode).toBe('compatible');
  const host = ConfigurationEndpoint?.Address ?? '';
  expect(await app.variable('REDIS_URL')).toBe(`rediss://${host}:6379`);
  const waits = await app.setup('--cache-node-type', 'cache.t3.small');
  expect(waits.result.error?.hint).toContain('--cluster-mode enabled');

  const enabled = await app.setup('--no-verify', '--cluster-mode', 'enabled');
  expect(enabled.result.error).toBeUndefined();
  expect(await app.nodes()).toMatchObject([
    { CacheParameterGroup: { CacheParameterGroupName: 'default.redis7.cluster.on' } },
    {},
  ]);
  expect(await app.talk({ host, cluster: true, commands: [['GET', 'kept']] })).toEqual(['yes']);
  expect((await app.setup('--no-verify')).result.awsCalls.writes).toBe(0);
});
