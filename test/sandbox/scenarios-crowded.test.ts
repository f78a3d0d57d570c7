/** The crowded account: more of everything than a page holds, made in a moment, and nothing of it runs. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DescribeInstancesResult, DescribeSecurityGroupsResult } from '@aws-sdk/client-ec2';
import type { ListServicesResponse } from '@aws-sdk/client-ecs';
import type { ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { CROWD, crowded } from '../../src/sandbox/scenarios/crowded.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import { PROGRAMS } from './command-line.ts';

let sandbox: Sandbox;
let call: AccountCall;

describe('a crowded account', () => {
  beforeAll(async () => {
    const clock = new VirtualClock();
    sandbox = await startSandbox({ scenario: crowded, programsFolder: PROGRAMS, clock });
    call = accountCalls(sandbox, clock);
    return () => sandbox.close();
  });

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
