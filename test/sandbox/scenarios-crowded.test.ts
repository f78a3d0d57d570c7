/** The crowded account: more of everything than a page holds, made in a moment; and what it takes to find one's way in it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DescribeInstancesResult, DescribeSecurityGroupsResult } from '@aws-sdk/client-ec2';
import type { DescribeServicesResponse, ListServicesResponse } from '@aws-sdk/client-ecs';
import type { ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import type { Aws } from '../../src/aws/aws.ts';
import { createAws } from '../../src/aws/clients.ts';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { CROWD, crowded } from '../../src/sandbox/scenarios/crowded.ts';
import { readClusters } from '../../src/survey/clusters.ts';
import { searchServices } from '../../src/survey/services.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { commandLine, PROGRAMS } from './command-line.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let call: AccountCall;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: crowded, programsFolder: PROGRAMS, clock });
  call = accountCalls(sandbox, clock);
});
afterAll(() => sandbox.close());

function countCalls(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of sandbox.calls()) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

describe('a crowded account', () => {
  it('has its services on twenty pages of a hundred', async () => {
    let found = 0;
    for (let cluster = 1; cluster <= CROWD.clusters; cluster += 1) {
      const { serviceArns = [], nextToken } = await call<ListServicesResponse>('ecs', 'ListServices', {
        cluster: `cluster-${cluster}`,
        maxResults: 100,
      });
      expect(nextToken).toBeUndefined();
      found += serviceArns.length;
    }
    expect(found).toBe(CROWD.services);
  });

  it('gives a thousand security groups at a time', async () => {
    const names = new Set<string>();
    let token: string | undefined;
    let pages = 0;
    do {
      const page = await call<DescribeSecurityGroupsResult>('ec2', 'DescribeSecurityGroups', {
        MaxResults: 1000,
        NextToken: token,
      });
      for (const { GroupName = '' } of page.SecurityGroups ?? []) names.add(GroupName);
      token = page.NextToken;
      pages += 1;
    } while (token !== undefined);
    expect(pages).toBe(6);
    // And the default group of the VPC.
    expect(names.size).toBe(CROWD.securityGroups + 1);
  });

  it('has caches that are available, and instances that run', async () => {
    const { ReplicationGroups = [], Marker } = await call<ReplicationGroupMessage>(
      'elasticache',
      'DescribeReplicationGroups',
      {},
    );
    expect(ReplicationGroups).toHaveLength(100);
    expect(Marker).toBeDefined();
    expect(new Set(ReplicationGroups.map(({ Status }) => Status))).toEqual(new Set(['available']));
    const { Reservations = [] } = await call<DescribeInstancesResult>('ec2', 'DescribeInstances');
    expect(Reservations).toHaveLength(CROWD.instances);
  });
});

describe('in a crowded account', () => {
  const SERVICE = ['--ecs-cluster', 'cluster-8', '--service', 'service-7', '--no-verify'];

  it.each([
    ['made', 'service-7-redis', 0],
    ['kept from another team’s', 'team-7', 4],
  ])(
    'the plan of a cache that is to be %s asks for what it needs, by name',
    async (_, cacheName, exitCode) => {
      sandbox.clearCalls();
      const ended = await commandLine(['plan', ...SERVICE, '--cache-name', cacheName], sandbox, clock);
      expect(ended.exitCode).toBe(exitCode);
      // All caches would be five pages of each list, all security groups six, all services twenty and more.
      expect(sandbox.calls().length).toBeLessThan(45);
      const counts = countCalls();
      expect(counts).not.toHaveProperty('ListServices');
      expect(counts).not.toHaveProperty('ListClusters');
      expect(Math.max(...Object.values(counts))).toBeLessThan(8);
    },
  );

  it('a service that was misspelt is found on the first page of its cluster', async () => {
    sandbox.clearCalls();
    const argv = ['plan', '--ecs-cluster', 'cluster-8', '--service', 'servce-7', '--cache-name', 'mine'];
    const { exitCode, result } = await commandLine(argv, sandbox, clock);
    expect([exitCode, result.error?.hint]).toEqual([2, expect.stringContaining('Did you mean service-7?')]);
    expect(sandbox.calls().length).toBeLessThan(5);
  });
});

describe('in a cluster of more services than are on a page', () => {
  const MORE = 230;
  let aws: Aws;

  beforeAll(async () => {
    const { services: [service] = [] } = await call<DescribeServicesResponse>('ecs', 'DescribeServices', {
      cluster: 'cluster-8',
      services: ['service-7'],
    });
    const { taskDefinition, networkConfiguration } = service!;
    for (let number = 1; number <= MORE; number += 1) {
      await call('ecs', 'CreateCluster', { clusterName: `more-${number}` });
      await call('ecs', 'CreateService', {
        cluster: 'cluster-1',
        serviceName: `more-${number}`,
        taskDefinition,
        desiredCount: 0,
        launchType: 'FARGATE',
        networkConfiguration,
      });
    }
    const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = sandbox.env;
    const credentials = {
      accessKeyId: sandbox.env.AWS_ACCESS_KEY_ID!,
      secretAccessKey: sandbox.env.AWS_SECRET_ACCESS_KEY!,
    };
    aws = createAws({ region, endpointUrl, credentials, clock });
    sandbox.clearCalls();
  });

  it('there is a choice of all clusters, page by page', async () => {
    sandbox.clearCalls();
    expect(await readClusters(aws)).toHaveLength(CROWD.clusters + MORE);
    expect(countCalls()).toEqual({ ListClusters: 3, DescribeClusters: 3 });
  });

  it('a hundred are described as soon as their names are there', async () => {
    sandbox.clearCalls();
    const { services, others } = await searchServices(aws, 'cluster-1').find('');
    expect([services.length, others]).toEqual([100, undefined]);
    // Ten services at a time is all that DescribeServices takes.
    expect(countCalls()).toEqual({ ListServices: 1, DescribeServices: 10 });
  });

  it('each is found by a part of its name, and nothing is read twice', async () => {
    sandbox.clearCalls();
    const search = searchServices(aws, 'cluster-1');
    await expect(search.find('more', AbortSignal.abort())).rejects.toThrow(/abort/i);
    const { services, others } = await search.find('MORE-2');
    expect(services.slice(0, 3).map(({ service }) => service)).toEqual(['more-2', 'more-20', 'more-21']);
    expect([services.length, others]).toEqual([42, 0]);
    expect(countCalls()).toEqual({ ListServices: 4, DescribeServices: 5 });
    expect(await search.find('more-23')).toMatchObject({ services: { length: 2 }, others: 0 });
    expect(await search.find('more-230')).toMatchObject({ services: [{ service: 'more-230' }], others: 0 });
    expect(countCalls()).toEqual({ ListServices: 4, DescribeServices: 5 });
    expect(await search.find('')).toMatchObject({ services: { length: 100 }, others: MORE });
    expect(await search.find('nothing of that name')).toEqual({ services: [], others: 0 });
  });
});
