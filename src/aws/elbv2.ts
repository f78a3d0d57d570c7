/** Target groups and the load balancers before them. */
import type { Tags } from '../domain/ownership.ts';

export interface LoadBalancer {
  readonly arn: string;
  /** application, network, gateway. */
  readonly type: string;
  readonly scheme: string;
  readonly dnsName: string;
}

/** An action of a listener, or of one of its rules, that sends to several target groups by their weights. */
export interface WeightedForward {
  /** Of the rule; of the listener where it is the default. */
  readonly arn: string;
  readonly of: 'rule' | 'listener';
  /** Those that get requests: their weight is not 0. */
  readonly targetGroupArns: readonly string[];
  /** Whether a visitor stays with one of the groups. */
  readonly sticky: boolean;
  /** As ModifyRule and ModifyListener take all of them; undefined where they are not forwards alone. */
  readonly actions: readonly object[] | undefined;
}

export interface Elbv2 {
  /** Undefined: it is gone. */
  readTargetGroupAttributes(targetGroupArn: string): Promise<Readonly<Record<string, string>> | undefined>;
  describeTargetGroups(arns: readonly string[]): Promise<
    {
      targetGroupArn: string;
      targetGroupName: string;
      targetType: string;
      protocol: string;
      loadBalancerArns: readonly string[];
    }[]
  >;
  /** ARNs of all that are in the VPC. */
  listTargetGroups(vpcId: string): Promise<string[]>;
  /** How long a target that stops answering may go on to be called healthy. */
  readUnnoticedMs(targetGroupArn: string): Promise<number>;
  describeTargetGroupAttributes(targetGroupArn: string): Promise<Readonly<Record<string, string>>>;
  modifyTargetGroupAttributes(
    targetGroupArn: string,
    attributes: Readonly<Record<string, string>>,
  ): Promise<void>;
  describeTags(arns: readonly string[]): Promise<ReadonlyMap<string, Tags>>;
  addTags(arn: string, tags: Tags): Promise<void>;
  removeTags(arn: string, keys: readonly string[]): Promise<void>;
  describeLoadBalancers(arns: readonly string[]): Promise<LoadBalancer[]>;
  /** `targetGroupArns` of all actions of the listener and its rules; the default ones take what no rule takes. */
  describeListeners(loadBalancerArn: string): Promise<
    {
      port: number;
      protocol: string;
      targetGroupArns: readonly string[];
      defaultTargetGroupArns: readonly string[];
    }[]
  >;
  listWeightedForwards(loadBalancerArn: string): Promise<WeightedForward[]>;
  describeTargetHealth(
    targetGroupArn: string,
  ): Promise<{ id: string; port?: number; state: string; reason?: string; description?: string }[]>;
}
