/** An account with an app to survey: private, public and Local Zone subnets, a load balancer, a service and a worker. */
import {
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../../src/aws/aws.ts';
import { createAws } from '../../src/aws/clients.ts';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

export const TARGET = { ecsCluster: 'collabcanvas', service: 'collabcanvas-backend' };

/** For apps of which nothing has to be asked. */
export const neverAsked = {
  container: (candidates: readonly string[]): Promise<string> =>
    Promise.reject(new Error(`asked: ${candidates.join(' ')}`)),
};

export interface SurveyedAccount {
  readonly sandbox: Sandbox;
  readonly aws: Aws;
  readonly ec2: EC2Client;
  readonly clock: VirtualClock;
  readonly vpcId: string;
  /** Of the backend. */
  readonly groupId: string;
  readonly targetGroupArn: string;
  readonly subnets: Readonly<Record<string, string>>;
}

export async function openSurveyedAccount(): Promise<SurveyedAccount> {
  const clock = new VirtualClock();
  const sandbox = await startSandbox({
    scenario: { name: 'empty', prepare: () => Promise.resolve({}) },
    programsFolder: 'dist/programs',
    clock,
  });
  const credentials = {
    accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!,
    secretAccessKey: sandbox.env['AWS_SECRET_ACCESS_KEY']!,
  };
  const { endpointUrl, region } = sandbox;
  const config = { endpoint: endpointUrl, region, credentials };
  const aws = createAws({ region, endpointUrl, credentials, clock, retryDelay: () => 0 });
  const ec2 = new EC2Client(config);
  const ecs = new ECSClient(config);
  const elbv2 = new ElasticLoadBalancingV2Client(config);

  const vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
  const subnets: Record<string, string> = {};
  const places = [
    ['public-a', '10.0.0.0/24', 'us-east-1a'],
    ['public-b', '10.0.1.0/24', 'us-east-1b'],
    ['private-a', '10.0.10.0/25', 'us-east-1a'],
    ['private-b', '10.0.11.0/24', 'us-east-1b'],
    ['local', '10.0.20.0/24', 'us-east-1-bos-1a'],
  ] as const;
  for (const [name, CidrBlock, AvailabilityZone] of places) {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }));
    subnets[name] = Subnet!.SubnetId!;
  }
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId }));
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId };
  await ec2.send(new CreateRouteCommand(route));
  for (const name of ['public-a', 'public-b'] as const) {
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: subnets[name]! }));
  }
  const group = { GroupName: 'backend-sg', Description: 'The backend', VpcId: vpcId };
  const groupId = (await ec2.send(new CreateSecurityGroupCommand(group))).GroupId!;
  // A new group is not seen everywhere at once.
  await clock.advance(5 * 60_000);

  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: 'canvas',
      Subnets: [subnets['public-a']!, subnets['public-b']!],
      SecurityGroups: [groupId],
    }),
  );
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: 'backend',
      Protocol: 'HTTP',
      Port: 3000,
      VpcId: vpcId,
      TargetType: 'ip',
    }),
  );
  const targetGroupArn = TargetGroups![0]!.TargetGroupArn!;
  await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn!,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  );

  await ecs.send(new CreateClusterCommand({ clusterName: 'collabcanvas' }));
  const register = (image: string) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'collabcanvas-backend',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        executionRoleArn: `arn:aws:iam::${sandbox.account.accountId}:role/execution`,
        containerDefinitions: [
          { name: 'log-router', image: 'log-router' },
          { name: 'backend', image, portMappings: [{ containerPort: 3000 }] },
        ],
      }),
    );
  await register('backend:1');
  await register('backend:2');
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'collabcanvas',
      serviceName: 'collabcanvas-backend',
      taskDefinition: 'collabcanvas-backend:1',
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [subnets['private-a']!, subnets['private-b']!],
          securityGroups: [groupId],
        },
      },
      loadBalancers: [{ targetGroupArn, containerName: 'backend', containerPort: 3000 }],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'collabcanvas',
      serviceName: 'worker',
      taskDefinition: 'collabcanvas-backend:1',
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnets['private-a']!] } },
    }),
  );
  return { sandbox, aws, ec2, clock, vpcId, groupId, targetGroupArn, subnets };
}
