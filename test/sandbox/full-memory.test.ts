/** On each of the four systems: the memory fills, its alarm fires, and whoever has subscribed is told. */
import type { DescribeSecurityGroupsResult, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { passwordName } from '../../src/domain/secrets.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { FULL } from '../matrix.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { MINUTE } from './cache-account.ts';
import { commandLine, PROGRAMS } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { enterVpc, type Conversation } from './vpc-client.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const EMAIL = 'ops@example.com';

interface System {
  readonly project: string;
  readonly config: string;
  readonly cache: string;
  readonly scenario: () => Scenario;
  /** Of a node, or of the whole. */
  readonly alarm: string;
  readonly hasPassword?: boolean;
  /** What fills it, where its nodes have been left hardly any memory; of a serverless cache that takes a gigabyte. */
  readonly serverless?: boolean;
}

const SYSTEMS: readonly System[] = [
  {
    project: 'collabcanvas',
    config: 'collabcanvas',
    cache: 'collabcanvas-redis',
    scenario: () => inertCanvas(),
    alarm: 'memory',
  },
  {
    project: 'funmagic',
    config: 'funmagic',
    cache: 'funmagic-queue',
    scenario: () => funmagic({ programsFolder: PROGRAMS }),
    alarm: 'memory',
  },
  {
    project: 'kempian-production',
    config: 'kempian-production',
    cache: 'kempian-cache-prod',
    scenario: () => kempian({ programsFolder: PROGRAMS, phases: ['production'] }),
    alarm: 'memory',
    hasPassword: true,
  },
  {
    project: 'close-up',
    config: 'close-up',
    cache: 'close-up-redis',
    scenario: () => closeUp({ programsFolder: PROGRAMS }),
    alarm: 'data',
    hasPassword: true,
    serverless: true,
  },
];

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

/** Where the cache lets in. */
async function placeOf(cache: string, call: AccountCall): Promise<{ subnetId: string; groupIds: string[] }> {
  const groupName = cache === 'funmagic-redis' ? 'funmagic-redis-sg' : `${cache}-sg`;
  const { SecurityGroups } = await call<DescribeSecurityGroupsResult>('ec2', 'DescribeSecurityGroups', {
    Filters: [{ Name: 'group-name', Values: [groupName] }],
  });
  const { Subnets } = await call<DescribeSubnetsResult>('ec2', 'DescribeSubnets');
  const [allowed] = SecurityGroups![0]!.IpPermissions![0]!.UserIdGroupPairs!;
  return { subnetId: Subnets![0]!.SubnetId!, groupIds: [allowed!.GroupId!] };
}

/** One percent of what a node has is some megabytes. */
async function leaveHardlyAnyMemory(cache: string, call: AccountCall): Promise<void> {
  const tiny = { CacheParameterGroupName: 'tiny' };
  await call('elasticache', 'CreateCacheParameterGroup', {
    ...tiny,
    CacheParameterGroupFamily: 'redis7',
    Description: 'hardly any memory for data',
  });
  await call('elasticache', 'ModifyCacheParameterGroup', {
    ...tiny,
    ParameterNameValues: [{ ParameterName: 'reserved-memory-percent', ParameterValue: '99' }],
  });
  await call('elasticache', 'ModifyReplicationGroup', {
    ReplicationGroupId: cache,
    ...tiny,
    ApplyImmediately: true,
  });
}

/** Ninety percent of the smallest limit of a serverless cache, which Redis writes as zeros. */
const A_GIGABYTE: Conversation['commands'] = [0, 1].map((n) => ['SETRANGE', `full:${n}`, '449999999', 'x']);

const megabytes = (count: number): Conversation['commands'] =>
  Array.from({ length: count * 2 }, (_, n) => ['SET', `full:${n}`, 'x'.repeat(500_000)]);

describe.skipIf(!hasRedis).each(FULL ? SYSTEMS : SYSTEMS.slice(0, 1))('on $project', (system) => {
  test('a full memory fires its alarm, and whoever has subscribed is told', async () => {
    const { project, config, cache, alarm } = system;
    const clock = new VirtualClock();
    const started = await quickSandbox({ scenario: system.scenario(), clock });
    sandbox = started;
    const call = accountCalls(started, clock);
    const setup = await commandLine(
      [
        ...['setup', '--config', `templates/configs/${config}.yaml`, '--yes'],
        ...['--no-probe', '--no-verify', '--alarm-email', EMAIL],
        ...(system.serverless ? ['--data-storage-maximum', '1'] : []),
      ],
      started,
      clock,
    );
    expect([setup.result.error?.message, setup.exitCode]).toEqual([undefined, 0]);
    expect(started.account.sns.confirm(EMAIL)).toBe(1);
    if (!system.serverless) await leaveHardlyAnyMemory(cache, call);
    await clock.sleep(10 * MINUTE);

    const { subnetId, groupIds } = await placeOf(cache, call);
    const app = await enterVpc(started.account, subnetId, groupIds);
    const { SecretString: password } = system.hasPassword
      ? await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', {
          SecretId: passwordName('secretsmanager', project, cache),
        })
      : {};
    const client = {
      host: setup.result.caches.find(({ name }) => name === cache)!.endpoint!.address,
      ...(password === undefined ? {} : { password }),
    };
    if (system.serverless) {
      // Until then CloudWatch knows no metric of it.
      await app.talk({ ...client, commands: [['SET', 'first', '1']] });
      await clock.sleep(2 * MINUTE);
      expect(await commandLine(['alarms', '--project', project, '--yes'], started, clock)).toMatchObject({
        exitCode: 0,
      });
    }
    await app.talk({ ...client, commands: system.serverless ? A_GIGABYTE : megabytes(14) });
    await app.close();
    await clock.sleep(7 * MINUTE);

    const told = started.account.sns.messages().filter(({ subject = '' }) => subject.includes(`/${alarm}"`));
    // Its replica is as full.
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({
      topicArn: expect.stringMatching(`:elasticache-wizard-${project}$`) as string,
      subject: expect.stringContaining(`elasticache-wizard/${project}/${cache}/`) as string,
      deliveredTo: [{ protocol: 'email', endpoint: EMAIL }],
    });
  });
});
