/** What can be wrong with a cache and the way in which an app speaks to it: made by AWS's calls, seen by a real client and the probe. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { breakagesScene, type BreakagesScene, type Probed } from './breakages-scene.ts';
import { PROGRAMS } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import type { Conversation } from './vpc-client.ts';

const FIRST = 'first-token-0123456789';
const SECOND = 'second-token-0123456789';
const clock = new VirtualClock();
let sandbox: Sandbox;
let scene: BreakagesScene;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
  scene = await breakagesScene(sandbox, clock);
});

afterAll(async () => {
  await scene.close();
  await sandbox.close();
});

const elasticache = <Output = Record<string, unknown>>(action: string, input: object): Promise<Output> =>
  scene.call<Output>('elasticache', action, input);

const modify = async (ReplicationGroupId: string, changes: object): Promise<void> => {
  await elasticache('ModifyReplicationGroup', { ReplicationGroupId, ApplyImmediately: true, ...changes });
  await scene.wait(10);
};

async function messages(SourceType: string, SourceIdentifier: string): Promise<string[]> {
  const { Events } = await elasticache<{ Events: { Message: string }[] }>('DescribeEvents', {
    SourceType,
    SourceIdentifier,
  });
  return Events.map(({ Message }) => Message);
}

/** What the probe said where it failed. */
function failure({ failed, stages }: Probed): string | undefined {
  return failed && `${failed}: ${stages.at(-1)?.detail ?? ''}`;
}

const SET: Conversation['commands'] = [['SET', 'key', 'value']];
const PING: Conversation['commands'] = [['PING']];

