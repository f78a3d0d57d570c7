/** A cache over an ElastiCache that answers as AWS does at its worst: late, and with nothing to change. */
import { describe, expect, test } from 'vitest';
import type {
  CacheCluster,
  ElastiCache,
  EngineVersion,
  ReplicationGroup,
} from '../../src/aws/elasticache.ts';
import type { Ec2 } from '../../src/aws/ec2.ts';
import { VirtualClock } from '../../src/clock.ts';
import { ownershipTags } from '../../src/domain/ownership.ts';
import type { ReplicationGroupSettings, Settings, Sourced } from '../../src/domain/settings.ts';
import { applyPlan } from '../../src/engine/apply.ts';
import type { WizardEvent } from '../../src/engine/events.ts';
import { planResources } from '../../src/engine/plan.ts';
import type { AnyResource } from '../../src/engine/resource.ts';
import { replicationGroup } from '../../src/resources/caches/replication-group.ts';
import { cacheOf } from './wanted.ts';

const asked = <T>(value: T): Sourced<T> => ({ value, origin: 'flag' });

const CACHE = cacheOf();

const GROUP: ReplicationGroup = {
  replicationGroupId: 'canvas',
  arn: 'arn:canvas',
  status: 'available',
  description: 'Redis cache for canvas',
  engine: 'redis',
  cacheNodeType: 'cache.t3.micro',
  memberClusters: ['canvas-001'],
  automaticFailover: 'disabled',
  multiAz: 'disabled',
  nodeGroupIds: ['0001'],
  clusterMode: 'disabled',
  transitEncryption: true,
  atRestEncryption: true,
  authTokenEnabled: false,
  userGroupIds: [],
  snapshotRetentionLimit: 0,
  endpoint: { address: 'master.canvas.example', port: 6379, kind: 'primary' },
};

const MEMBER: CacheCluster = {
  cacheClusterId: 'canvas-001',
  arn: 'arn:canvas-001',
  cacheNodeType: 'cache.t3.micro',
  status: 'available',
  engine: 'redis',
  engineVersion: '7.1.0',
  cacheSubnetGroupName: 'canvas-subnet-group',
  securityGroupIds: ['sg-ours'],
  maintenanceWindow: 'sun:05:00-sun:06:00',
};

const VERSIONS: EngineVersion[] = [
  { engineVersion: '6.2', cacheParameterGroupFamily: 'redis6.x', assumed: false },
  { engineVersion: '7.1', cacheParameterGroupFamily: 'redis7', assumed: false },
];

function elastiCache(more: Partial<ElastiCache>): ElastiCache {
  const all: Partial<ElastiCache> = {
    readReplicationGroup: () => Promise.resolve(GROUP),
    readCacheCluster: () => Promise.resolve(undefined),
    describeCacheClusters: () => Promise.resolve([MEMBER]),
    describeEngineVersions: () => Promise.resolve(VERSIONS),
    describeEvents: () => Promise.resolve([]),
    createReplicationGroup: () => Promise.resolve('created'),
    readTags: () => Promise.resolve(ownershipTags('canvas', 'canvas')),
    ...more,
  };
  return all as ElastiCache;
}

/** The groups that the cache needs, as they are. */
const surroundings = [
  { kind: 'securityGroup', name: 'canvas-sg', outputs: { groupId: 'sg-ours' } },
  {
    kind: 'cacheSubnetGroup',
    name: 'canvas-subnet-group',
    outputs: { cacheSubnetGroupName: 'canvas-subnet-group' },
  },
].map(
  ({ kind, name, outputs }) =>
    ({
      kind,
      name,
      needs: [],
      plan: () => Promise.resolve({ action: 'none', outputs }),
    }) as unknown as AnyResource,
);

async function setUp(cache: ReplicationGroupSettings, elasticache: ElastiCache, pollIntervalMs?: number) {
  const settings = { project: 'canvas', tags: {} } as Settings;
  const all = [
    ...surroundings,
    replicationGroup({ cache, settings, network: { vpcId: 'vpc-1' }, aws: { elasticache, ec2: {} as Ec2 } }),
  ];
  const clock = new VirtualClock({ start: 0 });
  const events: WizardEvent[] = [];
  const plan = await planResources(all);
  const known = await applyPlan(all, plan, {
    clock,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    ...(pollIntervalMs === undefined ? {} : { wait: { pollIntervalMs } }),
  });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  return { clock, plan, warnings, cache: known.need('cache', 'canvas') };
}

