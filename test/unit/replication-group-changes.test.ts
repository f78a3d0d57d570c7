/** A living cache is changed in place, in AWS's order, and only where something was asked for. */
import { describe, expect, test } from 'vitest';
import type { CacheCluster, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { ReplicationGroupSettings, Sourced } from '../../src/domain/settings.ts';
import type {
  LivingReplicationGroup,
  Surroundings,
} from '../../src/resources/caches/changes/modification.ts';
import { blockedOf, modificationsOf } from '../../src/resources/caches/replication-group-changes.ts';
import { cacheOf, from } from './wanted.ts';

const asked = <T>(value: T): Sourced<T> => ({ value, origin: 'flag' });

const defaults = cacheOf();

const OURS: Surroundings = {
  securityGroupId: 'sg-ours',
  cacheParameterGroupName: undefined,
  subnetGroupName: 'canvas-subnet-group',
};

function living(
  group: Partial<ReplicationGroup> = {},
  member: Partial<CacheCluster> = {},
): LivingReplicationGroup {
  const whole: ReplicationGroup = {
    replicationGroupId: 'canvas',
    arn: 'arn:aws:elasticache:us-east-1:111122223333:replicationgroup:canvas',
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
    ...group,
  };
  const members = whole.memberClusters.map((cacheClusterId): CacheCluster => ({
    cacheClusterId,
    arn: `arn:${cacheClusterId}`,
    cacheNodeType: whole.cacheNodeType,
    cacheParameterGroupName: 'default.redis7',
    status: 'available',
    engine: 'redis',
    engineVersion: '7.1.0',
    cacheSubnetGroupName: 'canvas-subnet-group',
    securityGroupIds: ['sg-ours'],
    maintenanceWindow: 'sun:05:00-sun:06:00',
    ...member,
  }));
  return { group: whole, members };
}

const fields = (cache: ReplicationGroupSettings, now: LivingReplicationGroup): string[] =>
  modificationsOf(cache, now, OURS).flatMap(({ details }) =>
    details.map(({ field, from, to }) => `${field}: ${from ?? '-'} to ${to}`),
  );

const production = living({
  cacheNodeType: 'cache.r6g.large',
  memberClusters: ['canvas-001', 'canvas-002'],
  automaticFailover: 'enabled',
  multiAz: 'enabled',
  snapshotRetentionLimit: 7,
  transitEncryption: false,
  endpoint: { address: 'canvas.example', port: 6380, kind: 'primary' },
});

describe('a living cache', () => {
  test('stays as it is where nothing was asked for, however far it is from the defaults', () => {
    expect(modificationsOf(defaults, production, OURS)).toEqual([]);
    expect(blockedOf(defaults, production, OURS)).toBeUndefined();
  });

  test('gets its replica before the failover that needs it', () => {
    const cache = { ...defaults, replicas: asked(1), multiAz: asked(true) };
    expect(fields(cache, living())).toEqual(['replicas: 0 to 1', 'Multi-AZ with failover: off to on']);
  });

  test('gives up failover before the replica', () => {
    const cache = { ...defaults, replicas: asked(0), multiAz: asked(false) };
    expect(fields(cache, production)).toEqual(['Multi-AZ with failover: on to off', 'replicas: 1 to 0']);
  });

  test('has all that touches no node changed in one call', () => {
    const cache = {
      ...defaults,
      description: asked('Canvas state'),
      snapshotRetention: asked(1),
      maintenanceWindow: asked('mon:03:00-mon:04:00'),
    };
    expect(modificationsOf(cache, living(), OURS)).toMatchObject([
      {
        call: 'modify',
        change: {
          description: 'Canvas state',
          snapshotRetentionLimit: 1,
          maintenanceWindow: 'mon:03:00-mon:04:00',
        },
      },
    ]);
  });

  test('already runs 7.1 when it runs 7.1.0', () => {
    expect(fields({ ...defaults, engineVersion: asked('7.1') }, living())).toEqual([]);
  });

  test('gets our security group beside those that it has', () => {
    const now = living({}, { securityGroupIds: ['sg-theirs'] });
    expect(modificationsOf(defaults, now, OURS)).toMatchObject([
      { change: { securityGroupIds: ['sg-theirs', 'sg-ours'] } },
    ]);
  });
});

describe('parameters that come with a workload', () => {
  const workload = cacheOf({ parameters: { 'maxmemory-policy': from('default', 'noeviction') } });
  const surroundings = { ...OURS, cacheParameterGroupName: 'canvas-parameters' };

  test.each(['default.redis7', 'team-parameters'])('leave a living cache its %s', (group) => {
    const now = living({}, { cacheParameterGroupName: group });
    expect(modificationsOf(workload, now, surroundings)).toEqual([]);
    expect(blockedOf(workload, now, surroundings)).toBeUndefined();
  });

  test('go along with a group of ours into another family', () => {
    const now = living({}, { cacheParameterGroupName: 'canvas-parameters' });
    const valkey = { ...workload, engine: asked('valkey' as const), engineVersion: asked('8.0') };
    const other = { ...OURS, cacheParameterGroupName: 'canvas-parameters-valkey8' };
    expect(modificationsOf(valkey, now, other)).toMatchObject([
      { change: { engine: 'valkey', cacheParameterGroupName: 'canvas-parameters-valkey8' } },
    ]);
  });
});

describe('what only a replacement could do is refused', () => {
  test.each([
    [
      'the way back from Valkey',
      { engine: asked('redis' as const) },
      { engine: 'valkey' },
      'The engine of canvas is valkey and was asked to be redis, which AWS can only do by making the cache anew',
    ],
    ['the port', { port: asked(6380) }, {}, 'The port of canvas is 6379 and was asked to be 6380'],
    [
      'encryption at rest',
      { atRestEncryption: asked(false) },
      {},
      'Encryption at rest of canvas is on and was asked to be off',
    ],
    [
      'an older version',
      { engineVersion: asked('7.0') },
      {},
      'The engine version of canvas is 7.1.0 and was asked to be 7.0',
    ],
    ['a password', {}, { authTokenEnabled: true }, 'canvas asks for an AUTH token'],
    ['Multi-AZ on a single node', { multiAz: asked(true) }, {}, 'Multi-AZ needs a replica'],
  ])('%s', (_what, setting, group, reason) => {
    expect(blockedOf({ ...defaults, ...setting }, living(group), OURS)?.reason).toContain(reason);
  });

  test('another key of the encryption at rest, be it named by its id or its ARN', () => {
    const key = 'arn:aws:kms:us-east-1:111122223333:key/';
    const wants = (kmsKeyId: string) =>
      blockedOf({ ...defaults, kmsKeyId: asked(kmsKeyId) }, living({ kmsKeyId: `${key}0a1b` }), OURS)?.reason;
    expect(wants('2c3d')).toContain('The key of canvas');
    expect(wants(`${key}2c3d`)).toContain('The key of canvas');
    expect(wants('0a1b')).toBeUndefined();
    expect(wants(`${key}0a1b`)).toBeUndefined();
    // What an alias leads to is not known.
    expect(wants('alias/canvas')).toBeUndefined();
    expect(wants('arn:aws:kms:us-east-1:111122223333:alias/canvas')).toBeUndefined();
  });

  test('no replica while failover is on', () => {
    expect(blockedOf({ ...defaults, replicas: asked(0) }, production, OURS)?.hint).toContain('--no-multi-az');
  });

  test('another subnet group', () => {
    expect(blockedOf(defaults, living(), { ...OURS, subnetGroupName: 'elsewhere' })?.reason).toContain(
      'The subnet group of canvas',
    );
  });
});

describe('each change that AWS makes in place is a call of its own', () => {
  const calls = (
    setting: Partial<ReplicationGroupSettings>,
    group: Partial<ReplicationGroup> = {},
    surroundings: Partial<Surroundings> = {},
  ) =>
    modificationsOf({ ...defaults, ...setting }, living(group), { ...OURS, ...surroundings }).map(
      ({ details, ...call }) => {
        expect(details).not.toEqual([]);
        return call;
      },
    );

  test('from Redis OSS to Valkey, with a parameter group of its family where ours is used', () => {
    const valkey = { engine: asked('valkey' as const), engineVersion: asked('8.0') };
    const change = { engine: 'valkey', engineVersion: '8.0' };
    expect(calls(valkey)).toEqual([{ call: 'modify', change }]);
    const named = { ...valkey, parameters: { 'maxmemory-policy': asked('noeviction') } };
    expect(calls(named, {}, { cacheParameterGroupName: 'canvas-parameters-valkey8' })).toEqual([
      { call: 'modify', change: { ...change, cacheParameterGroupName: 'canvas-parameters-valkey8' } },
    ]);
  });

  test('from plaintext to TLS by way of preferred, and no further', () => {
    const tls = { transitEncryption: asked(true) };
    expect(calls(tls, { transitEncryption: false })).toEqual([
      { call: 'modify', change: { transitEncryption: 'preferred' } },
    ]);
    expect(calls(tls, { transitEncryptionMode: 'preferred' })).toEqual([]);
  });

  test('shards and the replicas of each, where there are shards', () => {
    const cluster = {
      clusterMode: 'enabled' as const,
      nodeGroupIds: ['0001', '0002', '0003'],
      memberClusters: ['a', 'b', 'c', 'd', 'e', 'f'],
      automaticFailover: 'enabled',
    };
    expect(calls({ replicas: asked(2), shards: asked(2) }, cluster)).toEqual([
      { call: 'replicas', direction: 'increase', replicas: 2 },
      { call: 'shards', shards: 2, removed: ['0003'] },
    ]);
    expect(calls({ replicas: asked(1), shards: asked(3) }, cluster)).toEqual([]);
    expect(calls({ multiAz: asked(true) }, cluster)).toEqual([{ call: 'modify', change: { multiAz: true } }]);
  });

  test('into cluster mode last of all, and out of compatible first of all', () => {
    const compatible = {
      clusterMode: asked('compatible' as const),
      replicas: asked(1),
      multiAz: asked(true),
    };
    expect(calls(compatible)).toEqual([
      { call: 'replicas', direction: 'increase', replicas: 1 },
      { call: 'modify', change: { automaticFailover: true, multiAz: true } },
      {
        call: 'modify',
        change: { clusterMode: 'compatible', cacheParameterGroupName: 'default.redis7.cluster.on' },
      },
    ]);
    const enabled = { clusterMode: asked('enabled' as const), cacheNodeType: asked('cache.t3.small') };
    expect(calls(enabled, { clusterMode: 'compatible' })).toEqual([
      { call: 'modify', change: { clusterMode: 'enabled' } },
      { call: 'modify', change: { cacheNodeType: 'cache.t3.small' } },
    ]);
  });
});

describe('what would cut somebody off is refused with the way out', () => {
  test.each<[string, Partial<ReplicationGroupSettings>, Partial<ReplicationGroup>, string]>([
    ['TLS off', { transitEncryption: asked(false) }, {}, '--no-transit-encryption-enabled'],
    ['cluster mode in one step', { clusterMode: asked('enabled') }, {}, '--cluster-mode compatible'],
    ['cluster mode without a replica', { clusterMode: asked('compatible') }, {}, '--replicas 1 --multi-az'],
    [
      'the way back from cluster mode',
      { clusterMode: asked('disabled') },
      { clusterMode: 'enabled' },
      'Leave --cluster-mode out',
    ],
    [
      'another change while it is compatible',
      { cacheNodeType: asked('cache.t3.small') },
      { clusterMode: 'compatible' },
      '--cluster-mode enabled',
    ],
    ['shards without cluster mode', { shards: asked(3) }, {}, 'Leave --shards out'],
  ])('%s', (_what, setting, group, hint) => {
    const blocked = blockedOf({ ...defaults, ...setting }, living(group), OURS);
    expect(blocked?.reason).not.toContain('anew');
    expect(blocked?.hint).toContain(hint);
  });

  test('another family without the parameters that it is to have', () => {
    const custom = living({}, { cacheParameterGroupName: 'canvas-parameters' });
    const valkey = { ...defaults, engine: asked('valkey' as const), engineVersion: asked('8.0') };
    expect(blockedOf(valkey, custom, OURS)?.hint).toContain('--parameter-group');
    expect(blockedOf(valkey, living(), OURS)).toBeUndefined();
    const named = { ...valkey, parameters: { 'maxmemory-policy': asked('noeviction') } };
    expect(blockedOf(named, custom, OURS)).toBeUndefined();
  });

  test('parameters of ours in the place of a group of theirs', () => {
    const theirs = living({}, { cacheParameterGroupName: 'team-parameters' });
    const cache = { ...defaults, parameters: { 'maxmemory-policy': asked('noeviction') } };
    const surroundings = { ...OURS, cacheParameterGroupName: 'canvas-parameters' };
    expect(blockedOf(cache, theirs, surroundings)?.hint).toContain('--parameter-group');
    const ours = living({}, { cacheParameterGroupName: 'canvas-parameters' });
    expect(blockedOf(cache, ours, surroundings)).toBeUndefined();
  });
});
