/** What a drill has seen, for people: what was done, what visitors and the app met, what it means. */
import type { DrillReport } from '../domain/drill.ts';
import { formatDuration } from './format-duration.ts';
import { hanging } from './line-width.ts';
import type { Paint } from './paint.ts';

const MARKS = { pass: ['✔', 'good'], fail: ['✖', 'bad'], inconclusive: ['?', 'careful'] } as const;

/** `columns`: of a terminal. */
export function formatDrill(drill: DrillReport, paint: Paint, columns?: number): string[] {
  const { kind, cache, verdict } = drill;
  const [mark, color] = MARKS[verdict.outcome];
  const rows: readonly (readonly [label: string, text: string])[] = [
    ...courseOf(drill),
    ...visitsOf(drill),
    ...valueOf(drill),
    ...logOf(drill),
    ...(drill.usage ? [['connected', drill.usage.detail] as const] : []),
    ...(drill.tasksReplaced > 0 ? [['tasks', `${drill.tasksReplaced} replaced by ECS`] as const] : []),
  ];
  return [
    ...hanging(
      `${paint.bold('drill')}       `,
      `${kind} of ${paint.name(cache)}, ${formatDuration(drill.seconds * 1000)} in all`,
      columns,
    ),
    ...rows.flatMap(([label, text]) => hanging(`  ${label.padEnd(9)} `, text, columns)),
    ...hanging(
      `${paint[color](mark)} `,
      `${verdict.outcome === 'inconclusive' ? 'inconclusive: ' : ''}${verdict.detail}`,
      columns,
    ),
    ...(verdict.hint === undefined ? [] : hanging('  ', verdict.hint, columns)),
  ];
}

function courseOf({ failover, outage }: DrillReport): [string, string][] {
  if (failover) {
    const { from, to, seconds, availableAfterSeconds, nodeGroupId } = failover;
    const took = `in ${formatDuration(seconds * 1000)} by AWS’s events, all nodes back after ${formatDuration(availableAfterSeconds * 1000)}`;
    return [['failover', `shard ${nodeGroupId}: ${from} → ${to}, ${took}`]];
  }
  if (!outage) return [];
  const { rules, securityGroup, seconds } = outage;
  return [
    ['outage', `${seconds} s without ${rules.join(', ')} in ${securityGroup}; they are back`],
    [
      'cut',
      'new connections; those that were open went on (EC2 user guide, “Security group connection tracking”)',
    ],
  ];
}

function visitsOf({
  url,
  requests,
  failed,
  errorSeconds,
  errors,
  latencyMs,
}: DrillReport): [string, string][] {
  if (url === null) return [['visits', 'none: where the app answers is not known']];
  const what = errors.map((each) => `${each.what} × ${each.times}`).join(', ');
  return [
    ['visits', `${requests} of ${url}`],
    ['failed', failed === 0 ? '0' : `${failed}, over ${errorSeconds} s: ${what}`],
    ...(latencyMs
      ? [
          ['latency', `${latencyMs.usual} ms usually, ${latencyMs.worst} ms at worst`] satisfies [
            string,
            string,
          ],
        ]
      : []),
  ];
}

function valueOf({ value }: DrillReport): [string, string][] {
  if (!value) return [];
  return [['value', `${value.before} before, ${value.after ?? 'not the same everywhere'} after`]];
}

function logOf({ log }: DrillReport): [string, string][] {
  if (!log) return [['app log', 'could not be read']];
  if (log.length === 0) return [['app log', 'no known error']];
  return log.map(({ word, times, line }) => ['app log', `${word} × ${times}: “${line}”`]);
}
