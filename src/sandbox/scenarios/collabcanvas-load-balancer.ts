/** The load balancer of CollabCanvas, its listener and its target groups. */
import { given, type AwsCalls } from './aws-calls.ts';
import type { Network } from './collabcanvas-network.ts';

export interface LoadBalancing {
  appUrl: string;
  targetGroupArns: string[];
  /** With two groups for one set of tasks: the other one, and the rule whose weights choose between them. */
  blueGreen?: { alternateTargetGroupArn: string; productionListenerRule: string };
}

export interface LoadBalancingOptions {
  type: 'application' | 'network';
  targetGroups: number;
  targetType: 'ip' | 'instance';
  blueGreen: boolean;
  port: number;
  /** For which deregistered targets drain; AWS's default when absent. */
  drainSeconds?: number | undefined;
}

export async function collabcanvasLoadBalancer(
  aws: AwsCalls,
  network: Network,
  { type, targetGroups, targetType, blueGreen, port, drainSeconds }: LoadBalancingOptions,
): Promise<LoadBalancing> {
  const application = type === 'application';
  const created = await aws('elasticloadbalancing:CreateLoadBalancer', {
    Name: application ? 'collabcanvas-alb' : 'collabcanvas-nlb',
    Type: type,
    Scheme: 'internet-facing',
    Subnets: network.publicSubnetIds,
    SecurityGroups: [network.loadBalancerGroupId],
  });
  const loadBalancer = given(created.LoadBalancers?.[0], 'load balancer');

  const createTargetGroup = async (Name: string): Promise<string> => {
    const { TargetGroups } = await aws('elasticloadbalancing:CreateTargetGroup', {
      Name,
      Protocol: application ? 'HTTP' : 'TCP',
      Port: port,
      VpcId: network.vpcId,
      TargetType: targetType,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/health',
    });
    const TargetGroupArn = given(TargetGroups?.[0]?.TargetGroupArn, 'TargetGroupArn');
    if (drainSeconds !== undefined) {
      await aws('elasticloadbalancing:ModifyTargetGroupAttributes', {
        TargetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(drainSeconds) }],
      });
    }
    return TargetGroupArn;
  };
  const targetGroupArns: string[] = [];
  for (let number = 1; number <= targetGroups; number += 1) {
    targetGroupArns.push(
      await createTargetGroup(number === 1 ? 'collabcanvas-backend' : `collabcanvas-backend-${number}`),
    );
  }
  const [firstArn, ...otherArns] = targetGroupArns;
  const { Listeners } = await aws('elasticloadbalancing:CreateListener', {
    LoadBalancerArn: loadBalancer.LoadBalancerArn,
    Protocol: application ? 'HTTP' : 'TCP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: firstArn }],
  });
  const listener = given(Listeners?.[0], 'listener');
  for (const [index, targetGroupArn] of otherArns.entries()) {
    await aws('elasticloadbalancing:CreateRule', {
      ListenerArn: listener.ListenerArn,
      Priority: index + 1,
      Conditions: [{ Field: 'host-header', Values: [`group-${index + 2}.collabcanvas.example`] }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    });
  }
  const host = given(loadBalancer.DNSName, 'DNSName');
  const balancing = { appUrl: `http://${host}:${given(listener.Port, 'Port')}`, targetGroupArns };
  if (!blueGreen) return balancing;
  const alternateTargetGroupArn = await createTargetGroup('collabcanvas-backend-green');
  const { Rules } = await aws('elasticloadbalancing:CreateRule', {
    ListenerArn: listener.ListenerArn,
    Priority: 100,
    Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
    Actions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: firstArn, Weight: 100 },
            { TargetGroupArn: alternateTargetGroupArn, Weight: 0 },
          ],
        },
      },
    ],
  });
  const productionListenerRule = given(Rules?.[0]?.RuleArn, 'RuleArn');
  return { ...balancing, blueGreen: { alternateTargetGroupArn, productionListenerRule } };
}
