/** What an account has in Elastic Load Balancing: load balancers, target groups, listeners, rules, and their tags. */
import { randomBytes } from 'node:crypto';
import type {
  Action,
  LoadBalancerTypeEnum,
  Matcher,
  ProtocolEnum,
  RuleCondition,
  TargetTypeEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { NetworkInterface } from '../network/vpc.ts';
import { ServiceError } from '../service.ts';
import type { CookieSeal } from './cookie-seal.ts';
import type { Frontend } from './frontend.ts';

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly type: Extract<LoadBalancerTypeEnum, 'application' | 'network'>;
  readonly scheme: 'internet-facing' | 'internal';
  readonly vpcId: string;
  readonly createdTime: Date;
  readonly seal: CookieSeal;
  readonly securityGroups: readonly string[];
  /** One node a subnet; what it sends to targets comes from here. */
  readonly nodes: readonly NetworkInterface[];
  readonly attributes: Map<string, string>;
  active: boolean;
}

export interface HealthCheckSettings {
  readonly protocol: ProtocolEnum;
  readonly port: string;
  readonly path: string | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: Matcher | undefined;
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly protocol: ProtocolEnum;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: TargetTypeEnum;
  readonly attributes: Map<string, string>;
  healthCheck: HealthCheckSettings;
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancer: LoadBalancer;
  /** The port that CreateListener or ModifyListener asked for; where it really listens is the front end's. */
  requestedPort: number;
  protocol: ProtocolEnum;
  frontend: Frontend;
}

export interface Rule {
  readonly arn: string;
  readonly listener: Listener;
  /** The default rule's actions are its listener's DefaultActions. */
  readonly priority: number | 'default';
  conditions: readonly RuleCondition[];
  actions: readonly Action[];
}

/** The last part of an ARN: sixteen hex digits. */
export const resourceId = (): string => randomBytes(8).toString('hex');

export class Registry {
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly listeners = new Map<string, Listener>();
  readonly rules = new Map<string, Rule>();
  readonly tags = new Map<string, Map<string, string>>();

  loadBalancer(arn: string | undefined): LoadBalancer {
    return (
      this.loadBalancers.get(arn ?? '') ??
      missing('LoadBalancerNotFoundException', `Load balancer '${arn ?? ''}' not found`)
    );
  }

  targetGroup(arn: string | undefined): TargetGroup {
    return (
      this.targetGroups.get(arn ?? '') ??
      missing('TargetGroupNotFoundException', `Target groups '${arn ?? ''}' not found`)
    );
  }

  listener(arn: string | undefined): Listener {
    return (
      this.listeners.get(arn ?? '') ??
      missing('ListenerNotFoundException', `One or more listeners not found: '${arn ?? ''}'`)
    );
  }

  rule(arn: string | undefined): Rule {
    return (
      this.rules.get(arn ?? '') ??
      missing('RuleNotFoundException', `One or more rules not found: '${arn ?? ''}'`)
    );
  }

  listenersOf(loadBalancer: LoadBalancer): Listener[] {
    return [...this.listeners.values()].filter((listener) => listener.loadBalancer === loadBalancer);
  }

  /** In the order in which they are tried: by priority, the default rule last. */
  rulesOf(listener: Listener): Rule[] {
    const rank = (rule: Rule): number => (rule.priority === 'default' ? Infinity : rule.priority);
    return [...this.rules.values()]
      .filter((rule) => rule.listener === listener)
      .sort((one, other) => rank(one) - rank(other));
  }

  /** The load balancers that send requests to a target group: at most one on AWS. */
  usersOf(targetGroupArn: string): LoadBalancer[] {
    const users = [...this.rules.values()]
      .filter((rule) => rule.actions.some((action) => forwardsTo(action).includes(targetGroupArn)))
      .map((rule) => rule.listener.loadBalancer);
    return [...new Set(users)];
  }
}

/** The target groups of a forward action. */
export function forwardsTo(action: Action): string[] {
  const weighted = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn }];
  return weighted.flatMap(({ TargetGroupArn }) => (TargetGroupArn === undefined ? [] : [TargetGroupArn]));
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

function missing(shape: string, message: string): never {
  throw new ServiceError(shape, message);
}