describe('a cache', () => {
  test('of which AWS says that there is nothing to change is not waited for, and the rest is changed', async () => {
    let now = GROUP;
    const { clock, warnings } = await setUp(
      { ...CACHE, maintenanceWindow: asked('mon:05:00-mon:06:00'), replicas: asked(1) },
      elastiCache({
        readReplicationGroup: () => Promise.resolve(now),
        describeCacheClusters: () => Promise.resolve(now.memberClusters.map(() => MEMBER)),
        modifyReplicationGroup: () => Promise.resolve('unchanged'),
        setReplicaCount: () => {
          now = { ...now, memberClusters: ['canvas-001', 'canvas-002'] };
          return Promise.resolve('modified');
        },
      }),
    );
    expect(warnings).toEqual([
      'AWS sees nothing to change in canvas (maintenance window), so this was passed over',
    ]);
    expect(now.memberClusters).toHaveLength(2);
    expect(clock.now()).toBeLessThan(60_000);
  });

  test.each([200, undefined])(
    'that is not visible for half a minute after it was made is waited for, at a pace of %s ms',
    async (pollIntervalMs) => {
      const invisibleReads = 30_000 / (pollIntervalMs ?? 10_000);
      let made = false;
      let reads = 0;
      const { cache } = await setUp(
        CACHE,
        elastiCache({
          createReplicationGroup: () => {
            made = true;
            return Promise.resolve('created');
          },
          readReplicationGroup: () => {
            if (made) reads += 1;
            return Promise.resolve(reads > invisibleReads ? GROUP : undefined);
          },
        }),
        pollIntervalMs,
      );
      expect(cache.endpoint.address).toBe('master.canvas.example');
    },
  );

  test('that is not there for longer than a minute is gone', async () => {
    const never = elastiCache({ readReplicationGroup: () => Promise.resolve(undefined) });
    await expect(setUp(CACHE, never)).rejects.toThrow('canvas is gone while it was being waited for');
  });

  test('of an engine and version that do not go together is refused in the plan', async () => {
    const absent = elastiCache({ readReplicationGroup: () => Promise.resolve(undefined) });
    for (const engineVersion of ['6.2', '8.1']) {
      await expect(setUp({ ...CACHE, engineVersion: asked(engineVersion) }, absent)).rejects.toMatchObject({
        code: 'InvalidInput',
        hint: 'Say --engine-version 7.1, or --engine valkey.',
      });
    }
  });

  test('that lives is asked for a version of its own engine, in the plan too', async () => {
    const valkey = elastiCache({
      readReplicationGroup: () => Promise.resolve({ ...GROUP, engine: 'valkey' }),
      describeCacheClusters: () => Promise.resolve([{ ...MEMBER, engine: 'valkey', engineVersion: '8.1.0' }]),
      describeEngineVersions: () =>
        Promise.resolve([{ engineVersion: '8.1', cacheParameterGroupFamily: 'valkey8', assumed: false }]),
    });
    const { plan } = await setUp({ ...CACHE, engineVersion: asked('8.1') }, valkey);
    expect(plan.changes.at(-1)?.change.action).toBe('none');
    await expect(setUp({ ...CACHE, engineVersion: asked('9.9') }, valkey)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: 'valkey 9.9 is not offered here',
      hint: 'Choose --engine-version from: 8.1.',
    });
  });

  test('says of its parameter group that it is assumed where the versions cannot be asked for', async () => {
    let made = false;
    const emulator = elastiCache({
      readReplicationGroup: () => Promise.resolve(made ? GROUP : undefined),
      createReplicationGroup: () => {
        made = true;
        return Promise.resolve('created');
      },
      describeEngineVersions: () =>
        Promise.resolve([{ engineVersion: '7', cacheParameterGroupFamily: 'redis7', assumed: true }]),
    });
    const { plan } = await setUp(CACHE, emulator);
    expect(JSON.stringify(plan.changes.at(-1)?.change)).toContain('default.redis7, assumed');
  });
});
