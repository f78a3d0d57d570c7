/** Close-Up's serverless cache and its snapshots: listed when it is gone, and restored into either kind of cache. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { callsOf } from '../faults/photograph.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { FULL, inMatrix } from '../matrix.ts';
import { hasRedis } from './redis-program.ts';
import { enterVpc } from './vpc-client.ts';
import { quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
const CACHE = 'close-up-redis';
let sandbox: Sandbox;
let opened: SandboxAccount | undefined;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});
afterEach(async () => {
  await opened?.account.close();
  opened = undefined;
});
afterAll(() => sandbox.close());

const SETUP = [
  ...[
    'setup',
    '--ecs-cluster',
    'close-up',
    '--service',
    'close-up-api',
    '--cache-name',
    CACHE,
    '--serverless',
  ],
  ...[
    '--env-profile',
    'split',
    '--auth',
    'rbac',
    '--fix-execution-role',
    '--no-probe',
    '--no-verify',
    '--yes',
  ],
];
const RESTORE = ['snapshot', 'restore', '--yes', '--no-probe'];

interface Addressed {
  readonly Endpoint?: { readonly Address: string };
  readonly NodeGroups?: readonly { readonly PrimaryEndpoint: { readonly Address: string } }[];
}

async function app() {
  const at = (opened = await sandbox.openAccount(closeUp({ programsFolder: PROGRAMS })));
  const call = callsOf(at.account);
  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);
  const view = async (): Promise<unknown> => {
    const response = await fetch(`${at.appUrl}/views/one`, { headers: { connection: 'close' } });
    return response.json();
  };
  return { at, call, run, view };
}

test.runIf(FULL && hasRedis)(
  'views are counted on after a move to a cache that was made of a snapshot',
  async () => {
    const { run, view } = await app();
    expect(await run(...SETUP)).toMatchObject({ exitCode: 0 });
    await view();
    expect(await view()).toMatchObject({ from: 'redis', views: 2 });

    const taken = await run('snapshot', 'create', '--project', 'close-up-api', '--yes');
    expect(taken).toMatchObject({
      exitCode: 0,
      result: { snapshots: [{ cache: CACHE, cacheNodeType: null }] },
    });
    const { name } = taken.result.snapshots![0]!;
    expect(name).toMatch(/^close-up-redis-\d{14}$/);
    await view();

    const move = ['--move', '--fix-execution-role', '--cache-name', 'close-up-2'];
    const moved = await run(...RESTORE, '--snapshot-name', name, ...move);
    expect(moved).toMatchObject({ exitCode: 0, result: { caches: [{ name: 'close-up-2', auth: 'rbac' }] } });
    // The third one was counted after the snapshot.
    expect(await view()).toMatchObject({ from: 'redis', views: 3 });
  },
);

inMatrix('views can be had back when their cache is gone, in a cache of another kind', async () => {
  const { at, call, run, view } = await app();
  await run(...SETUP);
  await view();
  await view();
  const destroyed = await run('destroy', '--project', 'close-up-api', '--confirm', 'close-up-api');
  expect(destroyed).toMatchObject({ exitCode: 0 });
  const { result } = await run('snapshot', 'list', '--cache-name', CACHE);
  expect(result.snapshots!.map((each) => each.name)).toEqual([expect.stringMatching(/-final-/)]);
  const [last] = result.snapshots!;

  const again = [...RESTORE, '--snapshot-name', last!.name, '--cache-name', 'close-up-3'];
  expect(await run(...again)).toMatchObject({
    exitCode: 2,
    result: { error: { hint: expect.stringMatching(/--subnets/) as string } },
  });
  const { Subnets } = await call<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId);
  const place = [
    '--subnets',
    subnets.join(','),
    '--allow-cidr',
    '0.0.0.0/0',
    '--cache-node-type',
    'cache.t4g.micro',
  ];
  const crossed = await run(...again, ...place);
  expect(crossed).toMatchObject({
    exitCode: 0,
    result: { caches: [{ name: 'close-up-3', cacheNodeType: 'cache.t4g.micro' }] },
  });
  const { ReplicationGroups } = await call<{ ReplicationGroups: Addressed[] }>(
    'elasticache',
    'DescribeReplicationGroups',
    {},
  );
  const host = ReplicationGroups[0]!.NodeGroups![0]!.PrimaryEndpoint.Address;
  const client = await enterVpc(at.account, subnets[0]!, []);
  try {
    expect(await client.talk({ host, commands: [['GET', 'views:one']] })).toEqual(['2']);
  } finally {
    await client.close();
  }
});
