/** Amazon CloudWatch Logs. */
import {
  CreateLogGroup$,
  CreateLogStream$,
  DeleteLogGroup$,
  DescribeLogGroups$,
  DescribeLogStreams$,
  FilterLogEvents$,
  GetLogEvents$,
  ListTagsForResource$,
  PutLogEvents$,
  PutRetentionPolicy$,
  TagResource$,
} from '@aws-sdk/client-cloudwatch-logs';
import { awsJson } from '../aws-json.ts';
import { serviceModel } from '../service-model.ts';

export const logs = serviceModel(
  'logs',
  awsJson({ target: 'Logs_20140328', version: '1.1', missingMembers: 'InvalidParameterException' }),
  [
    CreateLogGroup$,
    CreateLogStream$,
    DeleteLogGroup$,
    DescribeLogGroups$,
    DescribeLogStreams$,
    FilterLogEvents$,
    GetLogEvents$,
    ListTagsForResource$,
    PutLogEvents$,
    PutRetentionPolicy$,
    TagResource$,
  ],
);
