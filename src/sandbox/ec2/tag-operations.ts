/** CreateTags, DeleteTags and DescribeTags over everything of EC2 that can be tagged. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  TagDescription,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type Listing, list } from './listing.ts';
import { notFoundByPrefix } from './lookup.ts';
import type { Ec2State } from './state.ts';
import { acceptedTags, refuseTooMany, type TaggedResource } from './tags.ts';

interface TagRecord {
  readonly resourceId: string;
  readonly resourceType: ResourceType;
  readonly key: string;
  readonly value: string;
}

export function tagOperations(state: Ec2State) {
  return {
    CreateTags(input: CreateTagsRequest): Record<string, never> {
      const tags = acceptedTags(input.Tags);
      if (tags.size === 0)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter tagSet');
      const wanted = namedResources(state, input.Resources).map((resource) => ({
        resource,
        merged: new Map([...resource.tags, ...tags]),
      }));
      for (const { merged } of wanted) refuseTooMany(merged);
      for (const { resource, merged } of wanted)
        state.tags.enter(resource.resourceId, resource.resourceType, merged);
      return {};
    },

    /** With a value, a tag is deleted only if it has that value; without tags, all go (EC2 API reference, DeleteTags). */
    DeleteTags(input: DeleteTagsRequest): Record<string, never> {
      for (const { tags } of namedResources(state, input.Resources)) {
        if (!input.Tags?.length) tags.clear();
        for (const { Key: key = '', Value: value } of input.Tags ?? []) {
          if (value === undefined || tags.get(key) === value) tags.delete(key);
        }
      }
      return {};
    },

    DescribeTags(input: DescribeTagsRequest): DescribeTagsResult {
      const all = [...state.tags.all()].flatMap(({ resourceId, resourceType, tags }) =>
        [...tags].map(([key, value]): TagRecord => ({ resourceId, resourceType, key, value })),
      );
      const { records, nextToken } = list(state, listing, input, all);
      return { Tags: records.map(describe), NextToken: nextToken };
    },
  };
}

function namedResources(state: Ec2State, ids: readonly string[] | undefined): TaggedResource[] {
  if (!ids?.length)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter resourceIdSet');
  return ids.map((id) => {
    const resource = state.tags.resource(id);
    if (!resource) throw notFoundByPrefix(id);
    return resource;
  });
}

function describe(tag: TagRecord): TagDescription {
  return { ResourceId: tag.resourceId, ResourceType: tag.resourceType, Key: tag.key, Value: tag.value };
}

const listing: Listing<TagRecord> = {
  idOf: (tag) => `${tag.resourceId} ${tag.key}`,
  filters: {
    key: (tag) => tag.key,
    'resource-id': (tag) => tag.resourceId,
    'resource-type': (tag) => tag.resourceType,
    value: (tag) => tag.value,
  },
};
