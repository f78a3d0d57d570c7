/** Which target gets a request: the sticky one while it can take it, else the next in turn. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancer, Registry, TargetGroup } from './registry.ts';
import type { RegisteredTarget } from './registered-target.ts';
import type { RegisteredTargets } from './registered-targets.ts';
import { targetFromCookies, targetGroupFromCookies, readCookies } from './sticky-cookies.ts';

export interface Choice {
  readonly group: TargetGroup;
  readonly target: RegisteredTarget;
  /** The forward action that led here: its own stickiness needs a cookie too. */
  readonly action: Action;
}

export class TargetChoice {
  private readonly registry: Registry;
  private readonly targets: RegisteredTargets;
  private readonly turns = new Map<string, number>();
  private readonly credits = new Map<string, number>();
  private readonly zones = new WeakMap<Socket, string>();
  private connections = 0;

  constructor(registry: Registry, targets: RegisteredTargets) {
    this.registry = registry;
    this.targets = targets;
  }

  /** Undefined when there is no target to send it to. */
  forRequest(
    request: IncomingMessage,
    action: Action,
    loadBalancer: LoadBalancer,
    now: number,
  ): Choice | undefined {
    const cookies = readCookies(request.headers.cookie);
    const tuples = action.ForwardConfig?.TargetGroups ?? [];
    const arn = targetGroupFromCookies(cookies, action, loadBalancer.seal, now) ?? this.nextGroup(tuples);
    const group = this.registry.targetGroups.get(arn);
    if (!group) return undefined;
    const routable = this.targets.routable(arn, this.zoneFor(request.socket, group, loadBalancer));
    const sticky = targetFromCookies(cookies, group, loadBalancer.seal, now);
    const target =
      routable.find(({ target: { id, port } }) => `${id}:${port}` === sticky) ?? this.next(arn, routable);
    return target && { group, target, action };
  }

  /** For plain TCP: the next in turn, or always the same one for a client address. */
  forConnection(action: Action, remoteAddress: string): RegisteredTarget | undefined {
    const arn = this.nextGroup(action.ForwardConfig?.TargetGroups ?? []);
    const group = this.registry.targetGroups.get(arn);
    const routable = this.targets.routable(arn);
    if (group?.attributes.get('stickiness.enabled') !== 'true') return this.next(arn, routable);
    const sum = Buffer.from(remoteAddress).reduce((total, byte) => total + byte, 0);
    return routable[sum % Math.max(1, routable.length)];
  }

  /** Of the node that a client's connection came to: its name resolves to all of them in turn. */
  private zoneFor(client: Socket, group: TargetGroup, loadBalancer: LoadBalancer): string | undefined {
    if (group.attributes.get('load_balancing.cross_zone.enabled') !== 'false') return undefined;
    const zones = loadBalancer.nodes.map(({ availabilityZone }) => availabilityZone);
    const zone = this.zones.get(client) ?? zones[this.connections++ % zones.length];
    if (zone !== undefined) this.zones.set(client, zone);
    return zone;
  }

  private next(arn: string, routable: readonly RegisteredTarget[]): RegisteredTarget | undefined {
    const turn = this.turns.get(arn) ?? 0;
    this.turns.set(arn, turn + 1);
    return routable[turn % Math.max(1, routable.length)];
  }

  /** Smooth weighted rotation: of 3 to 1, each four requests go a, a, b, a. */
  private nextGroup(tuples: readonly TargetGroupTuple[]): string {
    let best = '';
    let total = 0;
    for (const { TargetGroupArn: arn = '', Weight: weight = 1 } of tuples) {
      if (weight === 0) continue;
      total += weight;
      const credit = (this.credits.get(arn) ?? 0) + weight;
      this.credits.set(arn, credit);
      if (best === '' || credit > (this.credits.get(best) ?? 0)) best = arn;
    }
    this.credits.set(best, (this.credits.get(best) ?? 0) - total);
    return best;
  }
}
