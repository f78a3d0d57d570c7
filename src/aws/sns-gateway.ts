/** SNS behind its interface. */
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { ServiceInputTypes, ServiceOutputTypes, SNSClientResolvedConfig } from '@aws-sdk/client-sns';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { valueOn } from './expected.ts';
import { failureText } from './failures.ts';
import type { Sns } from './sns.ts';
import { fromTagList, toTagList } from './tag-list.ts';

export { SNSClient } from '@aws-sdk/client-sns';

/** What stands in the place of an ARN (API reference, Subscription): 'PendingConfirmation', 'Deleted'. */
const PENDING = /^Pending/;

export function snsGateway(send: Send<ServiceInputTypes, ServiceOutputTypes, SNSClientResolvedConfig>): Sns {
  return {
    readTopic: (topicArn) =>
      valueOn(undefined, ['topic not found'], async () => {
        const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
        const { Attributes = {} } = await send(`Reading the SNS topic ${topicArn}`, command);
        const { KmsMasterKeyId: kmsMasterKeyId } = Attributes;
        return { topicArn, ...(kmsMasterKeyId ? { kmsMasterKeyId } : {}) };
      }),

    readTags: (topicArn) =>
      valueOn('gone', ['topic not found'], async () => {
        const command = new ListTagsForResourceCommand({ ResourceArn: topicArn });
        return fromTagList((await send(`Reading the tags of the SNS topic ${topicArn}`, command)).Tags);
      }),

    async createTopic(Name, tags) {
      try {
        const command = new CreateTopicCommand({ Name, Tags: toTagList(tags) });
        const { TopicArn: topicArn = '' } = await send(`Creating the SNS topic ${Name}`, command);
        return { topicArn };
      } catch (error) {
        // The error has no name of its own: InvalidParameter stands for anything that is wrong.
        if (/already exists with different/i.test(failureText(error))) return 'exists';
        throw error;
      }
    },

    listSubscriptions: (topicArn) =>
      pages(async (NextToken) => {
        const command = new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken });
        const page = await send(`Reading who is told by ${topicArn}`, command);
        const items = (page.Subscriptions ?? []).map(({ Protocol, Endpoint, SubscriptionArn = '' }) => ({
          protocol: Protocol ?? '',
          endpoint: Endpoint ?? '',
          isConfirmed: !PENDING.test(SubscriptionArn),
        }));
        return { items, next: page.NextToken };
      }),

    async subscribeEmail(topicArn, address) {
      const command = new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: address });
      await send(`Subscribing ${address} to ${topicArn}`, command);
    },

    async deleteTopic(topicArn) {
      await valueOn('gone', ['topic not found'], () =>
        send(`Deleting the SNS topic ${topicArn}`, new DeleteTopicCommand({ TopicArn: topicArn })),
      );
    },
  };
}
