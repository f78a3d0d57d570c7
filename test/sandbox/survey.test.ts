/** The survey of an account: what is read of an app. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { App, EcsService } from '../../src/domain/app.ts';
import type { WizardError } from '../../src/errors.ts';
import { readApp } from '../../src/survey/app.ts';
import { readClusters } from '../../src/survey/clusters.ts';
import { searchServices } from '../../src/survey/services.ts';
import { neverAsked, openSurveyedAccount, TARGET } from './surveyed-account.ts';
import type { SurveyedAccount } from './surveyed-account.ts';

let account: SurveyedAccount;
let aws: Aws;
let vpcId: string;
let groupId: string;
let targetGroupArn: string;
let subnets: SurveyedAccount['subnets'];
let app: App;

beforeAll(async () => {
  account = await openSurveyedAccount();
  ({ aws, vpcId, groupId, targetGroupArn, subnets } = account);
  app = await readApp(aws, TARGET, neverAsked);
});

afterAll(() => account.sandbox.close());

async function failureOf(work: Promise<unknown>): Promise<WizardError> {
  return work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: unknown) => error as WizardError,
  );
}
describe('an app', () => {
  test('is the revision that runs, the container behind the load balancer, and where both are', () => {
    expect(app.taskDefinition.taskDefinitionArn).toMatch(/collabcanvas-backend:1$/);
    expect(app.container).toBe('backend');
    expect(app.network).toMatchObject({
      vpcId,
      subnetIds: [subnets['private-a'], subnets['private-b']],
      securityGroupIds: [groupId],
      interfaces: [[groupId]],
      dnsSupport: true,
    });
  });

  test('is found under its ARNs too', async () => {
    const { clusterArn, serviceArn } = app.service;
    const found = await readApp(aws, { ecsCluster: clusterArn, service: serviceArn }, neverAsked);
    expect(found).toMatchObject({
      ecsCluster: 'collabcanvas',
      service: { serviceName: 'collabcanvas-backend' },
    });
  });

  test('has private subnets before public ones, and none in a Local Zone', () => {
    const { usableSubnets, droppedSubnets } = app.network;
    expect(usableSubnets.map(({ subnetId }) => subnetId).slice(0, 2)).toEqual([
      subnets['private-b'],
      subnets['private-a'],
    ]);
    expect(usableSubnets.map(({ isPublic }) => isPublic)).toEqual([false, false, true, true]);
    expect(droppedSubnets).toEqual([
      { subnetId: subnets['local'], reason: 'in the local zone us-east-1-bos-1a' },
    ]);
  });

  test('has the target group, its attributes and load balancer, and the address at which that answers', async () => {
    const [group] = app.targetGroups;
    expect(group).toMatchObject({
      targetGroupArn,
      targetType: 'ip',
      loadBalancer: { type: 'application', scheme: 'internet-facing' },
      attributes: { 'stickiness.enabled': 'false' },
    });
    // A load balancer without healthy targets.
    expect((await fetch(app.url!)).status).toBe(503);
  });

  test.each([
    [
      'plain HTTP before HTTPS',
      [
        ['HTTPS', 443, true],
        ['HTTP', 80, true],
      ],
      'http://lb.example',
    ],
    [
      'HTTPS where plain HTTP only redirects',
      [
        ['HTTP', 80, false],
        ['HTTPS', 443, true],
      ],
      'https://lb.example',
    ],
    ['an unusual port', [['HTTP', 8080, true]], 'http://lb.example:8080'],
    ['no address where only rules lead to it', [['HTTP', 80, false]], undefined],
  ] as const)('has %s', async (_, listeners, url) => {
    const balanced = changed(aws, {
      elbv2: {
        ...aws.elbv2,
        describeLoadBalancers: async (arns) =>
          (await aws.elbv2.describeLoadBalancers(arns)).map((balancer) => ({
            ...balancer,
            dnsName: 'lb.example',
          })),
        describeListeners: () =>
          Promise.resolve(
            listeners.map(([protocol, port, isDefault]) => ({
              protocol,
              port,
              targetGroupArns: [targetGroupArn],
              defaultTargetGroupArns: isDefault ? [targetGroupArn] : [],
            })),
          ),
      },
    });
    expect((await readApp(balanced, TARGET, neverAsked)).url).toBe(url);
  });

  test("without security groups of its own uses the VPC's default one, without a load balancer its container is asked for", async () => {
    const worker = { ecsCluster: 'collabcanvas', service: 'worker' };
    const asked: string[][] = [];
    const found = await readApp(aws, worker, {
      container: (candidates) => {
        asked.push([...candidates]);
        return Promise.resolve('backend');
      },
    });
    const [group] = await aws.ec2.describeSecurityGroups({ vpcId, groupName: 'default' });
    expect(found.network.securityGroupIds).toEqual([group!.groupId]);
    expect(found).toMatchObject({ container: 'backend', targetGroups: [] });
    expect(found.url).toBeUndefined();
    expect(asked).toEqual([['log-router', 'backend']]);
  });

  test('a container that is not there is answered with those that are', async () => {
    const error = await failureOf(readApp(aws, { ...TARGET, container: 'bakend' }, neverAsked));
    expect(error).toMatchObject({
      code: 'InvalidInput',
      hint: 'Did you mean backend? There are: backend, log-router.',
    });
  });

  test('a service that is not there is answered with the nearest name', async () => {
    const error = await failureOf(readApp(aws, { ...TARGET, service: 'colabcanvas-backend' }, neverAsked));
    expect(error).toMatchObject({
      code: 'NotFound',
      exitCode: 2,
      message: expect.stringContaining('the ECS cluster collabcanvas has no service of this name') as string,
      hint: 'Did you mean collabcanvas-backend? There are: collabcanvas-backend, worker.',
    });
  });

  test('a cluster that is not there is answered with those of the region', async () => {
    const error = await failureOf(readApp(aws, { ...TARGET, ecsCluster: 'production' }, neverAsked));
    expect(error).toMatchObject({ code: 'NotFound', hint: 'There are: collabcanvas.' });
  });

  test('that uses the network of its instances has their groups, of all of them', async () => {
    const instances = [
      { instanceId: 'i-1', vpcId, subnetId: 'subnet-1', securityGroupIds: ['sg-1', groupId] },
      { instanceId: 'i-2', vpcId, subnetId: 'subnet-2', securityGroupIds: [groupId] },
    ];
    const { taskDefinition, service } = app;
    const document = { ...taskDefinition.document, networkMode: 'bridge' };
    const onInstances = changed(aws, {
      ecs: {
        ...aws.ecs,
        readService: () => Promise.resolve(withoutNetwork(service)),
        readTaskDefinition: () => Promise.resolve({ ...taskDefinition, document }),
        listTasks: () => Promise.resolve(['t-1']),
        describeTasks: () => Promise.resolve([{ ...TASK, containerInstanceArn: 'c-1' }]),
        readInstanceIds: () => Promise.resolve(['i-1', 'i-2']),
      },
      ec2: { ...aws.ec2, describeInstances: () => Promise.resolve(instances) },
    });
    const { network } = await readApp(onInstances, TARGET, neverAsked);
    expect(network).toMatchObject({
      vpcId,
      subnetIds: ['subnet-1', 'subnet-2'],
      securityGroupIds: ['sg-1', groupId],
    });
  });

  test('that other tools deploy is known by tags and by who registered the revision', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/AWSCodePipelineServiceRole/1700000000';
    const managed = changed(aws, {
      ecs: {
        ...aws.ecs,
        readService: () =>
          Promise.resolve({
            ...app.service,
            tags: { 'copilot-service': 'backend', ManagedBy: 'terraform', team: 'x' },
          }),
        readTaskDefinition: () => Promise.resolve({ ...app.taskDefinition, registeredBy: arn }),
      },
    });
    expect((await readApp(managed, TARGET, neverAsked)).managers).toEqual([
      { name: 'AWS Copilot', evidence: 'tag copilot-service=backend' },
      { name: 'Terraform', evidence: 'tag ManagedBy=terraform' },
      { name: 'CodePipeline', evidence: `the running revision was registered by ${arn}` },
    ]);
    expect(app.managers).toEqual([]);
  });
});

describe('the lists to choose from', () => {
  test('are the clusters, and their services with those behind a load balancer first', async () => {
    expect(await readClusters(aws)).toEqual([{ name: 'collabcanvas', activeServices: 2, runningTasks: 0 }]);
    const both = {
      desiredCount: 0,
      runningCount: 0,
      runsOn: 'FARGATE',
      isDaemon: false,
      deploymentController: 'ECS',
    };
    const { services, others } = await searchServices(aws, 'collabcanvas').find('');
    expect(others).toBe(0);
    expect(services).toEqual([
      { service: 'collabcanvas-backend', hasLoadBalancer: true, targetGroups: ['backend'], ...both },
      { service: 'worker', hasLoadBalancer: false, targetGroups: [], ...both },
    ]);
  });

  test('are the clusters’ names alone for somebody who may not look at them', async () => {
    const statements = [
      { Effect: 'Allow', Action: ['*'], Resource: ['*'] },
      { Effect: 'Deny', Action: ['ecs:DescribeClusters'], Resource: ['*'] },
    ];
    account.sandbox.setPolicy({ Version: '2012-10-17', Statement: statements });
    expect(await readClusters(aws)).toEqual([{ name: 'collabcanvas' }]);
    account.sandbox.setPolicy(undefined);
  });
});

function withoutNetwork(service: EcsService): EcsService {
  return Object.fromEntries(
    Object.entries(service).filter(([member]) => member !== 'awsvpc'),
  ) as unknown as EcsService;
}

function changed(all: Aws, more: Partial<Aws>): Aws {
  return { ...all, ...more };
}

const TASK = {
  taskArn: 't-1',
  taskDefinitionArn: 'd',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  containers: [],
};
