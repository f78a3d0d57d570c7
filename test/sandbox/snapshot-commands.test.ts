/** Snapshots as an operator works with them: taken of a cache in use, listed, restored into a new one, moved to, deleted. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { inMatrix } from '../matrix.ts';
import { canvases, CACHE, PROJECT, type CanvasWith } from './canvas-with-cache.ts';
import { hasRedis } from './redis-program.ts';

const clock = new VirtualClock();
const open = canvases(clock);

const NEW = 'collabcanvas-again';

test.skipIf(!hasRedis)(
  'the canvas keeps its objects when it is moved to a cache made of a snapshot, and goes back to the old one',
  async () => {
    const canvas = await open();
    await canvas.setup(
      '--auth',
      'token',
      '--fix-execution-role',
      '--no-verify',
      '--maxmemory-policy',
      'noeviction',
    );
    await draw(canvas, 'before');
    const count = await countOf(canvas);

    expect(await take(canvas, '--snapshot-name', 'Monday')).toMatchObject({
      exitCode: 0,
      result: {
        snapshots: [{ name: 'monday', cache: CACHE, status: 'available', source: 'manual', sizes: ['1 MB'] }],
      },
    });
    expect(await canvas.tagsOf('snapshot', 'monday')).toMatchObject({
      'elasticache-wizard:project': PROJECT,
      'elasticache-wizard:of': 'monday',
    });
    await draw(canvas, 'after');

    const moved = await restore(canvas, '--move', '--fix-execution-role', '--no-probe');
    expect(moved).toMatchObject({
      exitCode: 0,
      result: { project: NEW, caches: [{ name: NEW, auth: 'token' }] },
    });
    expect(plannedOf(moved.events, 'cache')).toEqual(
      expect.arrayContaining([
        { field: 'data', to: 'of the snapshot monday' },
        { field: 'engine', to: 'redis 7.1', origin: 'found' },
        { field: 'encryption in transit', to: 'on', origin: 'found' },
        { field: 'parameter group', to: `${NEW}-parameters` },
      ]),
    );
    expect(new URL(await canvas.url()).hostname).toContain(`.${NEW}.`);
    // What was drawn after the snapshot is in the old cache alone.
    expect(await countOf(canvas)).toBe(count);
    expect(await canvas.run('rollback', '--project', NEW, '--yes')).toMatchObject({ exitCode: 0 });
    expect(new URL(await canvas.url()).hostname).toContain(`.${CACHE}.`);
    expect(await countOf(canvas)).toBe(count + 1);
  },
);

inMatrix(
  'a cache that was restored without a move changes nothing of the app, and is removed by its own name',
  async () => {
    const canvas = await open();
    await canvas.setup('--no-probe', '--no-verify', '--replicas', '1', '--multi-az');
    const url = await canvas.url();
    await take(canvas, '--snapshot-name', 'monday');
    expect(await restore(canvas)).toMatchObject({
      exitCode: 0,
      result: { caches: [{ name: NEW, nodes: 2 }], consumers: [] },
    });
    expect(await restore(canvas)).toMatchObject({ exitCode: 0, result: { awsCalls: { writes: 0 } } });
    expect(await canvas.url()).toBe(url);
    expect(await restore(canvas, '--move', '--no-probe', '--no-verify')).toMatchObject({ exitCode: 0 });
    expect(await canvas.url()).toContain(`.${NEW}.`);
    const gone = await canvas.run('destroy', '--project', NEW, '--confirm', NEW, '--no-final-snapshot');
    expect(gone).toMatchObject({ exitCode: 0 });
    expect((await canvas.groups()).map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual([CACHE]);
  },
);

inMatrix(
  'what cannot be done is one sentence, and what AWS counts is told with the right exit code',
  async () => {
    const canvas = await open();
    await canvas.setup('--no-probe', '--no-verify');
    await take(canvas, '--snapshot-name', 'monday');

    expect(await take(canvas, '--snapshot-name', 'two--hyphens')).toMatchObject({ exitCode: 2 });
    expect(await take(canvas, '--snapshot-name', 'monday')).toMatchObject({
      exitCode: 0,
      result: { changes: [{ kind: 'snapshot', action: 'none' }] },
    });
    expect(await canvas.run('snapshot', 'create', '--cache-name', 'nobody', '--yes')).toMatchObject({
      exitCode: 2,
      result: { error: { code: 'NotFound' } },
    });
    expect(await restore(canvas, '--cluster-mode', 'enabled', '--shards', '2', '--multi-az')).toMatchObject({
      exitCode: 4,
    });
    const same = await canvas.run(
      'snapshot',
      'restore',
      '--snapshot-name',
      'monday',
      '--cache-name',
      CACHE,
      '--yes',
    );
    expect(same).toMatchObject({
      exitCode: 4,
      result: { error: { message: expect.stringMatching(/already/) as string } },
    });
    const none = await canvas.run(
      'snapshot',
      'restore',
      '--snapshot-name',
      'sunday',
      '--cache-name',
      NEW,
      '--yes',
    );
    expect(none).toMatchObject({ exitCode: 2, result: { error: { code: 'NotFound' } } });

    const late = ['--snapshot-name', 'tuesday', '--timeout', '30', '--poll-interval', '5'];
    expect(await take(canvas, ...late)).toMatchObject({
      exitCode: 5,
      result: { error: { code: 'TimedOut' } },
    });
    expect(await take(canvas, '--snapshot-name', 'tuesday')).toMatchObject({ exitCode: 0 });

    for (let times = 0; times < 18; times += 1) await take(canvas, '--snapshot-name', `day-${times}`);
    expect(await take(canvas)).toMatchObject({ exitCode: 4, result: { error: { code: 'QuotaExceeded' } } });

    const { result } = await canvas.run('snapshot', 'list', '--cache-name', CACHE);
    expect(result.snapshots).toHaveLength(20);
    expect(result.snapshots![0]).toMatchObject({ name: 'day-17' });
  },
);

inMatrix('a snapshot is deleted by its name alone, and one that AWS has taken is left to AWS', async () => {
  const canvas = await open();
  await canvas.setup('--no-probe', '--no-verify', '--snapshot-retention', '2');
  await take(canvas, '--snapshot-name', 'monday');
  await clock.sleep(2 * 24 * 60 * 60_000);
  const listed = await canvas.run('snapshot', 'list', '--project', PROJECT);
  const automatic = listed.result.snapshots!.filter(({ source }) => source === 'automatic');
  expect(automatic.length).toBeGreaterThan(0);
  const refused = await canvas.run('snapshot', 'delete', '--snapshot-name', automatic[0]!.name, '--yes');
  expect(refused).toMatchObject({ exitCode: 4, result: { error: { code: 'Blocked' } } });

  expect(await canvas.run('snapshot', 'delete', '--snapshot-name', 'monday')).toMatchObject({ exitCode: 2 });
  expect(await canvas.run('snapshot', 'delete', '--snapshot-name', 'monday', '--yes')).toMatchObject({
    exitCode: 0,
  });
  const left = await canvas.run('snapshot', 'list', '--cache-name', CACHE);
  expect(left.result.snapshots!.map(({ name }) => name)).not.toContain('monday');
});

inMatrix('a node that stands alone is taken by itself, and becomes a replication group like it', async () => {
  const canvas = await open();
  const { subnetGroup, securityGroup } = await canvas.theirNetwork();
  await canvas.call('elasticache', 'CreateCacheCluster', {
    CacheClusterId: 'alone',
    Engine: 'redis',
    EngineVersion: '7.0',
    CacheNodeType: 'cache.t4g.small',
    CacheSubnetGroupName: subnetGroup,
    SecurityGroupIds: [securityGroup],
    Port: 6380,
  });
  await clock.sleep(20 * 60_000);
  const named = ['--snapshot-name', 'monday', '--yes'];
  expect(await canvas.run('snapshot', 'create', '--cache-name', 'alone', ...named)).toMatchObject({
    exitCode: 0,
  });
  const restored = await canvas.run('snapshot', 'restore', '--cache-name', NEW, ...named);
  expect(restored).toMatchObject({
    exitCode: 0,
    result: { caches: [{ engineVersion: '7.0.7', transitEncryption: false }] },
  });
  const [node] = (await canvas.nodes()).filter(({ ReplicationGroupId }) => ReplicationGroupId === NEW);
  expect(node).toMatchObject({ CacheNodeType: 'cache.t4g.small', CacheSubnetGroupName: subnetGroup });
  expect(node!.SecurityGroups!.map((each) => each.SecurityGroupId)).toContain(securityGroup);
});

function take(canvas: CanvasWith, ...argv: string[]) {
  return canvas.run('snapshot', 'create', '--cache-name', CACHE, '--yes', ...argv);
}

function restore(canvas: CanvasWith, ...argv: string[]) {
  return canvas.run(
    'snapshot',
    'restore',
    '--snapshot-name',
    'monday',
    '--cache-name',
    NEW,
    '--yes',
    ...argv,
  );
}

async function draw({ appUrl }: CanvasWith, id: string): Promise<void> {
  const response = await fetch(`${appUrl}/api/projects/demo/objects`, {
    method: 'POST',
    headers: { connection: 'close', 'content-type': 'application/json' },
    body: JSON.stringify({ id, type: 'circle' }),
  });
  expect(response.ok).toBe(true);
}

async function countOf({ appUrl }: CanvasWith): Promise<number> {
  const seen = new Set<number>();
  for (let turn = 0; turn < 4; turn += 1) {
    const response = await fetch(`${appUrl}/api/projects/demo/objects/count`, {
      headers: { connection: 'close' },
    });
    seen.add(((await response.json()) as { count: number }).count);
  }
  expect(seen.size).toBe(1);
  return [...seen][0]!;
}

function plannedOf(events: readonly Readonly<Record<string, unknown>>[], kind: string): unknown {
  const plan = events.find(({ type }) => type === 'plan.ready') as {
    changes: { ref: { kind: string }; change: { details: unknown } }[];
  };
  return plan.changes.find(({ ref }) => ref.kind === kind)?.change.details;
}
