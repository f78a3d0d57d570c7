/** The whole way with a serverless cache: made, left alone, changed, gone back from, removed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COLLABCANVAS } from './command-line.ts';
import { DESTROY, openUndoStage, ROLLBACK, type UndoScene, type UndoStage } from './undo-scene.ts';
import { inMatrix } from '../matrix.ts';

let stage: UndoStage;
let scene: UndoScene | undefined;

beforeAll(async () => {
  stage = await openUndoStage();
});

afterEach(async () => {
  await scene?.close();
  scene = undefined;
  stage.sandbox.faults.clear();
});

afterAll(() => stage.sandbox.close());

const open = async (...args: Parameters<UndoStage['open']>): Promise<UndoScene> =>
  (scene = await stage.open(...args));

interface ServerlessCache {
  ServerlessCacheName: string;
  Status: string;
  Description: string;
  Engine: string;
  MajorEngineVersion: string;
  SubnetIds: string[];
  SecurityGroupIds: string[];
  CacheUsageLimits?: object;
  SnapshotRetentionLimit: number;
  DailySnapshotTime?: string;
  UserGroupId?: string;
  Endpoint: { Address: string; Port: number };
}

async function cacheOf({ call }: UndoScene): Promise<ServerlessCache | undefined> {
  const answer = await call<{ ServerlessCaches: ServerlessCache[] }>(
    'elasticache',
    'DescribeServerlessCaches',
    {},
  );
  return answer.ServerlessCaches[0];
}

/** One of each zone. */
async function subnetsOf({ call }: UndoScene): Promise<string[]> {
  const { Subnets } = await call<{ Subnets: { SubnetId: string; AvailabilityZone: string }[] }>(
    'ec2',
    'DescribeSubnets',
    {},
  );
  return [...new Map(Subnets.map((subnet) => [subnet.AvailabilityZone, subnet.SubnetId])).values()].slice(
    0,
    2,
  );
}

async function snapshotsOf({ call }: UndoScene): Promise<unknown[]> {
  const answer = await call<{ ServerlessCacheSnapshots: unknown[] }>(
    'elasticache',
    'DescribeServerlessCacheSnapshots',
    {},
  );
  return answer.ServerlessCacheSnapshots;
}

/** What is one account's alone. */
function withoutIds(value: unknown): unknown {
  const text = JSON.stringify(value, (key, member: unknown) => (key === 'CreateTime' ? undefined : member));
  return JSON.parse(
    text
      .replaceAll(/\b(sg|subnet)-[0-9a-f]+/g, '$1')
      .replaceAll(/:\d{12}:/g, '::')
      .replaceAll(/-[0-9a-f]{6}\.serverless/g, '.serverless'),
  );
}

const SERVERLESS = ['--serverless', '--data-storage-maximum', '2', '--ecpu-maximum', '5000'];

const SETUP = [...SERVERLESS, '--no-probe', '--no-verify'];
/** Some of its calls; which they are is of no matter. */
const CALLS_OF_SETUP = [50, 60, 70];