describe.runIf(hasRedis)('a cache with TLS, a token and a replica', () => {
  let names: { primary: string; reader: string; nodes: string[] };
  const url = (host: string, password = '', user = ''): string =>
    `rediss://${password && `${user}:${password}@`}${host}:6379`;

  beforeAll(async () => {
    const { NodeGroups } = await scene.create({
      ReplicationGroupId: 'secure',
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
      TransitEncryptionEnabled: true,
      AuthToken: FIRST,
    });
    const [shard] = NodeGroups!;
    const { CacheClusters } = await elasticache<{
      CacheClusters: { CacheNodes: { Endpoint: { Address: string } }[] }[];
    }>('DescribeCacheClusters', { ShowCacheNodeInfo: true });
    names = {
      primary: shard!.PrimaryEndpoint!.Address!,
      reader: shard!.ReaderEndpoint!.Address!,
      nodes: CacheClusters.map(({ CacheNodes }) => CacheNodes[0]!.Endpoint.Address),
    };
  });

  const talk = (host: string, commands: Conversation['commands'], with_: Partial<Conversation> = {}) =>
    scene.app.talk({ host, password: FIRST, ...with_, commands });

  test('cuts off a client without TLS', async () => {
    expect(await talk(names.primary, PING, { plaintext: true })).toEqual([
      expect.stringMatching(/ECONNRESET|EPIPE|closed/),
    ]);
    const plain = url(names.primary, FIRST).replace('rediss', 'redis');
    expect((await scene.app.probe(plain)).failed).toBe('auth');
  });

  test('asks for the token, and takes no other, nor another user', async () => {
    expect(await scene.app.talk({ host: names.primary, commands: PING })).toEqual([
      expect.stringMatching(/^NOAUTH/),
    ]);
    expect(await talk(names.primary, PING, { password: 'wrong-token-0123456789' })).toEqual([
      expect.stringMatching(/^WRONGPASS|^NOAUTH/),
    ]);
    expect(failure(await scene.app.probe(url(names.primary)))).toMatch(/^ping: .*NOAUTH/);
    expect(failure(await scene.app.probe(url(names.primary, 'wrong')))).toMatch(/^auth: .*WRONGPASS/);
    expect(failure(await scene.app.probe(url(names.primary, FIRST, 'nobody')))).toMatch(/^auth: .*WRONGPASS/);
  });

  test('forgets the old token with SET, which ROTATE still took', async () => {
    await modify('secure', { AuthToken: SECOND, AuthTokenUpdateStrategy: 'ROTATE' });
    expect(await talk(names.primary, PING)).toEqual(['PONG']);
    await modify('secure', { AuthToken: SECOND, AuthTokenUpdateStrategy: 'SET' });
    expect(failure(await scene.app.probe(url(names.primary, FIRST)))).toMatch(/^auth: .*WRONGPASS/);
    expect(await talk(names.primary, PING, { password: SECOND })).toEqual(['PONG']);
  });

  test('writes nothing by its reader endpoint, nor by the endpoint of a node that was the primary', async () => {
    const [before] = names.nodes;
    const writes = (host: string) => talk(host, SET, { password: SECOND });
    expect(await writes(names.reader)).toEqual([expect.stringMatching(/^READONLY/)]);
    expect(await writes(before!)).toEqual(['OK']);
    await elasticache('TestFailover', { ReplicationGroupId: 'secure', NodeGroupId: '0001' });
    await scene.wait(10);
    expect(await writes(before!)).toEqual([expect.stringMatching(/^READONLY/)]);
    expect(failure(await scene.app.probe(url(before!, SECOND)))).toMatch(/^keys: .*READONLY/);
    expect(await writes(names.primary)).toEqual(['OK']);
    expect(await messages('replication-group', 'secure')).toContain(
      'Failover from primary node secure-001 to replica node secure-002 completed',
    );
  });

  test('refuses while a node of it reboots, and is loading before it is back', async () => {
    const [replica] = names.nodes;
    const reads = () => talk(replica!, [['GET', 'key']], { password: SECOND });
    await elasticache('RebootCacheCluster', { CacheClusterId: 'secure-001', CacheNodeIdsToReboot: ['0001'] });
    await expect(modify('secure', { SnapshotRetentionLimit: 1 })).rejects.toMatchObject({
      shape: 'InvalidReplicationGroupStateFault',
    });
    const status = async (): Promise<unknown> => {
      const { CacheClusters } = await elasticache<{ CacheClusters: { CacheClusterStatus: string }[] }>(
        'DescribeCacheClusters',
        { CacheClusterId: 'secure-001' },
      );
      return CacheClusters[0]!.CacheClusterStatus;
    };
    expect(await status()).toBe('rebooting cluster nodes');
    expect(await reads()).toEqual([expect.stringMatching(/ECONNREFUSED/)]);
    await scene.wait(0.75);
    expect(await reads()).toEqual([expect.stringMatching(/^LOADING/)]);
    expect(failure(await scene.app.probe(url(replica!, SECOND)))).toMatch(/^ping: .*LOADING/);
    await scene.wait(1);
    expect([await status(), ...(await reads())]).toEqual(['available', 'value']);
    expect(await messages('cache-cluster', 'secure-001')).toContain('Cache node 0001 restarted');
  });

  test('keeps users of a group to their keys and commands', async () => {
    const user = (UserName: string, AccessString: string): Promise<unknown> =>
      elasticache('CreateUser', {
        UserId: UserName,
        UserName,
        AccessString,
        Engine: 'redis',
        Passwords: [SECOND],
      });
    await elasticache('CreateUser', {
      UserId: 'closed-default',
      UserName: 'default',
      AccessString: 'off -@all',
      Engine: 'redis',
      NoPasswordRequired: true,
    });
    await user('narrow', 'on ~canvas:* +@all');
    await user('reader', 'on ~* +@read +ping +auth');
    await user('blind', 'on ~* +@all -info');
    await elasticache('CreateUserGroup', {
      UserGroupId: 'team',
      Engine: 'redis',
      UserIds: ['closed-default', 'narrow', 'reader', 'blind'],
    });
    await scene.wait(1);
    await modify('secure', { UserGroupIdsToAdd: ['team'], AuthTokenUpdateStrategy: 'DELETE' });
    const as = (username: string, ...commands: Conversation['commands']) =>
      talk(names.primary, commands, { username, password: SECOND });
    expect(await as('narrow', ['SET', 'canvas:1', 'x'], ['SET', 'key', 'x'])).toEqual([
      'OK',
      expect.stringMatching(/^NOPERM .*key/),
    ]);
    expect(await as('reader', ['GET', 'key'], ['SET', 'key', 'x'])).toEqual([
      'value',
      expect.stringMatching(/^NOPERM .*'set'/),
    ]);
    expect(failure(await scene.app.probe(url(names.primary, SECOND, 'narrow')))).toMatch(/^keys: .*NOPERM/);
    expect(await as('blind', ['INFO'])).toEqual([expect.stringMatching(/^NOPERM .*'info'/)]);
    expect(failure(await scene.app.probe(url(names.primary, SECOND, 'stranger')))).toMatch(
      /^auth: .*WRONGPASS/,
    );
    // A default user that is off and has no password: AUTH says that none is asked for.
    expect(failure(await scene.app.probe(url(names.primary, SECOND)))).toMatch(/^ping: .*NOAUTH/);
  });
});

