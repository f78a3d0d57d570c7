/** `destroy`: what is left of a project afterwards, next to what is others'. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { probeFamily } from '../../src/probe/definition.ts';
import { MOMENTS } from '../faults/mortal-world.ts';
import { COLLABCANVAS } from './command-line.ts';
import { DESTROY, openUndoStage, PROJECT, type UndoScene } from './undo-scene.ts';
import { inMatrix } from '../matrix.ts';

const stage = await openUndoStage();
const open: typeof stage.open = (options) => stage.open(options);
afterEach(() => stage.closeScene());
afterAll(() => stage.sandbox.close());

interface Snapshot {
  SnapshotName: string;
  SnapshotStatus: string;
  ReplicationGroupId: string;
}

async function snapshots({ call }: UndoScene): Promise<Snapshot[]> {
  const answer = await call<{ Snapshots: Snapshot[] }>('elasticache', 'DescribeSnapshots', {});
  return answer.Snapshots;
}

async function revisions({ call }: UndoScene, familyPrefix: string): Promise<string[]> {
  const of = { familyPrefix, status: 'ACTIVE' };
  return (await call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', of)).taskDefinitionArns;
}

async function probes(app: UndoScene): Promise<string[]> {
  return revisions(app, probeFamily('collabcanvas', PROJECT));
}

const revisionNames = (arns: readonly string[]): string[] =>
  arns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));

async function securityGroupId({ call }: UndoScene, name: string): Promise<string> {
  const by = { Filters: [{ Name: 'group-name', Values: [name] }] };
  const { SecurityGroups } = await call<{ SecurityGroups: { GroupId: string }[] }>(
    'ec2',
    'DescribeSecurityGroups',
    by,
  );
  return SecurityGroups[0]!.GroupId;
}

describe('destroy after setup', () => {
  test('leaves the account as it was before, and a snapshot that can be restored', async () => {
    const app = await open();
    const before = await app.look();
    expect((await app.setup()).exitCode).toBe(0);

    const ended = await app.run(...DESTROY);

    expect(ended.result.error).toBeUndefined();
    expect(ended.exitCode).toBe(0);
    expect(await app.look()).toEqual(before);
    expect(await snapshots(app)).toMatchObject([
      {
        SnapshotName: expect.stringMatching(/^collabcanvas-redis-final-\d{14}$/) as string,
        SnapshotStatus: 'available',
      },
    ]);
    expect(ended.result).toMatchObject({ caches: [], monthlyUsd: 0, project: PROJECT });
    expect(ended.result.undoCommand).toBeUndefined();
    const actions = ended.result.changes.map(({ kind, action }) => `${action} ${kind}`);
    expect(actions).toEqual(
      expect.arrayContaining([
        'update service',
        'update stickiness',
        'delete taskDefinition',
        'delete cache',
        'delete cacheSubnetGroup',
        'delete securityGroup',
      ]),
    );
  });

  inMatrix('takes no snapshot where none is wanted', async () => {
    const app = await open();
    await app.setup();
    expect((await app.run(...DESTROY, '--no-final-snapshot')).exitCode).toBe(0);
    expect(await snapshots(app)).toEqual([]);
  });

  test('does not delete a cache whose snapshot cannot be taken, or is lost before it can be used', async () => {
    const app = await open();
    await app.setup();
    const allow = stage.sandbox.faults.add({ kind: 'access-denied', action: 'CreateSnapshot' });
    const denied = await app.run(...DESTROY);
    expect([denied.exitCode, denied.result.error?.message]).toEqual([
      3,
      expect.stringContaining('elasticache:CreateSnapshot') as string,
    ]);
    expect((await app.look()).caches).toHaveLength(1);

    allow();
    const lose = async (): Promise<void> => {
      const [taken] = await snapshots(app);
      if (taken?.SnapshotStatus !== 'available') return void stage.clock.after(100, lose);
      await app.call('elasticache', 'DeleteSnapshot', { SnapshotName: taken.SnapshotName });
    };
    stage.clock.after(100, lose);
    const lost = await app.run(...DESTROY);
    expect([lost.exitCode, lost.result.error?.message]).toEqual([
      1,
      expect.stringMatching(
        /final-\d{14}: it is (deleting|gone), and so collabcanvas-redis was not deleted/,
      ) as string,
    ]);
    expect((await app.look()).caches).toHaveLength(1);
  });

  test('is an error that names what is there again, and run again it finds no project and writes nothing', async () => {
    const app = await open();
    await app.setup();
    const name = 'collabcanvas-redis-subnet-group';
    const { CacheSubnetGroups } = await app.call<{
      CacheSubnetGroups: { ARN: string; Subnets: { SubnetIdentifier: string }[] }[];
    }>('elasticache', 'DescribeCacheSubnetGroups', { CacheSubnetGroupName: name });
    const [group] = CacheSubnetGroups;
    const { TagList: Tags } = await app.call<{ TagList: object[] }>('elasticache', 'ListTagsForResource', {
      ResourceName: group!.ARN,
    });
    const makeAgain = async (): Promise<void> => {
      if (!app.writes().includes('elasticache:DeleteCacheSubnetGroup'))
        return void stage.clock.after(100, makeAgain);
      const SubnetIds = group!.Subnets.map(({ SubnetIdentifier }) => SubnetIdentifier);
      const input = { CacheSubnetGroupName: name, CacheSubnetGroupDescription: 'again', SubnetIds, Tags };
      await app.call('elasticache', 'CreateCacheSubnetGroup', input);
    };
    stage.clock.after(100, makeAgain);
    const first = await app.run(...DESTROY);
    expect([first.exitCode, first.result.error?.message]).toEqual([
      1,
      `Still there after all was removed: cache subnet group ${name}`,
    ]);
    expect(first.result.error?.hint).toContain('remove them by hand');

    const writes = app.writes().length;
    const again = await app.run(...DESTROY);
    expect([again.exitCode, again.result.error?.code]).toEqual([2, 'NotFound']);
    expect(app.writes()).toHaveLength(writes);
  });
});

describe('what destroy asks for', () => {
  test('without a terminal the name once more, before anything is asked of AWS', async () => {
    const app = await open();
    await app.setup();
    const writes = app.writes().length;
    const missing = await app.run('destroy');
    expect([missing.exitCode, missing.result.error?.message]).toEqual([
      2,
      expect.stringMatching(/--project.*--confirm/) as string,
    ]);
    const other = await app.run('destroy', '--project', PROJECT, '--confirm', 'another');
    expect([other.exitCode, other.result.awsCalls.reads]).toEqual([2, 0]);
    expect(app.writes()).toHaveLength(writes);
  });

  inMatrix('a project that is not there is an error that names the one that is', async () => {
    const app = await open();
    await app.setup();
    const ended = await app.run('destroy', '--project', 'collabcanvas', '--confirm', 'collabcanvas');
    expect([ended.exitCode, ended.result.error?.hint]).toEqual([
      2,
      expect.stringContaining(PROJECT) as string,
    ]);
  });
});

describe('what is not ours survives', () => {
  test('things with copies of our tags, and revisions that a pipeline has copied', async () => {
    const app = await open();
    await app.setup();
    const { VpcId } = (await app.call<{ Vpcs: { VpcId: string }[] }>('ec2', 'DescribeVpcs', {})).Vpcs[0]!;
    const tags = [
      { Key: 'elasticache-wizard:project', Value: PROJECT },
      { Key: 'elasticache-wizard:of', Value: 'collabcanvas-redis' },
    ];
    await app.call('ec2', 'CreateSecurityGroup', {
      GroupName: 'decoy-sg',
      Description: 'theirs',
      VpcId,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: tags }],
    });
    const { Subnets } = await app.call<{ Subnets: { SubnetId: string; AvailabilityZone: string }[] }>(
      'ec2',
      'DescribeSubnets',
      {},
    );
    await app.call('elasticache', 'CreateCacheSubnetGroup', {
      CacheSubnetGroupName: 'theirs',
      CacheSubnetGroupDescription: 'theirs',
      SubnetIds: Subnets.filter(({ AvailabilityZone }) => /^us-east-1[ab]$/.test(AvailabilityZone)).map(
        ({ SubnetId }) => SubnetId,
      ),
    });
    await app.call('elasticache', 'CreateReplicationGroup', {
      CacheSubnetGroupName: 'theirs',
      ReplicationGroupId: 'restored',
      ReplicationGroupDescription: 'from a snapshot of ours',
      CacheNodeType: 'cache.t3.micro',
      Engine: 'redis',
      Tags: tags,
    });
    const { tags: copied } = await app.running();
    const theirs = await app.deployNewImage(copied);

    const ended = await app.run(...DESTROY);

    expect(ended.result.error).toBeUndefined();
    const after = await app.look();
    expect(after.caches).toMatchObject([{ ReplicationGroupId: 'restored' }]);
    expect(JSON.stringify(after.securityGroups)).toContain('decoy-sg');
    expect(after.revisions).toContain(theirs.slice(theirs.lastIndexOf('/') + 1));
    expect(await app.image()).toMatch(/-2$/);
    expect(await app.environment()).not.toHaveProperty('REDIS_URL');
  });

  test('a rule of another group that names ours stops it at the end, and no longer once it is removed', async () => {
    const app = await open();
    const before = await app.look();
    await app.setup();
    const [ours, theirs] = [
      await securityGroupId(app, 'collabcanvas-redis-sg'),
      await securityGroupId(app, 'default'),
    ];
    const rule = {
      GroupId: theirs,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: ours }] }],
    };
    await app.call('ec2', 'AuthorizeSecurityGroupIngress', rule);

    const stopped = await app.run(...DESTROY);
    expect([stopped.exitCode, stopped.result.error?.message]).toEqual([
      4,
      expect.stringContaining(theirs) as string,
    ]);
    expect((await app.look()).caches).toEqual([]);

    await app.call('ec2', 'RevokeSecurityGroupIngress', rule);
    expect((await app.run(...DESTROY)).exitCode).toBe(0);
    expect(await app.look()).toEqual(before);
  });
});

describe('a project that is not whole', () => {
  test('a cache that failed to be created is removed with the rest', async () => {
    const app = await open();
    const before = await app.look();
    app.failNextCreate();
    expect((await app.setup()).exitCode).toBe(1);
    const ended = await app.run(...DESTROY);
    expect(ended.result.error).toBeUndefined();
    expect(await app.look()).toEqual(before);
  });

  test('a service that was deleted meanwhile is passed over, and said to be gone', async () => {
    const app = await open();
    await app.setup();
    const named = { cluster: 'collabcanvas', service: 'collabcanvas-backend' };
    await app.call('ecs', 'DeleteService', { ...named, force: true });
    await stage.clock.sleep(20 * 60_000);
    const ended = await app.run(...DESTROY);
    expect(ended.result.error).toBeUndefined();
    const plan = ended.events.find(({ type }) => type === 'plan.ready');
    expect(JSON.stringify(plan)).toContain('"note":"is gone"');
    const { ReplicationGroups } = await app.call<{ ReplicationGroups: unknown[] }>(
      'elasticache',
      'DescribeReplicationGroups',
      {},
    );
    expect(ReplicationGroups).toEqual([]);
    expect(revisionNames(await revisions(app, PROJECT))).toEqual([1, 2, 3].map((n) => `${PROJECT}:${n}`));
  });

  inMatrix('a cache that AWS let nobody tag is known by its description, and removed', async () => {
    const app = await open();
    const before = await app.look();
    const refused = { kind: 'error', status: 400, code: 'InvalidParameterCombination' } as const;
    const message = 'Tags are not supported for this operation.';
    for (const action of ['CreateCacheSubnetGroup', 'CreateReplicationGroup'])
      stage.sandbox.faults.add({ ...refused, message, action, times: 1 });
    // The subnet group gets its tags, the cache none.
    stage.sandbox.faults.add({ ...refused, message, action: 'AddTagsToResource', nth: 2, times: 1_000 });
    expect((await app.setup()).exitCode).toBe(4);
    stage.sandbox.faults.clear();
    expect((await app.look()).caches).toMatchObject([{ tags: {} }]);
    const ended = await app.run(...DESTROY);
    expect(ended.result.error).toBeUndefined();
    expect(await app.look()).toEqual(before);
  });

  inMatrix('a probe that an early end has left is found without its cluster being named', async () => {
    const app = await open();
    const before = await app.look();
    const never = stage.sandbox.faults.add({ kind: 'access-denied', action: 'DeregisterTaskDefinition' });
    app.failNextCreate();
    const named = ['setup', ...COLLABCANVAS, '--no-verify', '--yes', '--poll-interval', '30'];
    expect((await app.run(...named)).exitCode).toBe(1);
    never();
    expect(await probes(app)).not.toEqual([]);
    const ended = await app.run(...DESTROY);
    expect(ended.result.error).toBeUndefined();
    expect(await probes(app)).toEqual([]);
    expect(await app.look()).toEqual(before);
  });

  test('the lease of a destroy that was killed after its last delete goes with the next, which finds nothing else', async () => {
    const app = await open();
    const before = await app.look();
    await app.setup();
    const deletes = stage.sandbox.faults.add({ kind: 'access-denied', action: 'DeleteParameter' });
    expect((await app.run(...DESTROY)).exitCode).toBe(0);
    deletes();
    expect((await app.look()).parameters).toHaveLength(1);
    expect((await app.run(...DESTROY)).result.error?.code).toBe('NotFound');
    expect((await app.look()).parameters).toHaveLength(1);
    await stage.clock.sleep(LEASE_MS);
    expect((await app.run(...DESTROY)).result.error?.code).toBe('NotFound');
    expect(await app.look()).toEqual(before);
  });
});

describe('a destroy that is killed is completed by the next', () => {
  inMatrix.each(MOMENTS)('%s of every few calls', async (moment) => {
    const app = await open();
    const before = await app.look();
    await app.setup();
    let killed = 0;
    for (let call = 8; call < 2_000; call += 9) {
      const ended = await app.runKilled(DESTROY, { call, moment });
      if (ended !== 'killed') break;
      killed += 1;
    }
    expect(killed).toBeGreaterThan(3);
    await app.run(...DESTROY);
    expect(await app.look()).toEqual({ ...before, parameters: expect.any(Array) as string[] });
    expect(await snapshots(app)).toMatchObject([{ SnapshotStatus: 'available' }]);
  });
});
