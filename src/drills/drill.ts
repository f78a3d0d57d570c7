/** What both drills do: visitors come all the while, and at the end it is told what they and the app have seen. */
import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock.ts';
import type { CheckResult } from '../domain/check.ts';
import type { DrillReport, Verdict } from '../domain/drill.ts';
import type { Step } from '../engine/resource.ts';
import { readEvidence, readTaskIds } from './app-evidence.ts';
import type { DrilledApp } from './drilled-app.ts';
import { startLoad, type Load } from './load.ts';
import { isSettled, timelineOf } from './timeline.ts';
import type { Seen } from './verdict.ts';

export interface Drill {
  readonly cacheName: string;
  readonly app: DrilledApp;
  readonly everyMs: number;
  /** How long the app is given to come back by itself. */
  readonly patienceMs: number;
  readonly aws: Aws;
  readonly clock: Clock;
  /** Whether the tasks are connected to the cache, asked from where they run; undefined: it cannot be asked. */
  askUsage(visits: number, step: Step): Promise<CheckResult | undefined>;
}

/** What was done to the cache: of its own the report has that. */
export type Course = Pick<DrillReport, 'failover' | 'outage'>;

export async function drilled(
  kind: DrillReport['kind'],
  drill: Drill,
  step: Step,
  run: () => Promise<Course>,
  conclude: (seen: Seen) => Verdict,
): Promise<DrillReport> {
  const { aws, app, cacheName, clock } = drill;
  const tasksBefore = await readTaskIds(app.services, aws);
  const since = clock.now();
  const load = app.page && startLoad(app.page.visited, drill.everyMs, clock, step.signal);
  let course: Course;
  try {
    course = await run();
    if (load) await settle(load, clock.now(), drill, step);
  } finally {
    await load?.stop();
  }
  const visits = load?.visits() ?? [];
  const timeline = app.page && timelineOf(visits, app.page.usual, { since, wanted: app.wanted });
  step.progress('reading what the app has logged');
  const evidence = await readEvidence(app.services, { cacheName, since, tasksBefore }, aws);
  const usage = await drill.askUsage(visits.length, step);
  const verdict = conclude({ load: timeline, app: evidence, usage });
  return {
    kind,
    cache: cacheName,
    startedAt: new Date(since).toISOString(),
    seconds: Math.round((clock.now() - since) / 1000),
    url: app.page ? withoutQuery(app.page.visited.url) : null,
    requests: timeline?.requests ?? 0,
    failed: timeline?.failed ?? 0,
    otherValues: timeline?.otherValues ?? 0,
    errorSeconds: timeline?.errorSeconds ?? 0,
    recovered: timeline ? timeline.recoveredAfterSeconds !== null : null,
    errors: timeline?.errors ?? [],
    latencyMs: timeline?.latencyMs ?? null,
    value: timeline?.value ?? null,
    tasksReplaced: evidence.tasksReplaced,
    ...(evidence.symptom ? { fingerprint: evidence.symptom.word } : {}),
    log: evidence.log,
    usage: usage ? { outcome: usage.outcome, detail: usage.detail } : null,
    ...course,
    verdict,
  };
}

/** Until so many in a row are good that have come since, or patience ends. */
async function settle(load: Load, since: number, drill: Drill, step: Step): Promise<void> {
  const { app, clock, everyMs, patienceMs } = drill;
  const { page, wanted } = app;
  if (!page) return;
  const isBack = (): boolean =>
    isSettled(
      load.visits().filter(({ at }) => at >= since),
      page.usual,
      wanted,
    );
  step.progress('seeing whether the app comes back by itself');
  while (!isBack() && clock.now() - since < patienceMs) await clock.sleep(everyMs, step.signal);
}

function withoutQuery(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
