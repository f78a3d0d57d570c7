/** AWS Systems Manager: Parameter Store. */
import {
  AddTagsToResource$,
  DeleteParameter$,
  DeleteParameters$,
  DescribeParameters$,
  GetParameter$,
  GetParameters$,
  GetParametersByPath$,
  ListTagsForResource$,
  PutParameter$,
  RemoveTagsFromResource$,
} from '@aws-sdk/client-ssm';
import { awsJson } from '../aws-json.ts';
import { serviceModel } from '../service-model.ts';

export const ssm = serviceModel(
  'ssm',
  awsJson({ target: 'AmazonSSM', version: '1.1', missingMembers: 'ValidationException' }),
  [
    AddTagsToResource$,
    DeleteParameter$,
    DeleteParameters$,
    DescribeParameters$,
    GetParameter$,
    GetParameters$,
    GetParametersByPath$,
    ListTagsForResource$,
    PutParameter$,
    RemoveTagsFromResource$,
  ],
);
