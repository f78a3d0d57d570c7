/** Would anybody hear of it before the cache is full? CloudWatch watches only what somebody told it to. */
import type { Metric, MetricAlarm } from '../../aws/cloudwatch.ts';
import { ALL_ALARMS } from '../../domain/alarms.ts';
import type { CheckResult } from '../../domain/check.ts';
import { commandText } from '../../domain/shell-word.ts';
import type { Check } from '../check.ts';
import { pass, warn } from '../question.ts';
import { askCaches, type CacheFacts, type LintContext } from './lint-context.ts';

const NAMESPACE = 'AWS/ElastiCache';

interface Watched {
  readonly what: string;
  readonly metrics: readonly string[];
}

/** ElastiCache user guide, "Which metrics should I monitor?": any one of them will do. */
const OF_NODES: readonly Watched[] = [
  { what: 'CPU', metrics: ['EngineCPUUtilization', 'CPUUtilization'] },
  {
    what: 'memory',
    metrics: [
      'DatabaseMemoryUsagePercentage',
      'DatabaseMemoryUsageCountedForEvictPercentage',
      'DatabaseCapacityUsagePercentage',
      'BytesUsedForCache',
      'FreeableMemory',
    ],
  },
  { what: 'evictions or connections', metrics: ['Evictions', 'CurrConnections', 'NewConnections'] },
];
const OF_SERVERLESS: readonly Watched[] = [
  { what: 'stored data', metrics: ['BytesUsedForCache'] },
  { what: 'throttling', metrics: ['ThrottledCmds', 'ThrottledRequests', 'ElastiCacheProcessingUnits'] },
];

export function alarms(context: LintContext): Check {
  let all: Promise<MetricAlarm[]> | undefined;

  async function ask(facts: CacheFacts): Promise<CheckResult> {
    const found = await (all ??= context.aws.cloudwatch.listMetricAlarms());
    const own = found.flatMap((alarm) => {
      const metrics = alarm.metrics.filter((metric) => namesOf(facts).some((name) => isAbout(metric, name)));
      return metrics.length > 0 ? [{ alarm, metrics }] : [];
    });
    const watched = facts.kind === 'serverless' ? OF_SERVERLESS : OF_NODES;
    const unwatched = watched.flatMap(({ what, metrics }) => {
      const heard = own.filter((each) => each.metrics.some(({ metricName }) => metrics.includes(metricName)));
      const missing = nodesOf(facts).filter(
        (node) => !heard.some((each) => each.metrics.some((metric) => covers(metric, node, facts))),
      );
      return missing.length === 0 ? [] : [{ what, nodes: missing, metric: metrics[0] ?? '' }];
    });
    if (unwatched.length > 0) return ofUnwatched(facts, unwatched, context);
    const mute = own.filter(({ alarm }) => !alarm.acts);
    if (mute.length === own.length) {
      return warn(
        `the alarms of ${facts.name} tell nobody: ${mute.map(({ alarm }) => alarm.alarmName).join(', ')}`,
        'Give them an action, such as an SNS topic that somebody reads.',
        mute.every(({ alarm }) => isOurs(alarm)) ? { fix: watchCommand(facts, context) } : {},
      );
    }
    return pass(`${own.length} alarms watch ${facts.name}`);
  }

  return askCaches('alarms', context, ask);
}

function ofUnwatched(
  facts: CacheFacts,
  unwatched: readonly { what: string; nodes: readonly string[]; metric: string }[],
  context: LintContext,
): CheckResult {
  const parts = unwatched.map(({ what, nodes }) =>
    nodes.length === nodesOf(facts).length ? what : `${what} (${nodes.join(', ')})`,
  );
  const metrics = unwatched.map(({ metric }) => metric).join(', ');
  const each = facts.kind === 'serverless' ? '' : ' for each node';
  return warn(
    `no CloudWatch alarm watches ${parts.join(', ')} of ${facts.name}`,
    `Make an alarm on ${metrics}${each}, with an SNS topic that somebody reads.`,
    {
      means: 'The first to notice that it is full, or busy, are the users',
      fix: watchCommand(facts, context),
    },
  );
}

/** Ours, whoever made the cache; by its name the project is found, if there is one. */
function watchCommand({ name }: CacheFacts, { where }: LintContext): string {
  return commandText(['elasticache-wizard', 'alarms', '--cache-name', name, ...where]);
}

function isOurs({ alarmName }: MetricAlarm): boolean {
  return alarmName.startsWith(ALL_ALARMS);
}

/** An alarm is about a node, or about the whole: Application Auto Scaling makes such. */
function namesOf(facts: CacheFacts): string[] {
  return [facts.name, ...nodesOf(facts)];
}

function nodesOf(facts: CacheFacts): string[] {
  return facts.kind === 'serverless'
    ? [facts.name]
    : facts.members.map(({ cacheClusterId }) => cacheClusterId);
}

function isAbout({ namespace, dimensions }: Metric, name: string): boolean {
  return namespace === NAMESPACE && Object.values(dimensions).some((value) => value.toLowerCase() === name);
}

function covers(metric: Metric, node: string, facts: CacheFacts): boolean {
  return isAbout(metric, node) || isAbout(metric, facts.name);
}
