/** The load balancer of CollabCanvas, its listener and its target groups. */
import { given, type AwsCalls } from './aws-calls.ts';
import type { Network } from './collabcanvas-network.ts';

export interface LoadBalancing {
  appUrl: string;
  targetGroupArns: string[];
}

export async function collabcanvasLoadBalancer(
  aws: AwsCalls,
  network: Network,
  { type, targetGroups, port }: { type: 'application' | 'network'; targetGroups: number; port: number },
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

  const targetGroupArns: string[] = [];
  for (let number = 1; number <= targetGroups; number += 1) {
    const { TargetGroups } = await aws('elasticloadbalancing:CreateTargetGroup', {
      Name: number === 1 ? 'collabcanvas-backend' : `collabcanvas-backend-${number}`,
      Protocol: application ? 'HTTP' : 'TCP',
      Port: port,
      VpcId: network.vpcId,
      TargetType: 'ip',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/health',
    });
    targetGroupArns.push(given(TargetGroups?.[0]?.TargetGroupArn, 'TargetGroupArn'));
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
  return { appUrl: `http://${host}:${given(listener.Port, 'Port')}`, targetGroupArns };
}
