/** What PutMetricAlarm refuses (CloudWatch API reference). */
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../service.ts';

const LONGEST_NAME = 255;
const MOST_ACTIONS = 5;
const DAY_SECONDS = 86_400;
const TREATMENTS = ['breaching', 'notBreaching', 'ignore', 'missing'];

export function checkAlarm(input: PutMetricAlarmInput, region: string): void {
  requireMetric(input);
  requirePeriods(input);
  for (const actions of [input.OKActions, input.AlarmActions, input.InsufficientDataActions]) {
    requireActions(actions ?? [], region);
  }
}

function requireMetric(input: PutMetricAlarmInput): void {
  const { AlarmName = '', MetricName, Metrics, EvaluationPeriods, ComparisonOperator } = input;
  if (AlarmName === '' || AlarmName.length > LONGEST_NAME) {
    throw invalid(`The parameter AlarmName must have between 1 and ${LONGEST_NAME} characters.`);
  }
  if ((MetricName === undefined) === (Metrics === undefined)) {
    throw invalid(
      'For each PutMetricAlarm operation, you must specify either MetricName or a Metrics array.',
    );
  }
  const missing = Object.entries({ EvaluationPeriods, ComparisonOperator }).find(
    ([, value]) => value === undefined,
  );
  if (missing) throw new ServiceError('MissingParameter', `The parameter ${missing[0]} is required.`);
}

function requirePeriods(input: PutMetricAlarmInput): void {
  const { Period, EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, TreatMissingData } = input;
  if (Period !== undefined && ![10, 20, 30].includes(Period) && (Period <= 0 || Period % 60 !== 0)) {
    throw invalid('Period must be 10, 20, 30 or a multiple of 60');
  }
  if (DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods) {
    throw invalid('DatapointsToAlarm must be at least 1 and at most EvaluationPeriods');
  }
  if ((Period ?? 0) * EvaluationPeriods > DAY_SECONDS) {
    throw invalid(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    );
  }
  if (TreatMissingData !== undefined && !TREATMENTS.includes(TreatMissingData)) {
    throw invalid(`TreatMissingData must be one of ${TREATMENTS.join(', ')}`);
  }
}

function requireActions(actions: readonly string[], region: string): void {
  if (actions.length > MOST_ACTIONS)
    throw invalid(`An alarm can have at most ${MOST_ACTIONS} actions of a kind.`);
  for (const action of actions) {
    const [scheme, , , place] = action.split(':');
    if (scheme !== 'arn' || place === undefined) throw invalid(`Invalid arn syntax: ${action}`);
    if (action.includes(':sns:') && place !== region) {
      throw invalid(`Invalid region ${place} specified. Only ${region} is supported.`);
    }
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