describe('a serverless cache', () => {
  test.each([
    ['redis', '7'],
    ['valkey', '8'],
  ])('of %s is made, and the app handed its address over TLS', async (engine, major) => {
    const app = await open();
    const ended = await app.setup(...SERVERLESS, '--engine', engine);
    expect(ended.result.error).toBeUndefined();
    expect(ended.exitCode).toBe(0);
    const cache = await cacheOf(app);
    expect(cache).toMatchObject({
      ServerlessCacheName: 'collabcanvas-redis',
      Status: 'available',
      Engine: engine,
      MajorEngineVersion: major,
      CacheUsageLimits: { DataStorage: { Maximum: 2, Unit: 'GB' }, ECPUPerSecond: { Maximum: 5000 } },
    });
    expect((await app.environment()).REDIS_URL).toBe(`rediss://${cache!.Endpoint.Address}:6379`);
    expect(ended.result.caches).toMatchObject([
      { endpoint: { kind: 'serverless' }, transitEncryption: true, cacheNodeType: null, nodes: null },
    ]);
  });

  test('is left alone by the same command, and found by commands that do not say that it is serverless', async () => {
    const app = await open();
    await app.setup(...SERVERLESS);
    const before = [await cacheOf(app), app.writes().length];
    for (const flags of [SERVERLESS, []]) {
      const again = await app.setup(...flags);
      expect(again.result.error).toBeUndefined();
      expect(again.result.changes.filter(({ action }) => action !== 'none')).toEqual([]);
    }
    expect([await cacheOf(app), app.writes().length]).toEqual(before);
    const status = await app.run('status', ...COLLABCANVAS);
    expect(status.result.caches).toMatchObject([
      { name: 'collabcanvas-redis', endpoint: { kind: 'serverless' } },
    ]);
  });

  test('takes new limits, backups and a newer engine in place, and nothing that nobody named', async () => {
    const app = await open();
    await app.setup(...SERVERLESS);
    const before = await cacheOf(app);
    const flags = [
      '--serverless',
      '--data-storage-maximum',
      '5',
      '--snapshot-retention',
      '7',
      '--snapshot-window',
      '04:30-05:30',
    ];
    const changed = await app.setup(
      ...flags,
      '--engine',
      'valkey',
      '--engine-version',
      '8',
      '--description',
      'mine',
    );
    expect(changed.result.error).toBeUndefined();
    expect(await cacheOf(app)).toEqual({
      ...before,
      Description: 'mine',
      Engine: 'valkey',
      MajorEngineVersion: '8',
      FullEngineVersion: '8.1',
      CacheUsageLimits: { DataStorage: { Maximum: 5, Unit: 'GB' }, ECPUPerSecond: { Maximum: 5000 } },
      SnapshotRetentionLimit: 7,
      DailySnapshotTime: '04:30',
    });
    const writes = app.writes().length;
    expect((await app.setup(...flags, '--engine', 'valkey')).exitCode).toBe(0);
    expect(app.writes()).toHaveLength(writes);
  });

  inMatrix('does not become what AWS can only make anew', async () => {
    const app = await open();
    await app.setup(...SERVERLESS, '--engine', 'valkey');
    const { SubnetIds } = (await cacheOf(app))!;
    const writes = app.writes().length;
    const refused = [
      ['--subnets', SubnetIds.slice(0, 2).join(','), 'The set of subnets of collabcanvas-redis is'],
      ['--kms-key-id', '1234abcd-12ab-34cd-56ef-1234567890ab', 'The key of collabcanvas-redis is AWS’s own'],
      ['--engine', 'redis', 'The engine of collabcanvas-redis is valkey'],
      ['--engine-version', '7', 'The major version of collabcanvas-redis is 8'],
    ] as const;
    for (const [flag, value, reason] of refused) {
      const ended = await app.setup(flag, value);
      expect([ended.exitCode, ended.result.error?.message]).toEqual([
        4,
        expect.stringContaining(reason) as string,
      ]);
    }
    const nodes = await app.setup('--replicas', '1');
    expect([nodes.exitCode, nodes.result.error?.message]).toEqual([
      2,
      expect.stringContaining('--replicas is about nodes') as string,
    ]);
    expect(app.writes()).toHaveLength(writes);
  });

  test('is not made under the name of a replication group, nor of somebody else’s serverless cache', async () => {
    const app = await open();
    await app.setup();
    const same = await app.setup(...SERVERLESS);
    expect([same.exitCode, same.result.error?.message]).toEqual([
      4,
      expect.stringContaining('A replication group named collabcanvas-redis exists already'),
    ]);
    await app.call('elasticache', 'CreateServerlessCache', {
      ServerlessCacheName: 'theirs',
      Engine: 'redis',
      SubnetIds: await subnetsOf(app),
    });
    const theirs = await app.setup(...SERVERLESS, '--cache-name', 'theirs', '--env-var', 'REDIS_URL');
    expect([theirs.exitCode, theirs.result.error?.message]).toEqual([
      4,
      expect.stringContaining('The serverless cache theirs exists already and was not made by this tool'),
    ]);
  });

  test('that fails to be created ends the run with AWS’s reason, and destroy removes it', async () => {
    const app = await open();
    const before = await app.look();
    app.failNextCreate();
    const failed = await app.setup(...SERVERLESS);
    expect([failed.exitCode, failed.result.error?.message]).toEqual([
      1,
      expect.stringContaining('collabcanvas-redis failed to create: '),
    ]);
    expect((await app.setup(...SERVERLESS)).result.error?.code).toBe('Blocked');
    const destroyed = await app.run(...DESTROY);
    expect(destroyed.result.error).toBeUndefined();
    expect([await cacheOf(app), await app.look()]).toEqual([undefined, before]);
  });
});

