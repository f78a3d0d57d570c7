/** In an account of thousands of things nothing is throttled, for each question asks for what it needs by name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { createAws } from '../../src/aws/clients.ts';
import { VirtualClock } from '../../src/clock.ts';
import { RateLimits } from '../../src/sandbox/endpoint/rate-limits.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { CROWD, crowded } from '../../src/sandbox/scenarios/crowded.ts';
import { readClusters } from '../../src/survey/clusters.ts';
import { listInstanceApps } from '../../src/survey/instance-apps.ts';
import { searchServices } from '../../src/survey/services.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { accountCalls } from './account-calls.ts';
import { commandLine } from './command-line.ts';
import { quickSandbox } from './quick-account.ts';

const IMAGE = {
  ...{ reference: 'public.ecr.aws/team/app:1', architecture: 'X86_64' as const, inert: INERT_CANVAS.backend },
  ...{ entryPoint: [], command: ['node'], environment: {}, programs: { node: process.execPath }, files: {} },
};
const clock = new VirtualClock();
let sandbox: Sandbox;

/** Of all that there is, one service is made to run. */
beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: crowded, clock });
  sandbox.account.images.set(IMAGE.reference, IMAGE);
  const more = { cluster: 'cluster-8', service: 'service-7', desiredCount: 2 };
  await accountCalls(sandbox, clock)('ecs', 'UpdateService', more);
  await clock.sleep(5 * 60_000);
});
afterAll(() => sandbox.close());

/** How often `run` has called what. */
async function calledBy(run: () => Promise<unknown>): Promise<Record<string, number>> {
  sandbox.clearCalls();
  await run();
  const counts: Record<string, number> = {};
  for (const { action } of sandbox.calls()) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

describe('the questions of the wizard are there with the pages that they show', () => {
  const connected = () => {
    const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = sandbox.env;
    const { accessKeyId, secretAccessKey } = sandbox.account;
    return createAws({ region, endpointUrl, credentials: { accessKeyId, secretAccessKey }, clock });
  };

  test('clusters: two calls', async () => {
    const counts = await calledBy(() => readClusters(connected()));
    expect(counts).toEqual({ ListClusters: 1, DescribeClusters: 1 });
  });

  test('services: a page of names, and ten at a time as AWS takes them', async () => {
    const counts = await calledBy(() => searchServices(connected(), 'cluster-1').find(''));
    expect(counts).toEqual({ ListServices: 1, DescribeServices: 10 });
  });

  test('apps on instances: a call for each kind of thing, and only groups that an instance has', async () => {
    let apps = 0;
    const counts = await calledBy(async () => (apps = (await listInstanceApps(connected())).length));
    expect(apps).toBe(CROWD.instances);
    expect(Math.max(...Object.values(counts))).toBe(1);
  });
});

const APP = ['--ecs-cluster', 'cluster-8', '--service', 'service-7', '--cache-name', 'mine'];

/** One after the other, as somebody would. */
test.each([
  ['plan', APP],
  ['setup', [...APP, '--yes']],
  ['setup', [...APP, '--yes']],
  ['verify', APP],
  ['status', ['--project', 'service-7']],
  ['destroy', ['--project', 'service-7', '--yes', '--confirm', 'service-7']],
])('%s is never throttled, and reads no list of all there is', async (command, flags) => {
  const before = await hasCache();
  const counts = await calledBy(async () => {
    const { exitCode, result } = await commandLine([command, ...flags], sandbox, clock);
    expect([exitCode, result.error?.message]).toEqual([0, undefined]);
  });
  expect(sandbox.calls().filter(({ outcome }) => /Throttl|RequestLimit/.test(outcome))).toEqual([]);
  expect(counts).not.toHaveProperty('ListClusters');
  expect(counts).not.toHaveProperty('ListServices');
  expect(counts).not.toHaveProperty('DescribeInstances');
  // All caches would be five pages of replication groups, and then the serverless ones.
  if (before && command !== 'destroy') expect(counts).not.toHaveProperty('DescribeServerlessCaches');
});

async function hasCache(): Promise<boolean> {
  const { ReplicationGroups = [] } = await accountCalls(sandbox, clock)<ReplicationGroupMessage>(
    'elasticache',
    'DescribeReplicationGroups',
    { ReplicationGroupId: 'mine' },
  ).catch((): ReplicationGroupMessage => ({}));
  return ReplicationGroups.length > 0;
}

test('whoever asks more often than AWS allows is throttled, until a second has passed', async () => {
  const time = new VirtualClock({ auto: false });
  const limits = new RateLimits(time);
  const ask = (service: string, action: string): boolean =>
    limits.admits({ accessKeyId: 'AKIA', service, action });
  const admitted = (times: number, ask: () => boolean): number =>
    Array.from({ length: times }, ask).filter(Boolean).length;
  expect(admitted(150, () => ask('ec2', 'DescribeVpcs'))).toBe(100);
  expect(ask('ec2', 'DescribeSubnets')).toBe(true);
  expect(admitted(60, () => ask('ecs', 'ListServices') && ask('ecs', 'DescribeServices'))).toBe(50);
  await time.advance(1_000);
  expect(admitted(50, () => ask('ec2', 'DescribeVpcs'))).toBe(20);
});
