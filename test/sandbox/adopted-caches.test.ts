/** A cache that others have made and the user names: used, changed as little as can be, and left when the project goes. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { inMatrix } from '../matrix.ts';
import { CACHE, canvases, PROJECT, type CanvasWith } from './canvas-with-cache.ts';

const clock = new VirtualClock();
const canvas = canvases(clock);

/** Made by somebody by hand, and available. */
async function withTheirs(
  action: string,
  more: object,
  options: Parameters<typeof canvas>[0] = {},
): Promise<{ app: CanvasWith; theirs: string }> {
  const app = await canvas(options);
  const { subnetGroup, securityGroup } = await app.theirNetwork();
  await app.call('elasticache', action, {
    CacheNodeType: 'cache.t3.micro',
    CacheSubnetGroupName: subnetGroup,
    SecurityGroupIds: [securityGroup],
    ...more,
  });
  await clock.sleep(10 * 60_000);
  return { app, theirs: securityGroup };
}

const groupsOf = async (app: CanvasWith): Promise<string[]> =>
  (await app.nodes()).flatMap(({ SecurityGroups = [] }) =>
    SecurityGroups.map(({ SecurityGroupId = '' }) => SecurityGroupId),
  );

const STANDALONE = { CacheClusterId: CACHE, Engine: 'redis', NumCacheNodes: 1 };

describe('a replication group of others', () => {
  const group = {
    ReplicationGroupId: CACHE,
    ReplicationGroupDescription: 'theirs',
    Engine: 'redis',
    EngineVersion: '7.1',
    NumCacheClusters: 1,
    TransitEncryptionEnabled: true,
  };

  test('is refused unless it is adopted, then used beside its own security group, and stays without ours', async () => {
    const { app, theirs } = await withTheirs('CreateReplicationGroup', group);
    const refused = await app.setup();
    expect([refused.exitCode, refused.result.awsCalls.writes]).toEqual([4, 0]);
    expect(refused.result.error?.hint).toContain('--adopt');

    const token = await app.setup('--adopt', '--auth', 'token', '--fix-execution-role');
    expect([token.exitCode, token.result.awsCalls.writes]).toEqual([4, 0]);
    expect(token.result.error?.message).toContain('has no AUTH token');

    const adopted = await app.setup('--adopt');
    expect(adopted.result.error).toBeUndefined();
    expect(adopted.result.proven).toBe(true);
    const [first, ours, ...more] = await groupsOf(app);
    expect([first, more]).toEqual([theirs, []]);
    expect(ours).toMatch(/^sg-/);
    expect(await app.tagsOf('replicationgroup', CACHE)).toEqual({});
    expect((await app.group()).Description).toBe('theirs');
    expect((await app.setup('--adopt')).result.awsCalls.writes).toBe(0);

    const kept = await app.setup('--adopt', '--snapshot-retention', '3');
    expect(kept.result.error).toBeUndefined();
    expect((await app.group()).SnapshotRetentionLimit).toBe(3);

    const gone = await app.run('destroy', '--project', PROJECT, '--confirm', PROJECT);
    expect(gone.result.error).toBeUndefined();
    expect(await groupsOf(app)).toEqual([theirs]);
    expect((await app.group()).Status).toBe('available');
    expect(await app.variable('REDIS_URL')).toBeUndefined();
  });
});

describe('a cache cluster of its own', () => {
  inMatrix('is adopted without TLS, and given back', async () => {
    const { app, theirs } = await withTheirs('CreateCacheCluster', STANDALONE);
    const refused = await app.setup();
    expect([refused.exitCode, refused.result.awsCalls.writes]).toEqual([4, 0]);
    const tls = await app.setup('--adopt', '--transit-encryption');
    expect(tls.result.error?.message).toContain('neither TLS nor a password');

    const adopted = await app.setup('--adopt');
    expect(adopted.result.error).toBeUndefined();
    expect(adopted.result.proven).toBe(true);
    const [node] = await app.nodes();
    expect(await app.variable('REDIS_URL')).toBe(`redis://${node?.CacheNodes?.[0]?.Endpoint?.Address}:6379`);
    expect(await groupsOf(app)).toHaveLength(2);
    expect((await app.setup('--adopt')).result.awsCalls.writes).toBe(0);

    expect((await app.destroy()).result.error).toBeUndefined();
    expect(await groupsOf(app)).toEqual([theirs]);
    expect((await app.nodes())[0]?.CacheClusterStatus).toBe('available');
  });

  test('of Memcached is refused with the reason', async () => {
    const cluster = { ...STANDALONE, Engine: 'memcached' };
    const { app } = await withTheirs('CreateCacheCluster', cluster, { inert: INERT_CANVAS });
    const refused = await app.setup('--adopt');
    expect([refused.exitCode, refused.result.awsCalls.writes]).toEqual([4, 0]);
    expect(refused.result.error?.message).toContain('Memcached');
  });
});
