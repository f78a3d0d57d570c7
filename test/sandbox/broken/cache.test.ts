/** A cache that does not do what the app needs of it: full, evicting, starting, changing, gone. */
import { enterVpc, type Conversation, type VpcClient } from '../vpc-client.ts';
import { brokenSetUps, type BrokenSetUp } from './broken-set-up.ts';
import { CACHE, type Scene } from './scene.ts';

const elasticache = (action: string, input: object, { call }: Scene): Promise<unknown> =>
  call('elasticache', action, input);

const GROUP = `${CACHE}-parameters`;

async function parameters(values: Readonly<Record<string, string>>, scene: Scene): Promise<void> {
  const ParameterNameValues = Object.entries(values).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
  }));
  await elasticache(
    'ModifyCacheParameterGroup',
    { CacheParameterGroupName: GROUP, ParameterNameValues },
    scene,
  );
  await scene.wait(2);
}

/** Somebody's program beside the app. */
async function enter({ service, at }: Scene): Promise<VpcClient> {
  const { subnets = [], securityGroups = [] } =
    (await service()).networkConfiguration?.awsvpcConfiguration ?? {};
  return enterVpc(at.account, subnets[0]!, securityGroups);
}

async function talk(commands: Conversation['commands'], scene: Scene): Promise<unknown[]> {
  const client = await enter(scene);
  const { TransitEncryptionEnabled } = await scene.cache();
  const answers = await client.talk({
    host: await scene.address(),
    plaintext: TransitEncryptionEnabled !== true,
    commands,
  });
  await client.close();
  return answers;
}

/** What a node of that size takes: a test cannot open the ten thousand of a small one. */
async function limitClients(maxclients: number, { at, sandbox }: Scene): Promise<void> {
  const query = new URLSearchParams({ accessKeyId: at.env['AWS_ACCESS_KEY_ID']! });
  await fetch(`${sandbox.endpointUrl}/_sandbox/clients?${query.toString()}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.controlToken}` },
    body: JSON.stringify({ cacheClusterId: `${CACHE}-001`, maxclients }),
  });
}

const ROWS: readonly BrokenSetUp[] = [
  {
    title: 'full, and may evict nothing',
    async broken(scene) {
      const megabyte = 'x'.repeat(1_000_000);
      await talk(
        Array.from({ length: 8 }, (_, n) => ['SET', `filled:${n}`, megabyte] as const),
        scene,
      );
      await parameters({ 'maxmemory-policy': 'noeviction', 'reserved-memory-percent': '99' }, scene);
    },
    cause: 'ping',
    says: /nothing can be written: the cache is full/,
    hint: /larger node, shorter lives, or another maxmemory-policy/,
    cure: (scene) => parameters({ 'reserved-memory-percent': '25' }, scene),
  },
  {
    title: 'out of connections',
    broken: (scene) => limitClients(2, scene),
    cause: 'ping',
    says: /no room for one more client/,
    hint: /CLIENT LIST, or take a larger node/,
    cure: (scene) => limitClients(10_000, scene),
  },
  {
    title: 'being modified, which is no failure',
    async broken(scene) {
      await elasticache(
        'ModifyReplicationGroup',
        { ReplicationGroupId: CACHE, CacheNodeType: 'cache.t3.small', ApplyImmediately: true },
        scene,
      );
      await scene.wait(1);
    },
    cause: 'cache',
    outcome: 'warn',
    says: /collabcanvas-redis is modifying/,
    hint: /available/,
    cure: (scene) => scene.wait(30),
  },
  {
    title: 'deleted',
    async broken(scene) {
      await elasticache('DeleteReplicationGroup', { ReplicationGroupId: CACHE }, scene);
      await scene.wait(20);
    },
    cause: 'cache',
    says: /the cache was deleted: there is no collabcanvas-redis/,
  },
];

brokenSetUps(
  'a cache that is',
  { setup: ['--no-transit-encryption', '--maxmemory-policy', 'volatile-lru'] },
  ROWS,
);

brokenSetUps('a cache without TLS, and the app has', { setup: ['--no-transit-encryption'] }, [
  {
    title: 'a URL with TLS',
    broken: async (scene) => scene.hand({ REDIS_URL: `rediss://${await scene.address()}:6379` }),
    cause: 'variables',
    says: /TLS, and the cache speaks plaintext/,
  },
]);

brokenSetUps('a cache with a replica, and the app has', { setup: ['--replicas', '1', '--multi-az'] }, [
  {
    title: 'the endpoint of a node that is a replica since a failover',
    async broken(scene) {
      const { NodeGroups } = await scene.cache();
      const primary = NodeGroups?.[0]?.NodeGroupMembers?.find(({ CurrentRole }) => CurrentRole === 'primary');
      await scene.hand({ REDIS_URL: `rediss://${primary?.ReadEndpoint?.Address ?? ''}:6379` });
      await elasticache('TestFailover', { ReplicationGroupId: CACHE, NodeGroupId: '0001' }, scene);
      await scene.wait(15);
    },
    cause: 'variables',
    says: /the endpoint of the node collabcanvas-redis-001, which is a replica by now and takes no writes/,
  },
  {
    title: 'the reader endpoint',
    async broken(scene) {
      const { NodeGroups } = await scene.cache();
      await scene.hand({ REDIS_URL: `rediss://${NodeGroups?.[0]?.ReaderEndpoint?.Address ?? ''}:6379` });
    },
    cause: 'variables',
    says: /the reader endpoint, which takes no writes/,
  },
]);

/** Told by the variables alone that it is one. */
brokenSetUps('a queue', { setup: ['--workload', 'queue', '--env-profile', 'bullmq'] }, [
  {
    title: 'in a cache that evicts its jobs',
    broken: (scene) => parameters({ 'maxmemory-policy': 'allkeys-lru' }, scene),
    cause: 'memory',
    says: /collabcanvas-redis holds a queue, and maxmemory-policy is allkeys-lru/,
  },
  {
    title: 'one of whose URLs leads elsewhere',
    broken: (scene) => scene.hand({ REDIS_QUEUE_URL: 'redis://queue.internal:6379' }),
    // Unsaid, it may be the address of a cache of its own.
    verify: () => ['--env-profile', 'bullmq'],
    cause: 'variables',
    says: /REDIS_QUEUE_URL is redis:\/\/queue\.internal:6379, another place than this cache/,
  },
]);
