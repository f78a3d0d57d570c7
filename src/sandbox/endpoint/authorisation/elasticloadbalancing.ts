/** Elastic Load Balancing (Service Authorization Reference, "AWS Elastic Load Balancing V2"): Describe* has no resources. */
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

type Input = Readonly<Record<string, string | undefined>>;

export function elasticloadbalancingPermissions({ region, accountId }: Place): PermissionRules {
  const arn = (resource: string): string => `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;
  const about = (member: string) => (input: Input) => on(input[member] ?? '*');
  const tagging = ({ ResourceArns = [] }: { ResourceArns?: readonly string[] }): Needs =>
    on(...ResourceArns.map((one) => tagged(one)));
  /** 'listener/app/<name>/<id>' of the load balancer 'loadbalancer/app/<name>/<id>'. */
  const below = (parent = '', from: string, to: string): string =>
    `${parent.replace(`:${from}/`, `:${to}/`)}/*`;

  return {
    CreateLoadBalancer: ({ Name = '', Type = 'application' }: Input) =>
      on(made(arn(`loadbalancer/${Type === 'network' ? 'net' : 'app'}/${Name}/*`))),
    DeleteLoadBalancer: about('LoadBalancerArn'),
    ModifyLoadBalancerAttributes: about('LoadBalancerArn'),
    CreateTargetGroup: ({ Name = '' }: Input) => on(made(arn(`targetgroup/${Name}/*`))),
    ModifyTargetGroup: about('TargetGroupArn'),
    ModifyTargetGroupAttributes: about('TargetGroupArn'),
    DeleteTargetGroup: about('TargetGroupArn'),
    RegisterTargets: about('TargetGroupArn'),
    DeregisterTargets: about('TargetGroupArn'),
    CreateListener: ({ LoadBalancerArn = '' }: Input) =>
      on(LoadBalancerArn, made(below(LoadBalancerArn, 'loadbalancer', 'listener'))),
    ModifyListener: about('ListenerArn'),
    DeleteListener: about('ListenerArn'),
    CreateRule: ({ ListenerArn = '' }: Input) =>
      on(ListenerArn, made(below(ListenerArn, 'listener', 'listener-rule'))),
    ModifyRule: about('RuleArn'),
    DeleteRule: about('RuleArn'),
    AddTags: tagging,
    RemoveTags: tagging,
  };
}
