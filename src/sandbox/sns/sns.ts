/** Amazon SNS of one account in one region: topics, subscriptions, and what was published. */
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { createPublish, publicationOperations } from './publication.ts';
import type { Publish } from './publication.ts';
import { confirm, subscriptionOperations } from './subscriptions.ts';
import { TopicStore } from './topic-store.ts';
import type { Message } from './topic-store.ts';
import { topicOperations } from './topics.ts';

export interface SnsOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
}

export interface Sns {
  readonly operations: Operations;
  /** For the account's other services. */
  readonly publish: Publish;
  /** Everything that was published, oldest first. */
  messages(): readonly Message[];
  /** Its owner says yes. Returns how many subscriptions were waiting for that. */
  confirm(endpoint: string, topicArn?: string): number;
}

export function createSns(options: SnsOptions): Sns {
  const { accountId, clock } = options;
  const store = new TopicStore(options);
  const publish = createPublish(store, clock);
  return {
    operations: {
      ...topicOperations(store, accountId),
      ...subscriptionOperations(store, accountId),
      ...publicationOperations(publish),
    },
    publish,
    messages: () => store.messages,
    confirm: (endpoint, topicArn) => confirm(store, endpoint, topicArn).length,
  };
}
