/** An application load balancer in front of an app, with a target group for each of its parts, and the wait until all are healthy. */
import type { Clock } from '../../clock.ts';
import { given, type AwsCalls } from './aws-calls.ts';
import type { AppNetwork } from './app-network.ts';

export interface AppLoadBalancer {
  readonly appUrl: string;
  /** By part; the first one gets what no rule sends elsewhere. */
  readonly targetGroupArns: Readonly<Record<string, string>>;
}

export async function appLoadBalancer(
  aws: AwsCalls,
  { vpcId, subnetIds }: AppNetwork,
  options: {
    name: string;
    groupId: string;
    port: number;
    targetType: 'ip' | 'instance';
    /** Names of target groups; others than the first are reached as `<part>.<name>.example`. */
    parts: readonly string[];
  },
): Promise<AppLoadBalancer> {
  const { LoadBalancers } = await aws('elasticloadbalancing:CreateLoadBalancer', {
    Name: `${options.name}-alb`,
    Type: 'application',
    Scheme: 'internet-facing',
    Subnets: [...subnetIds],
    SecurityGroups: [options.groupId],
  });
  const loadBalancer = given(LoadBalancers?.[0], 'load balancer');
  const targetGroupArns: Record<string, string> = {};
  for (const part of options.parts) {
    const { TargetGroups } = await aws('elasticloadbalancing:CreateTargetGroup', {
      Name: part,
      Protocol: 'HTTP',
      Port: options.port,
      VpcId: vpcId,
      TargetType: options.targetType,
      HealthCheckPath: '/health',
    });
    targetGroupArns[part] = given(TargetGroups?.[0]?.TargetGroupArn, 'TargetGroupArn');
  }
  const [first = '', ...others] = options.parts;
  const { Listeners } = await aws('elasticloadbalancing:CreateListener', {
    LoadBalancerArn: loadBalancer.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArns[first] }],
  });
  const listener = given(Listeners?.[0], 'listener');
  for (const [index, part] of others.entries()) {
    await aws('elasticloadbalancing:CreateRule', {
      ListenerArn: listener.ListenerArn,
      Priority: index + 1,
      Conditions: [{ Field: 'host-header', Values: [`${part}.${options.name}.example`] }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArns[part] }],
    });
  }
  const host = given(loadBalancer.DNSName, 'DNSName');
  return { appUrl: `http://${host}:${given(listener.Port, 'Port')}`, targetGroupArns };
}

const POLL_MS = 1000;
const PATIENCE_MS = 600_000;

/** All load balancers are active, and each target group has so many healthy targets and no other. */
export async function allHealthy(
  aws: AwsCalls,
  clock: Clock,
  wanted: Readonly<Record<string, number>>,
): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const { LoadBalancers = [] } = await aws('elasticloadbalancing:DescribeLoadBalancers', {});
    const active = LoadBalancers.every(({ State }) => State?.Code === 'active');
    const healthy = await Promise.all(
      Object.entries(wanted).map(async ([arn, count]) => (await healthyTargets(aws, arn)) === count),
    );
    if (active && healthy.every(Boolean)) return;
    await clock.sleep(POLL_MS);
  }
  throw new Error('The app did not become healthy');
}

/** Undefined while some are not. */
async function healthyTargets(aws: AwsCalls, TargetGroupArn: string): Promise<number | undefined> {
  const { TargetHealthDescriptions = [] } = await aws('elasticloadbalancing:DescribeTargetHealth', {
    TargetGroupArn,
  });
  const all = TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State);
  return all.every((state) => state === 'healthy') ? all.length : undefined;
}
