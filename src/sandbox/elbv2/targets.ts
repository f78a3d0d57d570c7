/** What a service that places tasks (ECS) asks of the load balancers. */
export interface Target {
  /** A private IP address, or an instance id. */
  readonly id: string;
  readonly port: number;
  readonly availabilityZone?: string;
}

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export interface TargetHealth {
  readonly state: TargetState;
  readonly reason?: string;
  readonly description?: string;
}

export interface Targets {
  /** Health checks begin at once. Throws TargetGroupNotFoundException. */
  register(targetGroupArn: string, target: Target): void;
  /** Resolves at the end of its deregistration_delay (sandbox clock); at once when no load balancer uses the group. */
  deregister(targetGroupArn: string, target: Target): Promise<void>;
  /** Undefined when it is not registered. */
  health(targetGroupArn: string, target: Target): TargetHealth | undefined;
  targetGroup(
    targetGroupArn: string,
  ):
    | { targetGroupName: string; targetType: string; port?: number; loadBalancerArns: readonly string[] }
    | undefined;
  /**
   * Rewrites the weights of a rule's forward action, as a deployment does that shifts traffic; a listener's ARN means its
   * default rule. Throws RuleNotFoundException or ListenerNotFoundException.
   */
  shiftTraffic?(ruleArn: string, weights: Readonly<Record<string, number>>): void;
  /** Called when any target's health changes; returns how to stop listening. */
  onHealth(listener: (targetGroupArn: string, target: Target, health: TargetHealth) => void): () => void;
}
