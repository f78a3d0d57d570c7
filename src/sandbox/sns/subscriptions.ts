/** Who listens to a topic. An e-mail address is pending until its owner confirms, which nothing in the API can do for him. */
import { randomUUID } from 'node:crypto';
import type {
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  SubscribeInput,
  SubscribeResponse,
  UnsubscribeInput,
} from '@aws-sdk/client-sns';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { invalidParameter } from './rejection.ts';
import type { Subscription, TopicStore } from './topic-store.ts';

const PENDING = 'PendingConfirmation';

/** By protocol: what an endpoint looks like, and what SNS calls it when it does not. */
const PROTOCOLS: Readonly<Record<string, { readonly endpoint: RegExp; readonly called: string }>> = {
  email: { endpoint: /^[^\s@]+@[^\s@]+$/, called: 'Email address' },
  'email-json': { endpoint: /^[^\s@]+@[^\s@]+$/, called: 'Email address' },
  http: { endpoint: /^http:\/\//, called: 'Endpoint must match the specified protocol' },
  https: { endpoint: /^https:\/\//, called: 'Endpoint must match the specified protocol' },
  sms: { endpoint: /^\+?[\d-]+$/, called: 'Invalid SMS endpoint' },
  sqs: { endpoint: /^arn:aws:sqs:/, called: 'SQS endpoint ARN' },
  lambda: { endpoint: /^arn:aws:lambda:/, called: 'Lambda endpoint ARN' },
};
const CONFIRMED_AT_ONCE = ['sms', 'sqs', 'lambda'];

export function subscriptionOperations(store: TopicStore, accountId: string): Operations {
  return {
    Subscribe(input: SubscribeInput): SubscribeResponse {
      const { TopicArn, Protocol = '', Endpoint = '', ReturnSubscriptionArn = false } = input;
      const topic = store.find(TopicArn);
      requireEndpoint(Protocol, Endpoint);
      let subscription = topic.subscriptions.find(
        (one) => one.protocol === Protocol && one.endpoint === Endpoint,
      );
      if (!subscription) {
        subscription = {
          arn: `${topic.arn}:${randomUUID()}`,
          protocol: Protocol,
          endpoint: Endpoint,
          confirmed: CONFIRMED_AT_ONCE.includes(Protocol),
        };
        topic.subscriptions.push(subscription);
      }
      const told = subscription.confirmed || ReturnSubscriptionArn;
      return { SubscriptionArn: told ? subscription.arn : 'pending confirmation' };
    },

    ListSubscriptionsByTopic({
      TopicArn,
      NextToken: token,
    }: ListSubscriptionsByTopicInput): ListSubscriptionsByTopicResponse {
      const topic = store.find(TopicArn);
      const { items, ...next } = page(topic.subscriptions, token);
      const Subscriptions = items.map(({ arn, protocol, endpoint, confirmed }) => ({
        SubscriptionArn: confirmed ? arn : PENDING,
        Owner: accountId,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn: topic.arn,
      }));
      return { Subscriptions, ...next };
    },

    /** Of one that is gone, too. A pending one has no ARN that a list would show, and goes with its topic. */
    Unsubscribe({ SubscriptionArn = '' }: UnsubscribeInput) {
      const elements = SubscriptionArn.split(':').length;
      if (elements < 6) {
        throw invalidParameter(
          `SubscriptionArn Reason: An ARN must have at least 6 elements, not ${elements}`,
        );
      }
      for (const topic of store.all()) {
        const left = topic.subscriptions.filter(({ arn }) => arn !== SubscriptionArn);
        topic.unsubscribed += topic.subscriptions.length - left.length;
        topic.subscriptions = left;
      }
      return {};
    },
  };
}

/** What the owner of an address does with the link in the mail that SNS sends; which addresses did so. */
export function confirm(store: TopicStore, endpoint: string, topicArn?: string): readonly Subscription[] {
  const pending = store
    .all()
    .filter(({ arn }) => topicArn === undefined || arn === topicArn)
    .flatMap(({ subscriptions }) => subscriptions)
    .filter((one) => one.endpoint === endpoint && !one.confirmed);
  for (const subscription of pending) subscription.confirmed = true;
  return pending;
}

function requireEndpoint(protocol: string, endpoint: string): void {
  const known = Object.hasOwn(PROTOCOLS, protocol) ? PROTOCOLS[protocol] : undefined;
  if (!known) {
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  if (!known.endpoint.test(endpoint)) throw invalidParameter(known.called);
}
