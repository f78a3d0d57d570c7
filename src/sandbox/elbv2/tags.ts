/** Tags of load balancers, target groups, listeners and rules. */
import type {
  AddTagsInput,
  AddTagsOutput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  RemoveTagsOutput,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ServiceError, type Handler, type Operations } from '../service.ts';
import { validationError, type Registry } from './registry.ts';

const MOST_TAGS = 50;
const MOST_RESOURCES = 20;

export function tagOperations(registry: Registry): Operations {
  const addTags: Handler<AddTagsInput, AddTagsOutput> = ({ ResourceArns = [], Tags = [] }) => {
    ResourceArns.forEach((arn) => requireResource(registry, arn));
    ResourceArns.forEach((arn) => setTags(registry, arn, Tags));
    return {};
  };

  const removeTags: Handler<RemoveTagsInput, RemoveTagsOutput> = ({ ResourceArns = [], TagKeys = [] }) => {
    for (const arn of ResourceArns) {
      requireResource(registry, arn);
      TagKeys.forEach((key) => registry.tags.get(arn)?.delete(key));
    }
    return {};
  };

  const describeTags: Handler<DescribeTagsInput, DescribeTagsOutput> = ({ ResourceArns = [] }) => {
    if (ResourceArns.length > MOST_RESOURCES) {
      throw validationError(`The maximum number of resources in a request is ${MOST_RESOURCES}`);
    }
    return {
      TagDescriptions: ResourceArns.map((ResourceArn) => {
        requireResource(registry, ResourceArn);
        const tags = registry.tags.get(ResourceArn) ?? new Map<string, string>();
        return { ResourceArn, Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
      }),
    };
  };

  return { AddTags: addTags, RemoveTags: removeTags, DescribeTags: describeTags };
}

export function setTags(registry: Registry, arn: string, tags: readonly Tag[] = []): void {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw new ServiceError('DuplicateTagKeysException', 'A tag key was specified more than once');
  }
  if (tags.some(({ Key }) => Key?.startsWith('aws:'))) {
    throw validationError('aws: prefixed tag key names are not allowed for external use.');
  }
  const next = new Map(registry.tags.get(arn));
  for (const { Key, Value } of tags) next.set(Key ?? '', Value ?? '');
  if (next.size > MOST_TAGS) {
    throw new ServiceError(
      'TooManyTagsException',
      `The maximum number of tags on a resource is ${MOST_TAGS}`,
    );
  }
  registry.tags.set(arn, next);
}

function requireResource(registry: Registry, arn: string): void {
  const kind = arn.split(':')[5]?.split('/')[0];
  switch (kind) {
    case 'loadbalancer':
      registry.loadBalancer(arn);
      break;
    case 'targetgroup':
      registry.targetGroup(arn);
      break;
    case 'listener':
      registry.listener(arn);
      break;
    case 'listener-rule':
      registry.rule(arn);
      break;
    default:
      throw validationError(`'${arn}' is not a valid load balancer, target group, listener or rule ARN`);
  }
}
