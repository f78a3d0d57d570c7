/** What the app itself has said meanwhile, and whether its tasks are still those that ran before. */
import type { Aws } from '../aws/aws.ts';
import { cacheLines } from '../checks/app/cache-lines.ts';
import { readRunningTasks } from '../checks/app/running-tasks.ts';
import { seenIn, type LogLine, type Symptom } from '../domain/app-log.ts';
import type { RunningService } from '../domain/app.ts';
import type { LoggedError } from '../domain/drill.ts';
import { WizardError } from '../errors.ts';
import { appLogOf, readAppLog } from '../survey/app-log.ts';

export interface AppEvidence {
  /** Null: nobody could read it. */
  readonly log: readonly LoggedError[] | null;
  /** The one that tells most: a reply of Redis's own before a lost connection. */
  readonly symptom: Symptom | undefined;
  readonly tasksReplaced: number;
}

/** In the order of what they tell. */
const TELLING = ['READONLY', 'MOVED', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN'];

export async function readTaskIds(services: readonly RunningService[], { ecs }: Aws): Promise<string[]> {
  const tasks = await Promise.all(services.map((service) => readRunningTasks(service, ecs)));
  return tasks.flat().map(({ taskArn }) => taskArn);
}

export async function readEvidence(
  services: readonly RunningService[],
  by: { readonly cacheName: string; readonly since: number; readonly tasksBefore: readonly string[] },
  aws: Aws,
): Promise<AppEvidence> {
  const [lines, tasks] = await Promise.all([readLines(services, by, aws), readTaskIds(services, aws)]);
  const tasksReplaced = by.tasksBefore.filter((task) => !tasks.includes(task)).length;
  if (!lines) return { log: null, symptom: undefined, tasksReplaced };
  const seen = seenIn(lines);
  const log = seen.map(({ symptom: { word }, count }) => ({ word, times: count, line: lineOf(lines, word) }));
  const symptoms = seen.map(({ symptom }) => symptom);
  const telling = TELLING.flatMap((word) => symptoms.find((each) => each.word === word) ?? []);
  return { log, symptom: telling[0] ?? symptoms[0], tasksReplaced };
}

async function readLines(
  services: readonly RunningService[],
  { cacheName, since }: { readonly cacheName: string; readonly since: number },
  { logs }: Aws,
): Promise<LogLine[] | undefined> {
  if (services.length === 0) return undefined;
  const concerning = cacheLines([cacheName], false);
  const { filterPattern } = concerning;
  try {
    const all = await Promise.all(
      services.map((service) => readAppLog(appLogOf(service, undefined), { since, filterPattern }, logs)),
    );
    return all.flat().flatMap((raw) => concerning.lineOf({ app: '', ...raw }) ?? []);
  } catch (error) {
    // It logs elsewhere, or nobody let us read: the drill tells what it has seen itself.
    if (error instanceof WizardError && !error.transient) return undefined;
    throw error;
  }
}

function lineOf(lines: readonly LogLine[], word: string): string {
  const line = lines.findLast(({ symptom }) => symptom?.word === word)?.message.trim() ?? '';
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
