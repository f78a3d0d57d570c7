/** What a cache is used for: as somebody said, or as the variables of the apps tell. */
import type { Workload } from '../../domain/settings.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import type { LintContext, LintedCache } from './lint-context.ts';

export interface FoundWorkload {
  readonly workload: Workload;
  /** '--workload', or the name of a variable. */
  readonly by: string;
  readonly isSaid: boolean;
}

/** Of BullMQ, Celery, Sidekiq and Resque. */
const OF_QUEUES = /^(BULL(MQ)?_|CELERY_BROKER|SIDEKIQ_|RESQUE_|(REDIS_)?QUEUE_(URL|PREFIX|REDIS_URL|HOST)$)/i;

/** Variables tell of a queue only where there is no second cache that it could be in. */
export function workloadOf({ settings }: LintedCache, apps: LintContext['apps']): FoundWorkload | undefined {
  if (settings.workload) return { workload: settings.workload.value, by: '--workload', isSaid: true };
  const caches = new Set(
    apps.flatMap(({ consumer }) => consumer.variables.flatMap(({ cache }) => cache ?? [])),
  );
  if (caches.size > 1) return undefined;
  const [name] = apps.flatMap(namesOf).filter((each) => OF_QUEUES.test(each));
  return name === undefined ? undefined : { workload: 'queue', by: name, isSaid: false };
}

function namesOf(context: LintContext['apps'][number]): string[] {
  return 'waiting' in context
    ? context.consumer.variables.map(({ name }) => name.value)
    : variablesIn(context.app.taskDefinition.document).map(({ name }) => name);
}
