/**
 * An account in which many teams work: thousands of services and security groups, hundreds of caches and instances, more
 * than fit on a page of any list. Nothing of it runs.
 */
import type { Account } from '../account.ts';
import { runInstance } from './app-instances.ts';
import { defaultNetwork, type AppNetwork } from './app-network.ts';
import { awsCalls, given, type AwsCalls } from './aws-calls.ts';
import type { Scenario } from './scenario.ts';

export const CROWD = {
  services: 2_000,
  clusters: 20,
  securityGroups: 5_000,
  caches: 500,
  instances: 200,
} as const;

const IDLE_IMAGE = 'ami-0c10eded000000001';
const REDIS_PORT = 6379;
const SETTLE_MS = 3_000;

export const crowded: Scenario = {
  name: 'crowded',
  distanceMs: 50,
  async prepare(account) {
    const aws = awsCalls(account);
    const network = await defaultNetwork(aws);
    const groupIds = await securityGroups(aws, network);
    await services(aws, network, groupIds);
    await caches(account, aws, network, groupIds);
    for (const number of numbers(CROWD.instances)) {
      const subnetId = at(network.subnetIds, number);
      const groupId = at(groupIds, number);
      await runInstance(aws, { name: `worker-${number}`, imageId: IDLE_IMAGE, subnetId, groupId });
    }
    // New groups are not found for a moment, and services need one to be steady.
    await account.clock.sleep(SETTLE_MS);
    return {};
  },
};

async function securityGroups(aws: AwsCalls, { vpcId }: AppNetwork): Promise<string[]> {
  const groupIds: string[] = [];
  for (const number of numbers(CROWD.securityGroups)) {
    const name = `team-${number}`;
    const { GroupId } = await aws('ec2:CreateSecurityGroup', {
      VpcId: vpcId,
      GroupName: name,
      Description: name,
    });
    groupIds.push(given(GroupId, 'GroupId'));
  }
  return groupIds;
}

async function services(aws: AwsCalls, network: AppNetwork, groupIds: readonly string[]): Promise<void> {
  const { taskDefinition } = await aws('ecs:RegisterTaskDefinition', {
    family: 'team',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'public.ecr.aws/team/app:1', essential: true }],
  });
  for (const number of numbers(CROWD.clusters)) {
    await aws('ecs:CreateCluster', { clusterName: `cluster-${number}` });
  }
  for (const number of numbers(CROWD.services)) {
    await aws('ecs:CreateService', {
      cluster: `cluster-${(number % CROWD.clusters) + 1}`,
      serviceName: `service-${number}`,
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...network.subnetIds],
          securityGroups: [at(groupIds, number)],
          assignPublicIp: 'ENABLED',
        },
      },
    });
  }
}

/** Each behind a group that lets the services of its team in. */
async function caches(
  account: Account,
  aws: AwsCalls,
  network: AppNetwork,
  groupIds: readonly string[],
): Promise<void> {
  await aws('elasticache:CreateCacheSubnetGroup', {
    CacheSubnetGroupName: 'teams',
    CacheSubnetGroupDescription: 'teams',
    SubnetIds: [...network.subnetIds],
  });
  for (const number of numbers(CROWD.caches)) {
    account.elasticache.addIdle(
      {
        ReplicationGroupId: `team-${number}`,
        ReplicationGroupDescription: `Cache of team ${number}`,
        Engine: 'redis',
        CacheNodeType: 'cache.t3.micro',
        NumCacheClusters: 1,
        Port: REDIS_PORT,
        CacheSubnetGroupName: 'teams',
        SecurityGroupIds: [at(groupIds, number)],
      },
      {
        service: 'elasticache',
        action: 'CreateReplicationGroup',
        region: account.region,
        accessKeyId: account.accessKeyId,
        requestId: `crowd-${number}`,
      },
    );
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

function at(list: readonly string[], number: number): string {
  return list[number % list.length] ?? '';
}
