/** What is published to a topic reaches those that listen, which here means that it is written down for them. */
import { randomUUID } from 'node:crypto';
import type { PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import type { Clock } from '../../clock.ts';
import type { Operations } from '../service.ts';
import { invalidParameter } from './rejection.ts';
import type { TopicStore } from './topic-store.ts';

const LARGEST_MESSAGE = 262_144;
/** SNS API reference, Publish, Subject: printable ASCII, without line breaks. */
const SUBJECT = /^[\x20-\x7e]{1,100}$/;

/** Returns the message's id; throws where there is no such topic. */
export type Publish = (topicArn: string, message: string, subject?: string) => string;

export function createPublish(store: TopicStore, clock: Clock): Publish {
  return (topicArn, message, subject) => {
    const topic = store.find(topicArn);
    const messageId = randomUUID();
    store.messages.push({
      at: new Date(clock.now()).toISOString(),
      topicArn,
      messageId,
      ...(subject !== undefined && { subject }),
      message,
      deliveredTo: topic.subscriptions
        .filter(({ confirmed }) => confirmed)
        .map(({ protocol, endpoint }) => ({ protocol, endpoint })),
    });
    return messageId;
  };
}

export function publicationOperations(publish: Publish): Operations {
  return {
    Publish({ TopicArn, TargetArn, Message = '', Subject }: PublishInput): PublishResponse {
      const topicArn = TopicArn ?? TargetArn;
      if (topicArn === undefined)
        throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
      if (Message === '') throw invalidParameter('Empty message');
      if (Buffer.byteLength(Message) > LARGEST_MESSAGE) throw invalidParameter('Message too long');
      if (Subject !== undefined && !SUBJECT.test(Subject)) throw invalidParameter('Subject');
      return { MessageId: publish(topicArn, Message, Subject) };
    },
  };
}
