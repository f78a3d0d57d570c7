/** CloudWatch behind its interface. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type {
  MetricAlarm as AwsMetricAlarm,
  CloudWatchClientResolvedConfig,
  Metric,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-cloudwatch';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import type { AlarmMetric, CloudWatch, MetricAlarm } from './cloudwatch.ts';

/** As many as DescribeAlarms gives at once. */
const MOST_A_PAGE = 100;

export function cloudWatchGateway(
  send: Send<ServiceInputTypes, ServiceOutputTypes, CloudWatchClientResolvedConfig>,
): CloudWatch {
  return {
    async listMetricAlarms() {
      const alarms = await pages(async (NextToken) => {
        const command = new DescribeAlarmsCommand({
          AlarmTypes: ['MetricAlarm'],
          MaxRecords: MOST_A_PAGE,
          NextToken,
        });
        const page = await send('Reading the CloudWatch alarms', command);
        return { items: page.MetricAlarms ?? [], next: page.NextToken };
      });
      return alarms.map(toMetricAlarm);
    },
  };
}

function toMetricAlarm(alarm: AwsMetricAlarm): MetricAlarm {
  const { AlarmName: alarmName = '', ActionsEnabled, AlarmActions = [], Metrics = [] } = alarm;
  return {
    alarmName,
    metrics: [alarm, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric)].flatMap(toAlarmMetric),
    acts: ActionsEnabled !== false && AlarmActions.length > 0,
  };
}

function toAlarmMetric(metric: Metric | undefined): AlarmMetric[] {
  if (metric?.MetricName === undefined) return [];
  const { Namespace: namespace = '', MetricName: metricName, Dimensions = [] } = metric;
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
  return [{ namespace, metricName, dimensions }];
}
