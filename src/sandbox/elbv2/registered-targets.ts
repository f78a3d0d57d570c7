/** The targets of every target group: what RegisterTargets, DescribeTargetHealth, ECS and the proxies share. */
import type { Clock } from '../../clock.ts';
import type { Vpc } from '../network/vpc.ts';
import type { LoadBalancer, Registry, TargetGroup } from './registry.ts';
import { RegisteredTarget } from './registered-target.ts';
import { interfaceOf, type TargetPath } from './target-path.ts';
import type { Target, TargetHealth, Targets } from './targets.ts';

interface RegisteredTargetsOptions {
  registry: Registry;
  clock: Clock;
  vpc: Vpc;
  path: TargetPath;
}

type HealthListener = Parameters<Targets['onHealth']>[0];

const NOT_IN_USE = 'Target group is not configured to receive traffic from the load balancer';
const ZONE_NOT_ENABLED = 'Target is in an Availability Zone that is not enabled for the load balancer';

export class RegisteredTargets implements Targets {
  private readonly options: RegisteredTargetsOptions;
  private readonly groups = new Map<string, Map<string, RegisteredTarget>>();
  private readonly healthListeners = new Set<HealthListener>();

  constructor(options: RegisteredTargetsOptions) {
    this.options = options;
  }

  register(targetGroupArn: string, target: Target): void {
    const group = this.options.registry.targetGroup(targetGroupArn);
    const targets = this.groups.get(targetGroupArn) ?? new Map<string, RegisteredTarget>();
    this.groups.set(targetGroupArn, targets);
    const known = targets.get(key(target));
    if (known && !known.draining) return;
    const registered = known ?? this.newTarget(group, target);
    targets.set(key(target), registered);
    this.startOrRest(group, registered);
  }

  async deregister(targetGroupArn: string, target: Target): Promise<void> {
    const registered = this.find(targetGroupArn, target);
    if (!registered) return;
    const { attributes } = this.options.registry.targetGroup(targetGroupArn);
    const delaySeconds = Number(attributes.get('deregistration_delay.timeout_seconds'));
    await registered.drain(registered.health.state === 'unused' ? 0 : delaySeconds * 1000);
    // It may have been registered again meanwhile.
    if (registered.draining) this.groups.get(targetGroupArn)?.delete(key(target));
  }

  health(targetGroupArn: string, target: Target): TargetHealth | undefined {
    return this.find(targetGroupArn, target)?.health;
  }

  targetGroup(targetGroupArn: string): ReturnType<Targets['targetGroup']> {
    const { registry } = this.options;
    const group = registry.targetGroups.get(targetGroupArn);
    if (!group) return undefined;
    return {
      targetGroupName: group.name,
      targetType: group.targetType,
      port: group.port,
      loadBalancerArns: registry.usersOf(targetGroupArn).map(({ arn }) => arn),
    };
  }

  onHealth(listener: HealthListener): () => void {
    this.healthListeners.add(listener);
    return () => this.healthListeners.delete(listener);
  }

  shiftTraffic(ruleArn: string, weights: Readonly<Record<string, number>>): void {
    const { registry } = this.options;
    const rule = ruleArn.includes(':listener/')
      ? registry.rulesOf(registry.listener(ruleArn)).find(({ priority }) => priority === 'default')
      : registry.rule(ruleArn);
    if (!rule) return;
    const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({
      TargetGroupArn,
      Weight,
    }));
    rule.actions = rule.actions.map((action) =>
      action.Type === 'forward'
        ? { Type: 'forward', ForwardConfig: { ...action.ForwardConfig, TargetGroups } }
        : action,
    );
    this.followRules();
  }

  list(targetGroupArn: string): RegisteredTarget[] {
    return [...(this.groups.get(targetGroupArn)?.values() ?? [])];
  }

  /**
   * Where a request may go: the healthy targets, or any when none is ("fail open"). Without cross-zone load balancing
   * a load balancer's node knows those of its own zone only.
   */
  routable(targetGroupArn: string, zone?: string): RegisteredTarget[] {
    const inUse = this.list(targetGroupArn).filter(
      ({ draining, health, target }) =>
        !draining &&
        health.state !== 'unused' &&
        (zone === undefined || [undefined, 'all', zone].includes(this.zoneOf(target))),
    );
    const healthy = inUse.filter(({ health }) => health.state === 'healthy');
    return healthy.length > 0 ? healthy : inUse;
  }

  /** After listeners or rules have changed: checks begin where a group came into use and end where it went out. */
  followRules(): void {
    for (const [arn, targets] of this.groups) {
      const group = this.options.registry.targetGroup(arn);
      const [user] = this.options.registry.usersOf(arn);
      for (const registered of targets.values()) {
        if (!registered.draining && registered.checkedBy !== user) this.startOrRest(group, registered);
      }
    }
  }

  forgetGroup(targetGroupArn: string): void {
    this.list(targetGroupArn).forEach((registered) => registered.forget());
    this.groups.delete(targetGroupArn);
  }

  close(): void {
    [...this.groups.keys()].forEach((arn) => this.forgetGroup(arn));
    this.healthListeners.clear();
  }

  private find(targetGroupArn: string, target: Target): RegisteredTarget | undefined {
    this.options.registry.targetGroup(targetGroupArn);
    return this.groups.get(targetGroupArn)?.get(key(target));
  }

  private newTarget(group: TargetGroup, target: Target): RegisteredTarget {
    const { clock, registry, path } = this.options;
    return new RegisteredTarget({
      group,
      target,
      clock,
      reach: (port) => {
        const [user] = registry.usersOf(group.arn);
        return user ? path(user, target.id, port) : 'lost';
      },
      changed: ({ health }) =>
        this.healthListeners.forEach((listener) => listener(group.arn, target, health)),
    });
  }

  private startOrRest(group: TargetGroup, registered: RegisteredTarget): void {
    const [user] = this.options.registry.usersOf(group.arn);
    if (!user) registered.rest(NOT_IN_USE);
    else if (!this.zoneEnabled(user, registered.target)) registered.rest(ZONE_NOT_ENABLED);
    else registered.startChecks(user);
  }

  private zoneEnabled(loadBalancer: LoadBalancer, target: Target): boolean {
    const zone = this.zoneOf(target);
    if (zone === undefined || zone === 'all') return true;
    return loadBalancer.nodes.some((node) => node.availabilityZone === zone);
  }

  private zoneOf({ id, availabilityZone }: Target): string | undefined {
    return availabilityZone ?? interfaceOf(this.options.vpc, id)?.availabilityZone;
  }
}

const key = ({ id, port }: Target): string => `${id}:${port}`;
