/** CloudWatch behind its interface. */
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import type {
  MetricAlarm as AwsMetricAlarm,
  CloudWatchClientResolvedConfig,
  Metric as AwsMetric,
  MetricDataQuery,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-cloudwatch';
import type { LivingAlarm } from '../domain/alarms.ts';
import type { Send } from './api.ts';
import { chunks, inParallel, pages } from './batches.ts';
import type { CloudWatch, Metric, MetricAlarm, MetricFilter, MetricQuery } from './cloudwatch.ts';
import { valueOn } from './expected.ts';
import { fromTagList, toTagList } from './tag-list.ts';

export { CloudWatchClient } from '@aws-sdk/client-cloudwatch';

const NAMESPACE = 'AWS/ElastiCache';
/** As many as DescribeAlarms gives, and DeleteAlarms takes, at once. */
const ALARMS_A_CALL = 100;
const QUERIES_A_CALL = 500;

export function cloudWatchGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, CloudWatchClientResolvedConfig>,
): CloudWatch {
  function describeAlarms(AlarmNamePrefix?: string): Promise<AwsMetricAlarm[]> {
    return pages(async (NextToken) => {
      const command = new DescribeAlarmsCommand({
        AlarmTypes: ['MetricAlarm'],
        MaxRecords: ALARMS_A_CALL,
        AlarmNamePrefix,
        NextToken,
      });
      const page = await send('Reading the CloudWatch alarms', command);
      return { items: page.MetricAlarms ?? [], next: page.NextToken };
    });
  }

  function list({ metricName: MetricName, dimensions = {} }: MetricFilter): Promise<Metric[]> {
    const Dimensions = dimensionList(dimensions);
    return pages(async (NextToken) => {
      const command = new ListMetricsCommand({ Namespace: NAMESPACE, MetricName, Dimensions, NextToken });
      const page = await send('Looking for the metrics of ElastiCache', command);
      return { items: (page.Metrics ?? []).flatMap(toMetric), next: page.NextToken };
    });
  }

  async function series(
    queries: readonly MetricQuery[],
    range: Parameters<CloudWatch['getMetricData']>[1],
  ): Promise<{ at: number; value: number }[][]> {
    const results = await pages(async (NextToken) => {
      const command = new GetMetricDataCommand({
        StartTime: new Date(range.since),
        EndTime: new Date(range.until),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: queries.map((query, index) => toDataQuery(query, index, range.periodSeconds)),
        NextToken,
      });
      const page = await send('Reading the metrics of the cache', command);
      return { items: page.MetricDataResults ?? [], next: page.NextToken };
    });
    // A series that is long goes on in the next page, under the same id.
    return queries.map((_, index) =>
      results
        .filter(({ Id }) => Id === idOf(index))
        .flatMap(({ Timestamps = [], Values = [] }) =>
          Timestamps.map((at, n) => ({ at: at.getTime(), value: Values[n] ?? 0 })),
        ),
    );
  }

  return {
    async listMetricAlarms() {
      return (await describeAlarms()).map(toMetricAlarm);
    },

    async listAlarms(alarmNamePrefix) {
      return (await describeAlarms(alarmNamePrefix)).map(toLivingAlarm);
    },

    readAlarmTags: (arns) =>
      inParallel(arns, (ResourceARN) =>
        valueOn('gone', ['alarm not found'], async () => {
          const command = new ListTagsForResourceCommand({ ResourceARN });
          return fromTagList((await send('Reading the tags of an alarm', command)).Tags);
        }),
      ),

    async putMetricAlarm({ alarmName, rule, dimensions, tags, ...actions }) {
      const command = new PutMetricAlarmCommand({
        AlarmName: alarmName,
        AlarmDescription: rule.means,
        Namespace: NAMESPACE,
        MetricName: rule.metricName,
        Dimensions: dimensionList(dimensions),
        Statistic: rule.statistic,
        ComparisonOperator: rule.comparison,
        Threshold: rule.threshold,
        Period: rule.periodSeconds,
        EvaluationPeriods: rule.evaluationPeriods,
        DatapointsToAlarm: rule.datapointsToAlarm,
        TreatMissingData: rule.missingData,
        ActionsEnabled: true,
        AlarmActions: [...actions.alarmActions],
        OKActions: [...actions.okActions],
        InsufficientDataActions: [...actions.insufficientDataActions],
        Tags: toTagList(tags),
      });
      await send(`Making the alarm ${alarmName}`, command);
    },

    async deleteAlarms(alarmNames) {
      for (const AlarmNames of chunks(alarmNames, ALARMS_A_CALL)) {
        // Those that it knows are deleted all the same (API reference, DeleteAlarms).
        await valueOn('gone', ['alarm not found'], () =>
          send(`Deleting ${AlarmNames.length} alarms`, new DeleteAlarmsCommand({ AlarmNames })),
        );
      }
    },

    async listMetrics(filters) {
      return (await inParallel(filters, list)).flat();
    },

    async getMetricData(queries, range) {
      const batches = await inParallel(chunks(queries, QUERIES_A_CALL), (each) => series(each, range));
      return batches.flat();
    },
  };
}

function toMetricAlarm(alarm: AwsMetricAlarm): MetricAlarm {
  const { AlarmName: alarmName = '', ActionsEnabled, AlarmActions = [], Metrics = [] } = alarm;
  return {
    alarmName,
    metrics: [alarm, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric)].flatMap(toMetric),
    acts: ActionsEnabled !== false && AlarmActions.length > 0,
  };
}

function toLivingAlarm(alarm: AwsMetricAlarm): LivingAlarm {
  const { EvaluationPeriods: evaluationPeriods = 0 } = alarm;
  return {
    alarmName: alarm.AlarmName ?? '',
    arn: alarm.AlarmArn ?? '',
    metricName: alarm.MetricName ?? '',
    dimensions: dimensionsOf(alarm),
    statistic: alarm.Statistic ?? alarm.ExtendedStatistic ?? '',
    comparison: alarm.ComparisonOperator ?? '',
    threshold: alarm.Threshold ?? NaN,
    periodSeconds: alarm.Period ?? 0,
    evaluationPeriods,
    // Absent: all of them (API reference, PutMetricAlarm).
    datapointsToAlarm: alarm.DatapointsToAlarm ?? evaluationPeriods,
    missingData: alarm.TreatMissingData ?? 'missing',
    actionsEnabled: alarm.ActionsEnabled !== false,
    alarmActions: alarm.AlarmActions ?? [],
    okActions: alarm.OKActions ?? [],
    insufficientDataActions: alarm.InsufficientDataActions ?? [],
  };
}

function toMetric(metric: AwsMetric | undefined): Metric[] {
  if (metric?.MetricName === undefined) return [];
  const { Namespace: namespace = '', MetricName: metricName } = metric;
  return [{ namespace, metricName, dimensions: dimensionsOf(metric) }];
}

function dimensionsOf({ Dimensions = [] }: Pick<AwsMetric, 'Dimensions'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
}

function dimensionList(dimensions: Readonly<Record<string, string>>): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function toDataQuery(
  { metricName, dimensions, statistic }: MetricQuery,
  index: number,
  Period: number,
): MetricDataQuery {
  return {
    Id: idOf(index),
    MetricStat: {
      Metric: { Namespace: NAMESPACE, MetricName: metricName, Dimensions: dimensionList(dimensions) },
      Period,
      Stat: statistic,
    },
  };
}

/** It must begin with a small letter. */
function idOf(index: number): string {
  return `q${index}`;
}
