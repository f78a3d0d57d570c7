/** Amazon CloudWatch, which speaks three protocols: clients of each age choose another. */
import {
  DeleteAlarms$,
  DescribeAlarmHistory$,
  DescribeAlarms$,
  DescribeAlarmsForMetric$,
  GetMetricData$,
  GetMetricStatistics$,
  ListMetrics$,
  ListTagsForResource$,
  PutMetricAlarm$,
  SetAlarmState$,
  TagResource$,
  UntagResource$,
} from '@aws-sdk/client-cloudwatch';
import { awsJson } from '../aws-json.ts';
import { awsQuery } from '../aws-query.ts';
import { isRpcV2Cbor, rpcV2Cbor } from '../rpc-v2-cbor.ts';
import { serviceModel } from '../service-model.ts';

const missingMembers = 'ValidationError';
const cbor = rpcV2Cbor({ missingMembers });
const json = awsJson({
  target: 'GraniteServiceVersion20100801',
  version: '1.0',
  missingMembers,
  queryCompatible: true,
});
const query = awsQuery({
  version: '2010-08-01',
  xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
});

export const cloudwatch = serviceModel(
  'cloudwatch',
  ({ headers }) => {
    if (isRpcV2Cbor(headers)) return cbor;
    return headers['x-amz-target'] === undefined ? query : json;
  },
  [
    DeleteAlarms$,
    DescribeAlarmHistory$,
    DescribeAlarms$,
    DescribeAlarmsForMetric$,
    GetMetricData$,
    GetMetricStatistics$,
    ListMetrics$,
    ListTagsForResource$,
    PutMetricAlarm$,
    SetAlarmState$,
    TagResource$,
    UntagResource$,
  ],
  'monitoring',
);
