/** Amazon EC2 Auto Scaling. */
import {
  CreateAutoScalingGroup$,
  CreateOrUpdateTags$,
  DeleteAutoScalingGroup$,
  DescribeAutoScalingGroups$,
  DescribeAutoScalingInstances$,
  SetDesiredCapacity$,
  UpdateAutoScalingGroup$,
} from '@aws-sdk/client-auto-scaling';
import { awsQuery } from '../aws-query.ts';
import { serviceModel } from '../service-model.ts';

export const autoscaling = serviceModel(
  'autoscaling',
  awsQuery({ version: '2011-01-01', xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/' }),
  [
    CreateAutoScalingGroup$,
    CreateOrUpdateTags$,
    DeleteAutoScalingGroup$,
    DescribeAutoScalingGroups$,
    DescribeAutoScalingInstances$,
    SetDesiredCapacity$,
    UpdateAutoScalingGroup$,
  ],
);