describe('status of a serverless cache', () => {
  const STATUS = ['status', ...COLLABCANVAS];

  test('finds no drift after setup; without our security group it says so, and setup mends it', async () => {
    const app = await open();
    await app.setup(...SERVERLESS);
    expect((await app.run(...STATUS)).result.drift).toEqual([]);

    const { SecurityGroupIds } = (await cacheOf(app))!;
    const { SecurityGroups } = await app.call<{ SecurityGroups: { GroupId: string }[] }>(
      'ec2',
      'DescribeSecurityGroups',
      {},
    );
    const other = SecurityGroups.find(({ GroupId }) => !SecurityGroupIds.includes(GroupId))!;
    await app.call('elasticache', 'ModifyServerlessCache', {
      ServerlessCacheName: 'collabcanvas-redis',
      SecurityGroupIds: [other.GroupId],
    });
    await stage.clock.sleep(60_000);
    const drifted = await app.run(...STATUS);
    expect(drifted.result.drift).toMatchObject([
      { kind: 'cache', what: 'somebody has taken our security group off it', was: SecurityGroupIds[0] },
    ]);
    expect((await app.setup()).result.error).toBeUndefined();
    expect((await app.run(...STATUS)).result.drift).toEqual([]);
  });

  inMatrix(
    'that somebody has changed says what is not as it is asked for, and the command that mends it',
    async () => {
      const app = await open();
      const backups = ['--snapshot-retention', '3', '--snapshot-window', '04:30-05:30'];
      const asked = ['--serverless', '--data-storage-maximum', '2', ...backups];
      await app.setup(...asked);
      expect((await app.run(...STATUS, ...asked)).result.drift).toEqual([]);

      await app.call('elasticache', 'ModifyServerlessCache', {
        ServerlessCacheName: 'collabcanvas-redis',
        CacheUsageLimits: { DataStorage: { Maximum: 9, Unit: 'GB' } },
        SnapshotRetentionLimit: 1,
        DailySnapshotTime: '23:00',
      });
      await stage.clock.sleep(60_000);
      expect((await app.run(...STATUS)).result.drift).toEqual([]);
      const { drift } = (await app.run(...STATUS, ...asked)).result;
      const of = (what: string) => ({ kind: 'cache', what: `its ${what} is not what is asked for` });
      expect(drift).toMatchObject([
        { ...of('snapshot retention'), was: '3', now: '1' },
        { ...of('snapshot time'), was: '04:30', now: '23:00' },
        { ...of('most data in GB'), was: '2', now: '9' },
      ]);
      const { command } = drift![0]!;
      expect(command).toContain('--serverless --data-storage-maximum 2 --snapshot-retention 3');
      expect((await app.setup(...command.split(' ').slice(2))).result.error).toBeUndefined();
      expect((await app.run(...STATUS, ...asked)).result.drift).toEqual([]);
    },
  );

  inMatrix(
    'is compared with every setting that status is told, also with what AWS cannot change',
    async () => {
      const app = await open();
      await app.setup('--serverless', '--description', 'theirs');
      const { SecurityGroupIds, SubnetIds } = (await cacheOf(app))!;
      const { SecurityGroups } = await app.call<{ SecurityGroups: { GroupId: string }[] }>(
        'ec2',
        'DescribeSecurityGroups',
        {},
      );
      const other = SecurityGroups.find(({ GroupId }) => !SecurityGroupIds.includes(GroupId))!.GroupId;
      const changes = ['--security-group', other, '--description', 'ours', '--engine', 'valkey'];
      const changed = await app.run(...STATUS, ...changes);
      expect(changed.result.drift).toMatchObject([
        { what: expect.stringMatching(/^its security groups/) as string, was: `and ${other}` },
        { what: expect.stringMatching(/^its description/) as string, was: 'ours', now: 'theirs' },
        { what: expect.stringMatching(/^its engine/) as string, was: 'valkey 8', now: 'redis 7' },
      ]);
      const fixed = await app.run(...STATUS, '--subnets', `${SubnetIds[0]!},subnet-0fedcba9876543210`);
      expect(fixed.result.drift).toMatchObject([
        { what: expect.stringMatching(/^The set of subnets .* by making the cache anew/) as string },
      ]);
      const ofNodes = await app.run(...STATUS, '--replicas', '1');
      expect([ofNodes.exitCode, ofNodes.result.error?.message]).toEqual([
        2,
        expect.stringContaining('a serverless cache has none to choose'),
      ]);
    },
  );

  inMatrix('that was deleted names the command that makes it anew, which does', async () => {
    const app = await open();
    await app.setup(...SERVERLESS);
    await app.call('elasticache', 'DeleteServerlessCache', { ServerlessCacheName: 'collabcanvas-redis' });
    await stage.clock.sleep(20 * 60_000);
    const gone = (await app.run(...STATUS)).result.drift?.find(({ kind }) => kind === 'cache');
    expect([gone?.what, gone?.command]).toEqual([
      'was deleted: the command makes it anew, empty',
      expect.stringContaining('--env-var REDIS_URL --serverless') as string,
    ]);
    expect((await app.setup('--serverless', '--env-var', 'REDIS_URL')).result.error).toBeUndefined();
    expect((await cacheOf(app))?.Status).toBe('available');
  });
});

