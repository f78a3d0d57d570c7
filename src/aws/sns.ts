/** SNS: topics, and whom they tell. */
import type { Tags } from '../domain/ownership.ts';

export interface Topic {
  readonly topicArn: string;
  /** The key that its messages are encrypted with, by alias, id or ARN. */
  readonly kmsMasterKeyId?: string;
}

export interface Subscription {
  /** 'email', 'sms', 'https', 'lambda'. */
  readonly protocol: string;
  readonly endpoint: string;
  /** An address is told nothing until somebody has followed the link that AWS has sent to it. */
  readonly isConfirmed: boolean;
}

export interface Sns {
  readTopic(topicArn: string): Promise<Topic | undefined>;
  readTags(topicArn: string): Promise<Tags | 'gone'>;
  /** Its ARN; 'exists': with other tags. One that has these very tags is given as if it had just been made. */
  createTopic(name: string, tags: Tags): Promise<{ readonly topicArn: string } | 'exists'>;
  listSubscriptions(topicArn: string): Promise<Subscription[]>;
  /** AWS sends the link for the confirmation, once more where it has already. */
  subscribeEmail(topicArn: string, address: string): Promise<void>;
  /** With all subscriptions. Gone is success. */
  deleteTopic(topicArn: string): Promise<void>;
}
