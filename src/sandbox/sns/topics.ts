/** Topics: made, described, deleted, tagged. */
import type {
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTopicsInput,
  ListTopicsResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-sns';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { page } from './paging.ts';
import { invalidParameter } from './rejection.ts';
import type { Topic, TopicStore } from './topic-store.ts';

/** SNS API reference, CreateTopic, Name. */
const NAME = /^[\w-]{1,256}$/;
const ATTRIBUTES = [
  'DeliveryPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'Policy',
  'SignatureVersion',
  'TracingConfig',
];
const LONGEST_DISPLAY_NAME = 100;
const MOST_TAGS = 50;

export function topicOperations(store: TopicStore, accountId: string): Operations {
  const tagged = (arn = ''): Topic => {
    const topic = store.get(arn);
    if (!topic) throw new ServiceError('ResourceNotFoundException', 'Resource does not exist');
    return topic;
  };

  return {
    CreateTopic({ Name = '', Attributes = {}, Tags = [] }: CreateTopicInput): CreateTopicResponse {
      requireName(Name);
      requireAttributes(Attributes);
      const arn = store.arn(Name);
      const living = store.get(arn);
      if (living) requireSame(living, Attributes, Tags);
      else {
        const topic: Topic = {
          arn,
          name: Name,
          attributes: new Map(Object.entries(Attributes)),
          tags: new Map(),
          subscriptions: [],
          unsubscribed: 0,
        };
        putTags(topic, Tags);
        store.add(topic);
      }
      return { TopicArn: arn };
    },

    GetTopicAttributes({ TopicArn }: GetTopicAttributesInput): GetTopicAttributesResponse {
      const topic = store.find(TopicArn);
      const confirmed = topic.subscriptions.filter((one) => one.confirmed).length;
      return {
        Attributes: {
          DisplayName: '',
          Policy: defaultPolicy(topic.arn, accountId),
          ...Object.fromEntries(topic.attributes),
          TopicArn: topic.arn,
          Owner: accountId,
          SubscriptionsConfirmed: String(confirmed),
          SubscriptionsPending: String(topic.subscriptions.length - confirmed),
          SubscriptionsDeleted: String(topic.unsubscribed),
        },
      };
    },

    ListTopics({ NextToken: token }: ListTopicsInput): ListTopicsResponse {
      const { items, ...next } = page(store.all(), token);
      return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), ...next };
    },

    /** Of one that is gone, too: "This action is idempotent". */
    DeleteTopic({ TopicArn = '' }: DeleteTopicInput) {
      store.requireArn(TopicArn);
      store.delete(TopicArn);
      return {};
    },

    TagResource({ ResourceArn, Tags = [] }: TagResourceRequest) {
      putTags(tagged(ResourceArn), Tags);
      return {};
    },

    UntagResource({ ResourceArn, TagKeys = [] }: UntagResourceRequest) {
      const { tags } = tagged(ResourceArn);
      for (const key of TagKeys) tags.delete(key);
      return {};
    },

    ListTagsForResource({ ResourceArn }: ListTagsForResourceRequest): ListTagsForResourceResponse {
      return { Tags: [...tagged(ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

function requireName(name: string): void {
  if (name.endsWith('.fifo')) throw invalidParameter('Topic Name Reason: the sandbox has no FIFO topics');
  if (!NAME.test(name)) throw invalidParameter('Topic Name');
}

function requireAttributes(attributes: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(attributes).find((name) => !ATTRIBUTES.includes(name));
  if (unknown !== undefined) throw invalidParameter(`Attributes Reason: Unknown attribute ${unknown}`);
  if ((attributes['DisplayName']?.length ?? 0) > LONGEST_DISPLAY_NAME) {
    throw invalidParameter('Attributes Reason: DisplayName is too long');
  }
}

/** A second create of the same topic answers as the first did; one of another topic under its name is refused. */
function requireSame(topic: Topic, attributes: Readonly<Record<string, string>>, tags: readonly Tag[]): void {
  if (Object.entries(attributes).some(([name, value]) => topic.attributes.get(name) !== value)) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  }
  if (
    tags.length > 0 &&
    (tags.length !== topic.tags.size || tags.some(({ Key = '', Value }) => topic.tags.get(Key) !== Value))
  ) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags');
  }
}

function putTags({ tags }: Topic, added: readonly Tag[]): void {
  if (new Set([...tags.keys(), ...added.map(({ Key }) => Key)]).size > MOST_TAGS) {
    throw new ServiceError(
      'TagLimitExceededException',
      'Could not complete request: tag quota of per resource exceeded',
    );
  }
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || Key.startsWith('aws:')) {
      throw invalidParameter('Tags');
    }
    tags.set(Key, Value);
  }
}

/** Everything is the owner's to allow; services of AWS publish in the owner's name. */
function defaultPolicy(arn: string, accountId: string): string {
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });
}
