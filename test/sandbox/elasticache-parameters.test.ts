import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCacheAccount, refusal } from './cache-account.ts';
import { hasRedis } from './redis-program.ts';
import type { CacheAccount } from './cache-account.ts';

const GROUP = 'queues';

let account: CacheAccount;

beforeAll(async () => {
  account = await createCacheAccount();
  await account.aws.CreateCacheParameterGroup({
    CacheParameterGroupName: GROUP,
    CacheParameterGroupFamily: 'redis7',
    Description: '',
  });
});
afterAll(() => account.close());

function set(values: Readonly<Record<string, string>>, group = GROUP): Promise<unknown> {
  return account.aws.ModifyCacheParameterGroup({
    CacheParameterGroupName: group,
    ParameterNameValues: Object.entries(values).map(([ParameterName, ParameterValue]) => ({
      ParameterName,
      ParameterValue,
    })),
  });
}

async function onPrimary(program: string): Promise<unknown> {
  const host = (await account.group()).NodeGroups![0]!.PrimaryEndpoint!.Address!;
  return account.run(`const redis = new Redis({ host: values.host, port: 6379 }); ${program}`, { host });
}

const policy = () => onPrimary(`print(/maxmemory_policy:(\\S+)/.exec(await redis.info('memory'))[1])`);

/** Whether the server tells subscribers that a key was set. */
const tellsOfKeys = () =>
  onPrimary(`
    const subscriber = redis.duplicate();
    const heard = [];
    const ended = new Promise((resolve) =>
      subscriber.on('pmessage', (_, channel) => heard.push(channel) && channel === '__keyend' && resolve()));
    await subscriber.psubscribe('__key*');
    await redis.set('canvas', '36');
    await redis.publish('__keyend', '');
    await ended;
    print(heard.length > 1)`);

describe.skipIf(!hasRedis)('the parameters of a group', () => {
  beforeAll(async () => {
    await set({ 'maxmemory-policy': 'noeviction', databases: '2' });
    await account.create({ CacheParameterGroupName: GROUP });
  });

  test('are those of the server from its start', async () => {
    expect(await policy()).toBe('noeviction');
    expect(await onPrimary(`print(await redis.select(1))`)).toBe('OK');
    expect(
      await onPrimary(
        `redis.on('error', () => undefined); print(await redis.select(2).catch((error) => error.message))`,
      ),
    ).toBe('ERR DB index is out of range');
  });

  test('change on the living server, but for those that wait for a reboot', async () => {
    expect(await tellsOfKeys()).toBe(false);
    await set({ 'notify-keyspace-events': 'KEA', 'client-output-buffer-limit-pubsub-hard-limit': '1048576' });
    expect(await tellsOfKeys()).toBe(true);

    const applied = async () =>
      (await account.nodes()).map(({ CacheParameterGroup }) => CacheParameterGroup?.ParameterApplyStatus);
    expect(await applied()).toEqual(['in-sync', 'in-sync']);
    await set({ databases: '8' });
    expect(await applied()).toEqual(['pending-reboot', 'pending-reboot']);
    await set({ databases: '2' });
    expect(await applied()).toEqual(['in-sync', 'in-sync']);
  });

  test('come and go with the group that the cache is given', async () => {
    await account.modify({ CacheParameterGroupName: 'default.redis7' });
    expect(await policy()).toBe('volatile-lru');
    expect(await tellsOfKeys()).toBe(false);
    await account.modify({ CacheParameterGroupName: GROUP });
    expect(await policy()).toBe('noeviction');
    expect((await account.nodes())[0]!.CacheParameterGroup!.CacheParameterGroupName).toBe(GROUP);
  });

  test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ['an unknown name', { 'max-memory': '1' }, GROUP, /Could not find parameter with name: max-memory/],
    ['a value that is none', { 'maxmemory-policy': 'lru' }, GROUP, /maxmemory-policy/],
    ['a number out of range', { timeout: '5' }, GROUP, /timeout/],
    ['letters for a number', { timeout: 'never' }, GROUP, /timeout/],
    ['what nobody can change', { appendonly: 'yes' }, GROUP, /appendonly cannot be modified/],
    [
      'the cluster mode of a cache',
      { 'cluster-enabled': 'yes' },
      GROUP,
      /cluster-enabled cannot be modified/,
    ],
  ])('do not take %s', async (_, values, group, message) => {
    await expect(set(values, group)).rejects.toEqual(refusal('InvalidParameterValueException', message));
    expect(await policy()).toBe('noeviction');
  });

  test('of a default group are not to be changed', async () => {
    await expect(set({ timeout: '60' }, 'default.redis7')).rejects.toEqual(
      refusal('InvalidCacheParameterGroupStateFault', /default\.redis7/),
    );
  });
});

test('a group of its own with cluster-enabled makes a cluster', async () => {
  const CacheParameterGroupName = 'own-cluster';
  const other = await createCacheAccount({ search: '' });
  await other.aws.CreateCacheParameterGroup({
    CacheParameterGroupName,
    CacheParameterGroupFamily: 'valkey8',
    Description: '',
  });
  await other.aws.ModifyCacheParameterGroup({
    CacheParameterGroupName,
    ParameterNameValues: [{ ParameterName: 'cluster-enabled', ParameterValue: 'yes' }],
  });
  const group = await other.create({
    Engine: 'valkey',
    EngineVersion: '8.1',
    CacheParameterGroupName,
    AutomaticFailoverEnabled: true,
  });
  expect(group).toMatchObject({ ClusterEnabled: true, MemberClusters: ['app-0001-001', 'app-0001-002'] });
  await other.close();
});
