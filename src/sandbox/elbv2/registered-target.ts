/**
 * One target of a target group: initial, then healthy or unhealthy as its checks say, draining when it is deregistered.
 * Intervals pass on the sandbox's clock; each check is a real request, and the clock holds while it is under way.
 */
import type { Clock } from '../../clock.ts';
import { checkHealth, FAILED, TIMED_OUT, type Verdict } from './health-check.ts';
import type { LoadBalancer, TargetGroup } from './registry.ts';
import type { Reach } from './target-path.ts';
import type { Target, TargetHealth } from './targets.ts';

/** How long a target stays at Elb.RegistrationInProgress. */
const REGISTRATION_MS = 1000;

/** What a proxy has open to the target; cut when the target has drained. */
export interface Connection {
  destroy(): void;
}

interface TargetOptions {
  readonly group: TargetGroup;
  readonly target: Target;
  readonly clock: Clock;
  /** Through the load balancer that uses the group. */
  readonly reach: (port: number) => Reach;
  readonly changed: (target: RegisteredTarget) => void;
}

export class RegisteredTarget {
  readonly target: Target;
  readonly connections = new Set<Connection>();
  health: TargetHealth = { state: 'unused' };
  /** The load balancer whose checks it gets. */
  checkedBy: LoadBalancer | undefined;

  private readonly options: TargetOptions;
  private cancelNext: () => void = () => undefined;
  /** Counts restarts, so that a check still under way when its round ends is not counted. */
  private round = 0;
  private passes = 0;
  private failures = 0;
  private drained: Promise<void> | undefined;
  private endDraining: () => void = () => undefined;

  constructor(options: TargetOptions) {
    this.options = options;
    this.target = options.target;
  }

  startChecks(loadBalancer: LoadBalancer): void {
    this.stop();
    this.leaveDraining();
    this.checkedBy = loadBalancer;
    this.passes = 0;
    this.failures = 0;
    this.become({
      state: 'initial',
      reason: 'Elb.RegistrationInProgress',
      description: 'Target registration is in progress',
    });
    this.schedule(REGISTRATION_MS, () => {
      this.become({
        state: 'initial',
        reason: 'Elb.InitialHealthChecking',
        description: 'Initial health checks in progress',
      });
      return this.check();
    });
  }

  rest(description: string): void {
    this.stop();
    this.leaveDraining();
    this.checkedBy = undefined;
    this.become({ state: 'unused', reason: 'Target.NotInUse', description });
  }

  /** Resolves at the end of the deregistration delay: until then AWS shows it as draining, busy or not. */
  drain(delayMs: number): Promise<void> {
    if (this.drained) return this.drained;
    this.stop();
    this.become({
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
      description: 'Target deregistration is in progress',
    });
    this.drained = new Promise((resolve) => {
      this.endDraining = resolve;
      this.schedule(delayMs, () => this.finishDraining());
    });
    return this.drained;
  }

  get draining(): boolean {
    return this.drained !== undefined;
  }

  forget(): void {
    this.stop();
    this.finishDraining();
  }

  private finishDraining(): void {
    this.connections.forEach((connection) => connection.destroy());
    this.endDraining();
  }

  /** Registered again before its draining was over. */
  private leaveDraining(): void {
    this.drained = undefined;
    this.endDraining();
  }

  private stop(): void {
    this.round += 1;
    this.cancelNext();
  }

  private become(health: TargetHealth): void {
    const changed = health.state !== this.health.state || health.reason !== this.health.reason;
    this.health = health;
    if (changed) this.options.changed(this);
  }

  private schedule(ms: number, run: () => void | Promise<void>): void {
    const { clock } = this.options;
    this.cancelNext = clock.after(ms, () => clock.busy(Promise.resolve(run())));
  }

  private async check(): Promise<void> {
    const { round } = this;
    const { intervalSeconds, timeoutSeconds } = this.options.group.healthCheck;
    const verdict = await this.verdict();
    if (round !== this.round) return;
    if (verdict !== 'lost') {
      this.count(verdict);
      this.schedule(intervalSeconds * 1000, () => this.check());
      return;
    }
    this.schedule(timeoutSeconds * 1000, () => {
      this.count(TIMED_OUT);
      this.schedule((intervalSeconds - timeoutSeconds) * 1000, () => this.check());
    });
  }

  private verdict(): Promise<Verdict | 'lost'> {
    const { healthCheck } = this.options.group;
    const port = healthCheck.port === 'traffic-port' ? this.target.port : Number(healthCheck.port);
    const reach = this.options.reach(port);
    if (reach === 'lost') return Promise.resolve('lost');
    if (reach === 'refused') return Promise.resolve(FAILED);
    return checkHealth(reach, healthCheck, `${this.target.id}:${port}`);
  }

  private count(verdict: Verdict): void {
    const { healthyThreshold, unhealthyThreshold } = this.options.group.healthCheck;
    this.passes = verdict.passed ? this.passes + 1 : 0;
    this.failures = verdict.passed ? 0 : this.failures + 1;
    // "After your target is registered, it must pass one health check to be considered healthy" (ALB user guide).
    const passesNeeded = this.health.state === 'initial' ? 1 : healthyThreshold;
    if (verdict.passed) {
      if (this.passes >= passesNeeded) this.become({ state: 'healthy' });
    } else if (this.failures >= unhealthyThreshold) {
      this.become({ state: 'unhealthy', reason: verdict.reason, description: verdict.description });
    }
  }
}
