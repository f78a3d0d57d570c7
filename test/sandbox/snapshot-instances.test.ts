/** Apps on instances and the snapshots of their caches: restored into the project of the app, and moved to by its setup. */
import { afterEach, expect } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox, type SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { callsOf } from '../faults/photograph.ts';
import { inMatrix } from '../matrix.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { enterVpc } from './vpc-client.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario) {
  const clock = new VirtualClock();
  const opened = (sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock }));
  return { opened, run: (...argv: string[]): Promise<Ended> => commandLine(argv, opened, clock) };
}

const NAMED = ['--snapshot-name', 'monday', '--yes'];

inMatrix(
  'Kempian is moved by the setup of its project to a cache that was restored into that project',
  async () => {
    const { opened, run } = await open(kempian({ programsFolder: PROGRAMS, phases: ['staging'] }));
    const app = [
      ...[
        '--instance-security-group',
        'kempian-staging-app-sg',
        '--project',
        'kempian-staging',
        '--no-stickiness',
      ],
      ...['--parameter-path', '/kempian/staging', '--log-pattern', 'Redis connected', '--no-verify', '--yes'],
      ...['--restart-command', 'systemctl restart kempian'],
    ];
    const setup = (cacheName: string): Promise<Ended> => run('setup', ...app, '--cache-name', cacheName);
    expect(await setup('kempian-cache')).toMatchObject({ exitCode: 0 });
    const where = async (): Promise<unknown> =>
      ((await (await fetch(`${opened.appUrl ?? ''}/health`)).json()) as { where: unknown }).where;
    expect(await where()).toMatch(/^master\.kempian-cache\./);
    expect(await run('snapshot', 'create', '--project', 'kempian-staging', ...NAMED)).toMatchObject({
      exitCode: 0,
    });

    const into = ['--cache-name', 'kempian-again'];
    const refused = await run('snapshot', 'restore', ...NAMED, ...into, '--move');
    expect(refused).toMatchObject({
      exitCode: 4,
      result: {
        error: { hint: expect.stringMatching(/--project kempian-staging and without --move/) as string },
      },
    });
    const restored = await run('snapshot', 'restore', ...NAMED, ...into, '--project', 'kempian-staging');
    expect(restored).toMatchObject({ exitCode: 0, result: { caches: [{ name: 'kempian-again' }] } });
    const keys = await keysIn(opened, 'kempian-cache', 'kempian-staging-app-sg');
    expect(keys.length).toBeGreaterThan(0);
    expect(await keysIn(opened, 'kempian-again', 'kempian-staging-app-sg')).toEqual(keys);
    expect(await setup('kempian-again')).toMatchObject({ exitCode: 0 });
    expect(await where()).toMatch(/^master\.kempian-again\./);
  },
);

inMatrix(
  'the queue of Funmagic is taken, and restored beside it without its workers being touched',
  async () => {
    const { opened, run } = await open(funmagic({ programsFolder: PROGRAMS }));
    const setup = await run(
      ...[
        'setup',
        '--auto-scaling-group',
        'funmagic-web',
        '--project',
        'funmagic',
        '--cache-name',
        'funmagic-queue',
      ],
      ...[
        '--parameter-path',
        '/funmagic/web',
        '--env-profile',
        'bullmq',
        '--workload',
        'queue',
        '--no-stickiness',
      ],
      ...['--no-verify', '--yes'],
    );
    expect([setup.exitCode, setup.result.error?.message]).toEqual([0, undefined]);
    await write(opened, 'funmagic-queue', 'funmagic-ec2-sg');
    const before = await keysIn(opened, 'funmagic-queue', 'funmagic-ec2-sg');
    expect(await run('snapshot', 'create', '--cache-name', 'funmagic-queue', ...NAMED)).toMatchObject({
      exitCode: 0,
    });
    const restored = await run('snapshot', 'restore', ...NAMED, '--cache-name', 'funmagic-queue-2');
    expect(restored).toMatchObject({ exitCode: 0, result: { project: 'funmagic-queue-2' } });
    expect(restored.result.changes.map(({ kind }) => kind)).toEqual([
      'securityGroup',
      'cacheSubnetGroup',
      'cacheParameterGroup',
      'cache',
    ]);
    expect(await keysIn(opened, 'funmagic-queue-2', 'funmagic-ec2-sg')).toEqual(before);
  },
);

async function keysIn(at: SandboxAccount, cacheName: string, groupName: string): Promise<unknown[]> {
  const [keys] = await talk(at, cacheName, groupName, ['KEYS', '*']);
  return (keys as string[]).sort();
}

async function write(at: SandboxAccount, cacheName: string, groupName: string): Promise<void> {
  expect(await talk(at, cacheName, groupName, ['HSET', 'bull:jobs:1', 'name', 'draw'])).toEqual([1]);
}

/** From where the app is. */
async function talk(
  { account }: SandboxAccount,
  cacheName: string,
  groupName: string,
  command: readonly [string, ...string[]],
): Promise<unknown[]> {
  const call = callsOf(account);
  const { SecurityGroups } = await call<{
    SecurityGroups: { GroupId: string; GroupName: string; VpcId: string }[];
  }>('ec2', 'DescribeSecurityGroups', {});
  const group = SecurityGroups.find(({ GroupName }) => GroupName === groupName)!;
  const { Subnets } = await call<{ Subnets: { SubnetId: string; VpcId: string }[] }>(
    'ec2',
    'DescribeSubnets',
    {},
  );
  const subnet = Subnets.find(({ VpcId }) => VpcId === group.VpcId)!;
  const { ReplicationGroups } = await call<{
    ReplicationGroups: { NodeGroups: { PrimaryEndpoint: { Address: string } }[] }[];
  }>('elasticache', 'DescribeReplicationGroups', { ReplicationGroupId: cacheName });
  const client = await enterVpc(account, subnet.SubnetId, [group.GroupId]);
  try {
    const host = ReplicationGroups[0]!.NodeGroups[0]!.PrimaryEndpoint.Address;
    return await client.talk({ host, commands: [command] });
  } finally {
    await client.close();
  }
}
