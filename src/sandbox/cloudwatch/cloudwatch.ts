/**
 * Amazon CloudWatch: the metrics of caches from their real servers, and metric alarms that watch them. Not there:
 * metrics of other services, so that their alarms stay as they are; metric math, percentiles, composite and log alarms,
 * anomaly detection, data of one's own.
 */
import type { Clock } from '../../clock.ts';
import type { MeasuredServer } from '../elasticache/measured-servers.ts';
import type { Operations } from '../service.ts';
import type { Publish } from '../sns/publication.ts';
import { evaluate } from './alarm-evaluation.ts';
import { alarmOperations } from './alarm-operations.ts';
import { AlarmStore } from './alarm-store.ts';
import type { Alarm } from './alarm-store.ts';
import { createTransition } from './alarm-transition.ts';
import { metricOperations } from './metric-operations.ts';
import { MetricStore } from './metric-store.ts';
import { CACHE_NAMESPACE, createObservation } from './observation.ts';

export interface CloudWatchOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly servers: () => readonly MeasuredServer[];
  /** Where alarms that change their state say so. */
  readonly publish: Publish;
}

export interface CloudWatch {
  readonly operations: Operations;
  close(): Promise<void>;
}

export function createCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { clock, servers } = options;
  const metrics = new MetricStore();
  const store = new AlarmStore(clock);
  const transition = createTransition({ ...options, store });
  const watched = (): Alarm[] =>
    store.all().filter(({ description }) => description.Namespace === CACHE_NAMESPACE);

  const observation = createObservation({
    clock,
    metrics,
    servers,
    isWatched: () => watched().length > 0,
    onMinute() {
      for (const alarm of watched()) reconsider(alarm);
    },
  });
  const reconsider = (alarm: Alarm): void => {
    const { Namespace = '', MetricName = '', Dimensions = [], StateValue } = alarm.description;
    const metric = metrics.get({ namespace: Namespace, name: MetricName, dimensions: Dimensions });
    const verdict = evaluate(alarm.description, metric, clock.now());
    if (!verdict || verdict.state === StateValue) return;
    transition(alarm, { ...verdict, data: JSON.stringify({ version: '1.0', ...verdict.data }) });
  };

  const observe = (): Promise<void> => observation.observe();
  return {
    operations: {
      ...metricOperations({ clock, metrics, observe }),
      ...alarmOperations({ ...options, store, transition, watch: observe }),
    },
    close: () => observation.close(),
  };
}
