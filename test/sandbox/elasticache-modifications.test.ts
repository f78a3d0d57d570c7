import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createCacheAccount, MINUTE, refusal } from './cache-account.ts';
import { hasRedis } from './redis-program.ts';
import type { CacheAccount } from './cache-account.ts';

const DAY = 24 * 60 * MINUTE;

let account: CacheAccount;

afterEach(() => account.close());

describe('what waits for the maintenance window', () => {
  test('is pending until the window comes, and then done', async () => {
    account = await createCacheAccount({ search: '' });
    await account.create();
    await account.modify({ CacheNodeType: 'cache.t4g.small', ApplyImmediately: false });
    expect((await account.nodes())[0]).toMatchObject({
      CacheNodeType: 'cache.t4g.micro',
      PendingModifiedValues: { CacheNodeType: 'cache.t4g.small' },
    });
    await account.clock.advance(7 * DAY);
    const [node] = await account.nodes();
    expect(node).toMatchObject({ CacheNodeType: 'cache.t4g.small', CacheClusterStatus: 'available' });
    expect(node!.PendingModifiedValues?.CacheNodeType).toBeUndefined();
  });

  test('waits for the new window when that is moved', async () => {
    account = await createCacheAccount({ search: '' });
    await account.create();
    await account.modify({ AutomaticFailoverEnabled: true, ApplyImmediately: false });
    const { clock } = account;
    const [{ PreferredMaintenanceWindow: first }] = (await account.nodes()) as [
      { PreferredMaintenanceWindow: string },
    ];
    const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
    const later = days[(days.indexOf(first.slice(0, 3)) + 2) % 7]!;
    await account.modify({
      PreferredMaintenanceWindow: `${later}:05:00-${later}:06:00`,
      ApplyImmediately: false,
    });
    await clock.advance(3 * DAY);
    expect((await account.group()).AutomaticFailover).toBe('disabled');
    await clock.advance(3 * DAY);
    expect((await account.group()).AutomaticFailover).toBe('enabled');
  });
});

test('a cache is scaled only to node types that AWS lists for it', async () => {
  account = await createCacheAccount({ search: '' });
  await account.create();
  const { ScaleUpModifications, ScaleDownModifications } = await account.aws.ListAllowedNodeTypeModifications(
    {
      ReplicationGroupId: 'app',
    },
  );
  expect([...ScaleUpModifications!, ...ScaleDownModifications!]).not.toContain('cache.t2.micro');
  await expect(account.modify({ CacheNodeType: 'cache.t2.micro' })).rejects.toEqual(
    refusal('InvalidParameterValueException', /cache\.t2\.micro is not among the allowed modifications/),
  );
  expect(await account.modify({ CacheNodeType: 'cache.r7g.large' })).toMatchObject({
    CacheNodeType: 'cache.r7g.large',
  });
});

describe.skipIf(!hasRedis)('Valkey', () => {
  const onPrimary = async (program: string): Promise<unknown> => {
    const host = (await account.group()).NodeGroups![0]!.PrimaryEndpoint!.Address!;
    return account.run(`const redis = new Redis({ host: values.host, port: 6379 }); ${program}`, { host });
  };

  test('is served by whatever the machine has, under its own versions and families', async () => {
    account = await createCacheAccount();
    const group = await account.create({ Engine: 'valkey', EngineVersion: '8.1' });
    expect(group).toMatchObject({ Engine: 'valkey', AtRestEncryptionEnabled: true });
    expect((await account.nodes())[0]).toMatchObject({
      EngineVersion: '8.1.0',
      CacheParameterGroup: { CacheParameterGroupName: 'default.valkey8' },
    });
    expect(await onPrimary(`print(await redis.set('canvas', '36'))`)).toBe('OK');
  });

  test('takes the data of Redis OSS along when the engine of a living cache changes', async () => {
    const program = ['redis-server', 'valkey-server']
      .map((name) => execFileSync('sh', ['-c', `command -v ${name} || true`], { encoding: 'utf8' }).trim())
      .find(Boolean)!;
    // A machine with both: what runs is told apart by the name under which it was started.
    const programs = mkdtempSync(join(tmpdir(), 'both-engines-'));
    for (const name of ['redis-server', 'valkey-server']) symlinkSync(program, join(programs, name));
    try {
      account = await createCacheAccount({ search: programs });
      await account.create();
      await onPrimary(`print(await redis.set('canvas', '36'))`);
      const executable = () => onPrimary(`print(/executable:(\\S+)/.exec(await redis.info('server'))[1])`);
      expect(await executable()).toBe(join(programs, 'redis-server'));

      await account.modify({ Engine: 'valkey', EngineVersion: '8.1' });
      expect(await executable()).toBe(join(programs, 'valkey-server'));
      expect(await onPrimary(`print([await redis.get('canvas'), await redis.set('canvas', '57')])`)).toEqual([
        '36',
        'OK',
      ]);
      await expect(account.modify({ Engine: 'redis', EngineVersion: '7.1' })).rejects.toEqual(
        refusal('InvalidParameterCombinationException', /Downgrading/),
      );
    } finally {
      rmSync(programs, { recursive: true });
    }
  });
});
