/** AWS Systems Manager: Parameter Store and Run Command. */
import {
  AddTagsToResource$,
  CancelCommand$,
  DeleteParameter$,
  DeleteParameters$,
  DescribeInstanceInformation$,
  DescribeParameters$,
  GetCommandInvocation$,
  GetParameter$,
  GetParameters$,
  GetParametersByPath$,
  ListCommandInvocations$,
  ListCommands$,
  ListTagsForResource$,
  PutParameter$,
  RemoveTagsFromResource$,
  SendCommand$,
} from '@aws-sdk/client-ssm';
import { awsJson } from '../aws-json.ts';
import { serviceModel } from '../service-model.ts';

export const ssm = serviceModel(
  'ssm',
  awsJson({ target: 'AmazonSSM', version: '1.1', missingMembers: 'ValidationException' }),
  [
    AddTagsToResource$,
    CancelCommand$,
    DeleteParameter$,
    DeleteParameters$,
    DescribeInstanceInformation$,
    DescribeParameters$,
    GetCommandInvocation$,
    GetParameter$,
    GetParameters$,
    GetParametersByPath$,
    ListCommandInvocations$,
    ListCommands$,
    ListTagsForResource$,
    PutParameter$,
    RemoveTagsFromResource$,
    SendCommand$,
  ],
);
