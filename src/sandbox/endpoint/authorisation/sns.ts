/** SNS (Service Authorization Reference, "Amazon SNS"): all by topic, but for the list of topics and the end of a subscription. */
import { made, on, tagged } from './permission.ts';
import type { Needs, PermissionRules, Place } from './permission.ts';

interface OfTopic {
  readonly TopicArn?: string;
}

export function snsPermissions({ region, accountId }: Place): PermissionRules {
  const topic = ({ TopicArn = '' }: OfTopic): Needs => on(TopicArn);
  const tagging = ({ ResourceArn = '' }: { ResourceArn?: string }): Needs => on(tagged(ResourceArn));
  return {
    CreateTopic: ({ Name = '' }: { Name?: string }) => on(made(`arn:aws:sns:${region}:${accountId}:${Name}`)),
    DeleteTopic: topic,
    GetTopicAttributes: topic,
    ListSubscriptionsByTopic: topic,
    Publish: ({ TopicArn, TargetArn = '' }: OfTopic & { TargetArn?: string }) => on(TopicArn ?? TargetArn),
    Subscribe: topic,
    TagResource: tagging,
    UntagResource: tagging,
    ListTagsForResource: tagging,
  };
}
