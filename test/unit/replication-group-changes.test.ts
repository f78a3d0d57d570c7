/** A living cache is changed in place, in AWS's order, and only where something was asked for. */
import { describe, expect, test } from 'vitest';
import type { CacheCluster, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { CacheSettings } from '../../src/domain/settings.ts';
import {
  blockedOf,
  modificationsOf,
  type LivingCache,
} from '../../src/resources/replication-group-changes.ts';
import { asked, CACHE, GROUP, MEMBER } from './replication-group-fixtures.ts';

function living(group: Partial<ReplicationGroup> = {}, member: Partial<CacheCluster> = {}): LivingCache {
  const whole: ReplicationGroup = { ...GROUP, ...group };
  const members = whole.memberClusters.map((cacheClusterId): CacheCluster => ({
    ...MEMBER,
    cacheClusterId,
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
  test('stays as it is where nothing was asked for, however far it is from the CACHE', () => {
    expect(modificationsOf(CACHE, production, 'sg-ours')).toEqual([]);
    expect(blockedOf(CACHE, production, 'canvas-subnet-group')).toBeUndefined();
  });

  test('gets its replica before the failover that needs it', () => {
    const cache = { ...CACHE, replicas: asked(1), multiAz: asked(true) };
    expect(fields(cache, living())).toEqual(['replicas: 0 to 1', 'Multi-AZ with failover: off to on']);
  });

  test('gives up failover before the replica', () => {
    const cache = { ...CACHE, replicas: asked(0), multiAz: asked(false) };
    expect(fields(cache, production)).toEqual(['Multi-AZ with failover: on to off', 'replicas: 1 to 0']);
  });

  test('is changed in one call where AWS takes one', () => {
    const cache = {
      ...CACHE,
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
    expect(fields({ ...CACHE, engineVersion: asked('7.1') }, living())).toEqual([]);
  });

  test('gets our security group beside those that it has', () => {
    const now = living({}, { securityGroupIds: ['sg-theirs'] });
    expect(modificationsOf(CACHE, now, 'sg-ours')).toMatchObject([
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
    expect(blockedOf({ ...CACHE, ...setting }, living(group), 'canvas-subnet-group')?.reason).toContain(
      reason,
    );
  });

  test('another key of the encryption at rest, be it named by its id or its ARN', () => {
    const key = 'arn:aws:kms:us-east-1:111122223333:key/';
    const wants = (kmsKeyId: string) =>
      blockedOf(
        { ...CACHE, kmsKeyId: asked(kmsKeyId) },
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
    expect(blockedOf({ ...CACHE, replicas: asked(0) }, production, 'canvas-subnet-group')?.hint).toContain(
      '--no-multi-az',
    );
  });

  test('another subnet group', () => {
    expect(blockedOf(CACHE, living(), 'elsewhere')?.reason).toContain('The subnet group of canvas');
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
    const blocked = blockedOf({ ...CACHE, ...setting }, living(group), 'canvas-subnet-group');
    expect(blocked?.reason).toContain(reason);
    expect(blocked?.reason).not.toContain('anew');
    expect(blocked?.hint).toContain(hint);
  });
});
