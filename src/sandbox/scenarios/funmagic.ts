/**
 * Funmagic as its team left it: web workers in an Auto Scaling group and an admin worker on an instance of its own, in the
 * default VPC, behind a load balancer, without a Redis. There is no task definition: the app reads /etc/funmagic.env.
 */
import { FUNMAGIC_PORT, funmagicImage } from '../images/funmagic-images.ts';
import { instanceRole, runInstance, running } from './app-instances.ts';
import { allHealthy, appLoadBalancer } from './app-load-balancer.ts';
import { defaultNetwork, securityGroup } from './app-network.ts';
import { awsCalls, given, type AwsCalls } from './aws-calls.ts';
import type { Scenario } from './scenario.ts';

export interface FunmagicOptions {
  /** Where the built programs are: dist/programs. */
  readonly programsFolder: string;
  readonly webInstances?: number;
  /** Whether the SSM Agent is on its images; it is when absent. */
  readonly agent?: boolean;
}

const PROFILE = 'funmagic-ec2';
const WEB = 'funmagic-web';
const ADMIN = 'funmagic-admin';

export function funmagic({ programsFolder, webInstances = 2, agent = true }: FunmagicOptions): Scenario {
  return {
    name: 'funmagic',
    async prepare(account) {
      const { accountId, region, clock } = account;
      const aws = awsCalls(account);
      const web = funmagicImage(programsFolder, 'web', { agent });
      const admin = funmagicImage(programsFolder, 'admin', { agent });
      for (const image of [web, admin]) {
        account.machineImages.set(image.imageId, image);
        for (const { logGroup } of image.services) {
          await aws('logs:CreateLogGroup', { logGroupName: logGroup });
        }
      }
      await instanceRole(aws, PROFILE, [
        {
          Action: ['ssm:GetParametersByPath', 'ssm:GetParameter'],
          Resource: [`arn:aws:ssm:${region}:${accountId}:parameter/funmagic/*`],
        },
        {
          Action: ['secretsmanager:GetSecretValue'],
          Resource: [`arn:aws:secretsmanager:${region}:${accountId}:secret:funmagic*`],
        },
      ]);

      const network = await defaultNetwork(aws);
      const balancerGroupId = await securityGroup(aws, network, { name: 'funmagic-alb-sg', port: 80 });
      const groupId = await securityGroup(aws, network, {
        name: 'funmagic-ec2-sg',
        port: FUNMAGIC_PORT,
        from: balancerGroupId,
      });
      const { appUrl, targetGroupArns } = await appLoadBalancer(aws, network, {
        name: 'funmagic',
        groupId: balancerGroupId,
        port: FUNMAGIC_PORT,
        targetType: 'instance',
        parts: [WEB, ADMIN],
      });
      const webGroupArn = given(targetGroupArns[WEB], 'target group');
      const adminGroupArn = given(targetGroupArns[ADMIN], 'target group');

      await webWorkers(aws, {
        imageId: web.imageId,
        groupId,
        count: webInstances,
        subnetIds: network.subnetIds,
        targetGroupArn: webGroupArn,
      });
      const adminId = await runInstance(aws, {
        name: ADMIN,
        imageId: admin.imageId,
        subnetId: network.subnetIds[0] ?? '',
        groupId,
        profile: PROFILE,
        tags: { App: 'funmagic', Role: 'admin' },
      });
      await running(aws, clock, [adminId]);
      await aws('elasticloadbalancing:RegisterTargets', {
        TargetGroupArn: adminGroupArn,
        Targets: [{ Id: adminId }],
      });
      await allHealthy(aws, clock, { [webGroupArn]: webInstances, [adminGroupArn]: 1 });
      return { appUrl };
    },
  };
}

async function webWorkers(
  aws: AwsCalls,
  options: {
    imageId: string;
    groupId: string;
    count: number;
    subnetIds: readonly string[];
    targetGroupArn: string;
  },
): Promise<void> {
  const { LaunchTemplate } = await aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: WEB,
    LaunchTemplateData: {
      ImageId: options.imageId,
      InstanceType: 't3.small',
      SecurityGroupIds: [options.groupId],
      IamInstanceProfile: { Name: PROFILE },
    },
  });
  const tag = (Key: string, Value: string) => ({ Key, Value, PropagateAtLaunch: true });
  await aws('autoscaling:CreateAutoScalingGroup', {
    AutoScalingGroupName: WEB,
    LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: '$Latest' },
    MinSize: 1,
    MaxSize: options.count + 2,
    DesiredCapacity: options.count,
    VPCZoneIdentifier: options.subnetIds.join(','),
    TargetGroupARNs: [options.targetGroupArn],
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 300,
    Tags: [tag('Name', WEB), tag('App', 'funmagic'), tag('Role', 'web')],
  });
}
