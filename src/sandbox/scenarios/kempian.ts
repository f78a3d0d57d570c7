/**
 * Kempian as its team left it: an app on instances that already has a REDIS_URL, of a Redis of its own on another
 * instance. Its phases (development, staging, production) are apart in one account, or each in one of its own.
 */
import type { Account } from '../account.ts';
import { KEMPIAN_PORT, kempianImages, type KempianPhase } from '../images/kempian-images.ts';
import { instanceRole, runInstance, running } from './app-instances.ts';
import { allHealthy, appLoadBalancer } from './app-load-balancer.ts';
import { defaultNetwork, securityGroup, type AppNetwork } from './app-network.ts';
import { awsCalls, given, type AwsCalls } from './aws-calls.ts';
import type { Scenario } from './scenario.ts';

export interface KempianOptions {
  /** Where the built programs are: dist/programs. */
  readonly programsFolder: string;
  /** All three when absent; the app that answers is that of the last one. */
  readonly phases?: readonly KempianPhase[];
  /** Whether the SSM Agent is on the app's images; it is when absent. */
  readonly agent?: boolean;
}

const ALL_PHASES: readonly KempianPhase[] = ['development', 'staging', 'production'];
const PROFILE = 'kempian-ec2';
const REDIS_PORT = 6379;

export function kempian({ programsFolder, phases = ALL_PHASES, agent = true }: KempianOptions): Scenario {
  return {
    name: 'kempian',
    async prepare(account) {
      const { accountId, region, clock } = account;
      const aws = awsCalls(account);
      await instanceRole(aws, PROFILE, [
        {
          Action: ['ssm:GetParametersByPath', 'ssm:GetParameter'],
          Resource: [`arn:aws:ssm:${region}:${accountId}:parameter/kempian/*`],
        },
        {
          Action: ['secretsmanager:GetSecretValue'],
          Resource: [`arn:aws:secretsmanager:${region}:${accountId}:secret:kempian*`],
        },
      ]);
      const network = await defaultNetwork(aws);
      const opened = await Promise.all(
        phases.map(async (phase) => ({
          phase,
          ...(await openPhase(account, aws, network, phase, { programsFolder, agent })),
        })),
      );
      await allHealthy(
        aws,
        clock,
        Object.fromEntries(opened.map(({ targetGroupArn, instances }) => [targetGroupArn, instances])),
      );
      const { appUrl } = opened.at(-1) ?? {};
      return appUrl === undefined ? {} : { appUrl };
    },
  };
}

async function openPhase(
  account: Account,
  aws: AwsCalls,
  network: AppNetwork,
  phase: KempianPhase,
  options: { programsFolder: string; agent: boolean },
): Promise<{ appUrl: string; targetGroupArn: string; instances: number }> {
  const name = `kempian-${phase}`;
  const { app, redis } = kempianImages(options.programsFolder, phase, options);
  for (const image of [app, redis]) account.machineImages.set(image.imageId, image);
  await aws('logs:CreateLogGroup', { logGroupName: `/kempian/${phase}` });

  const balancerGroupId = await securityGroup(aws, network, { name: `${name}-alb-sg`, port: 80 });
  const groupId = await securityGroup(aws, network, {
    name: `${name}-app-sg`,
    port: KEMPIAN_PORT,
    from: balancerGroupId,
  });
  const redisGroupId = await securityGroup(aws, network, {
    name: `${name}-redis-sg`,
    port: REDIS_PORT,
    from: groupId,
  });
  const { appUrl, targetGroupArns } = await appLoadBalancer(aws, network, {
    name,
    groupId: balancerGroupId,
    port: KEMPIAN_PORT,
    targetType: 'instance',
    parts: [name],
  });
  const targetGroupArn = given(targetGroupArns[name], 'target group');

  const tags = { App: 'kempian', Environment: phase };
  const subnetIds = phase === 'production' ? network.subnetIds : network.subnetIds.slice(0, 1);
  const redisId = await runInstance(aws, {
    name: `${name}-redis`,
    imageId: redis.imageId,
    subnetId: network.subnetIds[0] ?? '',
    groupId: redisGroupId,
    tags: { ...tags, Role: 'redis' },
  });
  const appIds: string[] = [];
  for (const subnetId of subnetIds) {
    const request = { name, imageId: app.imageId, subnetId, groupId, profile: PROFILE };
    appIds.push(await runInstance(aws, { ...request, tags: { ...tags, Role: 'app' } }));
  }
  await running(aws, account.clock, [redisId, ...appIds]);
  await aws('elasticloadbalancing:RegisterTargets', {
    TargetGroupArn: targetGroupArn,
    Targets: appIds.map((Id) => ({ Id })),
  });
  return { appUrl, targetGroupArn, instances: appIds.length };
}
