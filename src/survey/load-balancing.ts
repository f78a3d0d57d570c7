/** The service's target groups, the load balancers before them, and the address at which these answer for the app. */
import type { Aws } from '../aws/aws.ts';
import type { EcsService, TargetGroup } from '../domain/app.ts';

/** The alternate ones too: a blue/green deployment moves the traffic there. */
export async function readTargetGroups(aws: Aws, service: EcsService): Promise<TargetGroup[]> {
  const named = service.loadBalancers.flatMap(({ targetGroupArn, alternateTargetGroupArn }) => [
    targetGroupArn,
    alternateTargetGroupArn,
  ]);
  return describeTargetGroups(aws, [...new Set(named.filter((arn) => arn !== undefined))]);
}

export async function describeTargetGroups(aws: Aws, arns: readonly string[]): Promise<TargetGroup[]> {
  if (arns.length === 0) return [];
  const [groups, tags, attributes] = await Promise.all([
    aws.elbv2.describeTargetGroups(arns),
    aws.elbv2.describeTags(arns),
    Promise.all(
      arns.map(async (arn) => [arn, (await aws.elbv2.readTargetGroupAttributes(arn)) ?? {}] as const),
    ),
  ]);
  const attributesOf = new Map(attributes);
  const balancers = await readLoadBalancers(
    aws,
    groups.flatMap(({ loadBalancerArns }) => loadBalancerArns),
  );
  return groups.map(({ targetGroupArn, targetGroupName, targetType, protocol, loadBalancerArns }) => {
    const loadBalancer = balancers.get(loadBalancerArns[0] ?? '');
    return {
      targetGroupArn,
      targetGroupName,
      targetType,
      protocol,
      ...(loadBalancer && { loadBalancer }),
      attributes: attributesOf.get(targetGroupArn) ?? {},
      tags: tags.get(targetGroupArn) ?? {},
    };
  });
}

async function readLoadBalancers(
  aws: Aws,
  arns: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<TargetGroup['loadBalancer']>>> {
  if (arns.length === 0) return new Map();
  const found = await aws.elbv2.describeLoadBalancers([...new Set(arns)]);
  return new Map(found.map(({ arn, type, scheme, dnsName }) => [arn, { arn, type, scheme, dnsName }]));
}

/**
 * Undefined where only rules lead to the app: which path or host reaches it is the app's to know (--app-url).
 * Plain HTTP comes first, for the certificate of an HTTPS listener is never made out to the load balancer's own name.
 */
export async function readAppUrl(
  aws: Aws,
  targetGroups: readonly TargetGroup[],
): Promise<string | undefined> {
  const arns = new Set(targetGroups.map(({ targetGroupArn }) => targetGroupArn));
  const balancers = targetGroups.flatMap(({ loadBalancer }) =>
    loadBalancer?.type === 'application' ? loadBalancer : [],
  );
  for (const { arn, dnsName } of new Map(balancers.map((balancer) => [balancer.arn, balancer])).values()) {
    const listeners = await aws.elbv2.describeListeners(arn);
    const [first] = listeners
      .filter(({ defaultTargetGroupArns }) => defaultTargetGroupArns.some((group) => arns.has(group)))
      .sort((one, other) => preference(one) - preference(other) || one.port - other.port);
    if (first) return urlOf(first, dnsName);
  }
  return undefined;
}

function preference({ protocol, port }: { protocol: string; port: number }): number {
  if (protocol === 'HTTP') return port === 80 ? 0 : 1;
  return port === 443 ? 2 : 3;
}

function urlOf({ protocol, port }: { protocol: string; port: number }, dnsName: string): string {
  const scheme = protocol.toLowerCase();
  const usual = { http: 80, https: 443 }[scheme];
  return `${scheme}://${dnsName}${port === usual ? '' : `:${port}`}`;
}
