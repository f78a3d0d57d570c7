/** A living cache is changed in place, in AWS's order, and only where something was asked for. */
import { describe, expect, test } from 'vitest';
import type { CacheCluster, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { CacheSettings, Sourced } from '../../src/domain/settings.ts';
import {
  blockedOf,
  modificationsOf,
  type LivingCache,
} from '../../src/resources/replication-group-changes.ts';

const unset = <T>(value: T): Sourced<T> => ({ value, origin: 'default' });
const asked = <T>(value: T): Sourced<T> => ({ value, origin: 'flag' });

const defaults: CacheSettings = {
  name: 'canvas',
  description: unset('Redis cache for canvas'),
  engine: unset('redis'),
  engineVersion: unset('7.1'),
  cacheNodeType: unset('cache.t3.micro'),
  replicas: unset(0),
  multiAz: unset(false),
  port: unset(6379),
  transitEncryption: unset(true),
  atRestEncryption: unset(true),
  snapshotRetention: unset(0),
  securityGroupName: 'canvas-sg',
  subnetGroupName: 'canvas-subnet-group',
  allowCidrs: [],
};

function living(group: Partial<ReplicationGroup> = {}, member: Partial<CacheCluster> = {}): LivingCache {
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
    clusterEnabled: false,
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

const fields = (cache: CacheSettings, now: LivingCache): string[] =>
  modificationsOf(cache, now, 'sg-ours').flatMap(({ details }) =>
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
    expect(modificationsOf(defaults, production, 'sg-ours')).toEqual([]);
    expect(blockedOf(defaults, production, 'canvas-subnet-group')).toBeUndefined();
  });

  test('gets its replica before the failover that needs it', () => {
    const cache = { ...defaults, replicas: asked(1), multiAz: asked(true) };
    expect(fields(cache, living())).toEqual(['replicas: 0 to 1', 'Multi-AZ with failover: off to on']);
  });

  test('gives up failover before the replica', () => {
    const cache = { ...defaults, replicas: asked(0), multiAz: asked(false) };
    expect(fields(cache, production)).toEqual(['Multi-AZ with failover: on to off', 'replicas: 1 to 0']);
  });

  test('is changed in one call where AWS takes one', () => {
    const cache = {
      ...defaults,
      cacheNodeType: asked('cache.t3.small'),
      snapshotRetention: asked(1),
      maintenanceWindow: asked('mon:03:00-mon:04:00'),
    };
    expect(modificationsOf(cache, living(), 'sg-ours')).toMatchObject([
      {
        call: 'modify',
        change: {
          cacheNodeType: 'cache.t3.small',
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
    expect(modificationsOf(defaults, now, 'sg-ours')).toMatchObject([
      { change: { securityGroupIds: ['sg-theirs', 'sg-ours'] } },
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
    ['cluster mode', {}, { clusterEnabled: true }, 'canvas runs in cluster mode'],
    ['a password', {}, { authTokenEnabled: true }, 'canvas asks for a password'],
    ['Multi-AZ on a single node', { multiAz: asked(true) }, {}, 'Multi-AZ needs a replica'],
  ])('%s', (_what, setting, group, reason) => {
    expect(blockedOf({ ...defaults, ...setting }, living(group), 'canvas-subnet-group')?.reason).toContain(
      reason,
    );
  });

  test('another key of the encryption at rest, be it named by its id or its ARN', () => {
    const key = 'arn:aws:kms:us-east-1:111122223333:key/';
    const wants = (kmsKeyId: string) =>
      blockedOf(
        { ...defaults, kmsKeyId: asked(kmsKeyId) },
        living({ kmsKeyId: `${key}0a1b` }),
        'canvas-subnet-group',
      )?.reason;
    expect(wants('2c3d')).toContain('The key of canvas');
    expect(wants(`${key}2c3d`)).toContain('The key of canvas');
    expect(wants('0a1b')).toBeUndefined();
    expect(wants(`${key}0a1b`)).toBeUndefined();
    // What an alias leads to is not known.
    expect(wants('alias/canvas')).toBeUndefined();
    expect(wants('arn:aws:kms:us-east-1:111122223333:alias/canvas')).toBeUndefined();
  });

  test('no replica while failover is on', () => {
    expect(blockedOf({ ...defaults, replicas: asked(0) }, production, 'canvas-subnet-group')?.hint).toContain(
      '--no-multi-az',
    );
  });

  test('another subnet group', () => {
    expect(blockedOf(defaults, living(), 'elsewhere')?.reason).toContain('The subnet group of canvas');
  });
});

describe('what AWS does in place and this version leaves to you is told with the way to do it', () => {
  test.each([
    [
      'Redis to Valkey',
      { engine: asked('valkey' as const) },
      {},
      'AWS changes it to Valkey in place',
      '--engine valkey --engine-version 8.0',
    ],
    [
      'TLS on',
      { transitEncryption: asked(true) },
      { transitEncryption: false },
      'AWS turns it on in place',
      '--transit-encryption-enabled --transit-encryption-mode preferred',
    ],
    [
      'TLS off',
      { transitEncryption: asked(false) },
      {},
      'AWS turns it off in place',
      '--no-transit-encryption-enabled',
    ],
  ])('%s', (_what, setting, group, reason, hint) => {
    const blocked = blockedOf({ ...defaults, ...setting }, living(group), 'canvas-subnet-group');
    expect(blocked?.reason).toContain(reason);
    expect(blocked?.reason).not.toContain('anew');
    expect(blocked?.hint).toContain(hint);
  });
});