describe.runIf(hasRedis)('a small cache without TLS', () => {
  const GROUP = 'small';
  let host: string;
  const talk = (...commands: Conversation['commands']) => scene.app.talk({ host, plaintext: true, commands });
  const parameters = async (values: Readonly<Record<string, string>>): Promise<void> => {
    await elasticache('ModifyCacheParameterGroup', {
      CacheParameterGroupName: GROUP,
      ParameterNameValues: Object.entries(values).map(([ParameterName, ParameterValue]) => ({
        ParameterName,
        ParameterValue,
      })),
    });
  };

  beforeAll(async () => {
    await elasticache('CreateCacheParameterGroup', {
      CacheParameterGroupName: GROUP,
      CacheParameterGroupFamily: 'redis7',
      Description: 'small',
    });
    const { NodeGroups } = await scene.create({
      ReplicationGroupId: 'small',
      NumCacheClusters: 1,
      CacheParameterGroupName: GROUP,
    });
    host = NodeGroups![0]!.PrimaryEndpoint!.Address!;
  });

  test('never answers the handshake of a client with TLS', async () => {
    const tls = { host, connectTimeout: 300, commands: PING };
    expect(await scene.app.talk(tls)).toEqual([expect.stringMatching(/ETIMEDOUT/)]);
  });

  test('takes any password, for it asks for none', async () => {
    expect((await scene.app.probe(`redis://:made-up@${host}:6379`)).failed).toBeUndefined();
  });

  test('refuses a cluster client, which hides the reason', async () => {
    expect(await scene.app.talk({ host, plaintext: true, cluster: true, commands: PING })).toEqual([
      expect.stringMatching(/cluster support disabled/),
    ]);
  });

  test('evicts by its parameter group, which does not suit a queue', async () => {
    await parameters({ 'maxmemory-policy': 'allkeys-lru' });
    expect((await scene.app.probe(`redis://${host}:6379`)).maxmemoryPolicy).toBe('allkeys-lru');
  });

  test('that may not evict is full at some time: reads go on, writes are refused', async () => {
    const megabyte = 'x'.repeat(1_000_000);
    await talk(...Array.from({ length: 8 }, (_, n) => ['SET', `filled:${n}`, megabyte] as const));
    // Of 512 MiB one percent is left.
    await parameters({ 'maxmemory-policy': 'noeviction', 'reserved-memory-percent': '99' });
    expect(await talk(...SET)).toEqual([expect.stringMatching(/^OOM command not allowed/)]);
    expect(await talk(['GET', 'absent'], ['PING'])).toEqual([null, 'PONG']);
    expect(failure(await scene.app.probe(`redis://${host}:6379`))).toMatch(/^keys: .*OOM/);
    await parameters({ 'reserved-memory-percent': '25' });
    expect(await talk(...SET)).toEqual(['OK']);
  });

  test('takes no more clients than it may', async () => {
    const limit = async (maxclients: number, cacheClusterId = 'small-001'): Promise<number> => {
      const query = new URLSearchParams({ accessKeyId: scene.env['AWS_ACCESS_KEY_ID']! });
      const { status } = await fetch(`${sandbox.endpointUrl}/_sandbox/clients?${query.toString()}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${sandbox.controlToken}` },
        body: JSON.stringify({ cacheClusterId, maxclients }),
      });
      return status;
    };
    const stays = scene.enter(scene.app).talk({
      host,
      plaintext: true,
      commands: [
        ['SET', 'connected', 'yes'],
        ['BLPOP', 'queue', '0'],
      ],
    });
    await expect.poll(() => talk(['GET', 'connected'])).toEqual(['yes']);
    expect([await limit(1, 'absent-001'), await limit(1)]).toEqual([400, 200]);
    const refused = await talk(['PING']);
    const { failed } = await scene.app.probe(`redis://${host}:6379`);
    await limit(100);
    expect(await talk(['RPUSH', 'queue', 'job'])).toEqual([1]);
    expect(await stays).toEqual(['OK', ['queue', 'job']]);
    // The server's words may be lost with the connection.
    expect(refused).toEqual([expect.stringMatching(/max number of clients|ECONNRESET|EPIPE|closed/)]);
    expect(failed).toBe('ping');
  });
});

describe.runIf(hasRedis && process.platform === 'linux')('a cache in cluster mode', () => {
  let host: string;

  beforeAll(async () => {
    const { ConfigurationEndpoint } = await scene.create({
      ReplicationGroupId: 'sharded',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 0,
      AutomaticFailoverEnabled: true,
      CacheParameterGroupName: 'default.redis7.cluster.on',
    });
    host = ConfigurationEndpoint!.Address!;
  });

  test('sends a plain client elsewhere for some of its keys, has one database, and keeps slots apart', async () => {
    const commands = Array.from({ length: 20 }, (_, number) => ['SET', `key:${number}`, 'x'] as const);
    const answers = await scene.app.talk({ host, plaintext: true, commands });
    expect(answers).toContain('OK');
    expect(answers).toContainEqual(expect.stringMatching(/^MOVED \d+ 172\.31\./));
    expect(
      await scene.app.talk({
        host,
        plaintext: true,
        commands: [
          ['SELECT', '1'],
          ['MGET', 'a', 'b'],
        ],
      }),
    ).toEqual(['ERR SELECT is not allowed in cluster mode', expect.stringMatching(/^CROSSSLOT/)]);
    expect(failure(await scene.app.probe(`redis://${host}:6379`))).toMatch(/^keys: .*MOVED/);
    expect(failure(await scene.app.probe(`redis://${host}:6379/1`))).toMatch(/^ping: .*ERR SELECT/);
  });

  test('serves a cluster client', async () => {
    const commands = [
      ['SET', 'a', 'x'],
      ['SET', 'b', 'x'],
    ] as const;
    expect(await scene.app.talk({ host, plaintext: true, cluster: true, commands })).toEqual(['OK', 'OK']);
  });
});
