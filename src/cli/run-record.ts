/** What a run has come to know, gathered from its events, so that a run that ends early can still tell. */
import type { Aws } from '../aws/aws.ts';
import type { Identity } from '../domain/app.ts';
import type { Observation } from '../domain/drift.ts';
import type { DrillReport } from '../domain/drill.ts';
import { ALL_CHECKS, type CheckReport } from '../domain/check.ts';
import type { MetricSeries } from '../domain/metrics.ts';
import type { Ref } from '../domain/outputs.ts';
import type { WizardEvent } from '../engine/events.ts';
import { isAsking } from '../output/kind-names.ts';
import type {
  Facts,
  ResultCache,
  ResultChange,
  ResultClient,
  ResultConsumer,
  ResultSnapshot,
  ResultStickiness,
} from '../output/result.ts';

/** What is read from the account at the end. */
export interface Reading {
  readonly caches: readonly ResultCache[];
  readonly consumers: readonly ResultConsumer[];
  readonly stickiness: readonly ResultStickiness[];
}

export class RunRecord {
  project: string | undefined;
  /** Flags that the way back takes besides. */
  again: readonly string[] = [];
  aws: Pick<Aws, 'calls'> | undefined;
  reading: Reading = { caches: [], consumers: [], stickiness: [] };
  /** What `status` sees besides; undefined where nobody looked. */
  observations: readonly Observation[] | undefined;
  /** Where they were asked for. */
  metrics: readonly MetricSeries[] | undefined;
  snapshots: readonly ResultSnapshot[] | undefined;
  drill: DrillReport | undefined;
  /** The connection file that was asked for. */
  client: ResultClient | undefined;
  monthlyUsd: number | undefined;
  /** The words of the command that goes on from wherever this run ends, where its answers were typed. */
  goOn: readonly string[] = [];
  /** What to type next, for people. */
  next: readonly string[] = [];
  private identity: Identity | undefined;
  private readonly changes = new Map<string, ResultChange>();
  private readonly checks: CheckReport[] = [];
  /** Steps that have begun and not ended. */
  private readonly begun = new Map<string, Ref>();
  private readonly failedRestarts = new Map<string, boolean>();
  private failedRollout: Extract<WizardEvent, { type: 'rollout.failed' }> | undefined;

  see(event: WizardEvent): void {
    switch (event.type) {
      case 'identity.read':
        this.identity = event.identity;
        break;
      case 'plan.ready':
        this.monthlyUsd = event.undo === 'destroy' ? 0 : event.monthlyUsd;
        for (const { ref, change } of event.changes) this.note(ref, { action: change.action });
        break;
      case 'step.started':
        if (!isAsking(event.ref)) this.begun.set(keyOf(event.ref), event.ref);
        break;
      case 'step.finished':
        this.begun.delete(keyOf(event.ref));
        this.note(event.ref, { outcome: event.outcome });
        break;
      case 'step.failed':
        this.begun.delete(keyOf(event.ref));
        this.note(event.ref, { outcome: 'failed' });
        break;
      case 'rollout.failed':
        this.failedRollout = event;
        break;
      case 'restart.failed':
        this.failedRestarts.set(event.consumer, event.rolledBack);
        break;
      case 'check.finished':
        this.checks.push(event.report);
        break;
      default:
    }
  }

  /** It was not applied, and another is made. */
  forgetPlan(): void {
    this.changes.clear();
  }

  get underWay(): Ref[] {
    return [...this.begun.values()];
  }

  facts(elapsedMs: number): Facts {
    return {
      identity: this.identity,
      project: this.project,
      again: this.again,
      changes: [...this.changes.values()],
      ...this.reading,
      observations: this.observations,
      drill: this.drill,
      client: this.client,
      metrics: this.metrics,
      snapshots: this.snapshots,
      consumers: this.reading.consumers.map((consumer) => this.asDeployed(consumer)),
      // They run at the same time and end in any order.
      checks: [...this.checks].sort(
        (one, other) => ALL_CHECKS.indexOf(one.id) - ALL_CHECKS.indexOf(other.id),
      ),
      monthlyUsd: this.monthlyUsd,
      awsCalls: this.aws?.calls ?? { reads: 0, writes: 0 },
      elapsedMs,
    };
  }

  private asDeployed(consumer: ResultConsumer): ResultConsumer {
    if (consumer.kind === 'ec2') {
      const rolledBack = this.failedRestarts.get(consumer.name);
      return rolledBack === undefined ? consumer : { ...consumer, rolledBack };
    }
    return this.failedRollout ? { ...consumer, rolledBack: this.failedRollout.rolledBack } : consumer;
  }

  private note({ kind, name }: Ref, news: Partial<ResultChange>): void {
    if (isAsking({ kind, name })) return;
    const key = keyOf({ kind, name });
    this.changes.set(key, { action: 'none', ...this.changes.get(key), kind, name, ...news });
  }
}

function keyOf({ kind, name }: Ref): string {
  return `${kind} ${name}`;
}