describe('the way back from a serverless cache', () => {
  test('takes its address from the app; then destroy keeps a snapshot and nothing else', async () => {
    const app = await open();
    const before = await app.look();
    await app.setup(...SERVERLESS);
    expect((await app.run(...ROLLBACK)).exitCode).toBe(0);
    expect(await app.environment()).not.toHaveProperty('REDIS_URL');
    expect((await cacheOf(app))?.Status).toBe('available');

    const ended = await app.run(...DESTROY);
    expect(ended.result.error).toBeUndefined();
    expect([await cacheOf(app), await app.look()]).toEqual([undefined, before]);
    expect(await snapshotsOf(app)).toMatchObject([
      {
        ServerlessCacheSnapshotName: expect.stringMatching(/^collabcanvas-redis-final-\d{14}$/) as string,
        Status: 'available',
      },
    ]);
  });

  inMatrix('leaves what somebody else has made under the name meanwhile', async () => {
    const app = await open();
    await app.setup(...SERVERLESS);
    const SubnetIds = await subnetsOf(app);
    await app.call('elasticache', 'DeleteServerlessCache', { ServerlessCacheName: 'collabcanvas-redis' });
    await stage.clock.sleep(20 * 60_000);
    const theirs = { ServerlessCacheName: 'collabcanvas-redis', Engine: 'valkey', SubnetIds };
    await app.call('elasticache', 'CreateServerlessCache', theirs);
    await stage.clock.sleep(60_000);
    expect((await app.run(...DESTROY)).exitCode).toBe(0);
    expect((await cacheOf(app))?.Engine).toBe('valkey');
  });
});

describe('a setup or a destroy of a serverless cache that was killed', () => {
  const after = async (app: UndoScene): Promise<unknown> => [await cacheOf(app), await app.environment()];

  test('is gone on with by the same command', async () => {
    const calm = await open();
    await calm.setup(...SETUP);
    const wanted = withoutIds(await after(calm));
    await calm.close();
    for (const call of CALLS_OF_SETUP) {
      const app = await open();
      await app.runKilled(['setup', ...COLLABCANVAS, '--yes', ...SETUP], {
        call,
        moment: 'before the answer',
      });
      const again = await app.setup(...SETUP);
      expect([call, again.exitCode, again.result.error]).toEqual([call, 0, undefined]);
      expect(withoutIds(await after(app))).toEqual(wanted);
      await app.close();
    }
  });
});
