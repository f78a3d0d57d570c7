/** Amazon Simple Notification Service. */
import {
  CreateTopic$,
  DeleteTopic$,
  GetTopicAttributes$,
  ListSubscriptionsByTopic$,
  ListTagsForResource$,
  ListTopics$,
  Publish$,
  Subscribe$,
  TagResource$,
  Unsubscribe$,
  UntagResource$,
} from '@aws-sdk/client-sns';
import { awsQuery } from '../aws-query.ts';
import { serviceModel } from '../service-model.ts';

export const sns = serviceModel(
  'sns',
  awsQuery({
    version: '2010-03-31',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    accessDenied: 'AuthorizationErrorException',
  }),
  [
    CreateTopic$,
    DeleteTopic$,
    GetTopicAttributes$,
    ListSubscriptionsByTopic$,
    ListTagsForResource$,
    ListTopics$,
    Publish$,
    Subscribe$,
    TagResource$,
    Unsubscribe$,
    UntagResource$,
  ],
);
