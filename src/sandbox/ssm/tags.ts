/** Tags of parameters. */
import type {
  AddTagsToResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
  Tag,
} from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { ParameterStore } from './parameter-store.ts';
import { invalid } from './rejection.ts';

const MOST_TAGS = 50;

/** All of them, or none when one is wrong. */
export function putTags(tags: Map<string, string>, added: readonly Tag[] = []): void {
  const merged = new Map(tags);
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 128 || Value.length > 256) throw invalid(`Invalid tag: ${Key}`);
    if (/^aws:/i.test(Key)) throw invalid(`The tag key ${Key} is reserved: keys must not begin with aws:.`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(Key + Value))
      throw invalid(`Invalid characters in the tag ${Key}.`);
    merged.set(Key, Value);
  }
  if (merged.size > MOST_TAGS) {
    throw new ServiceError(
      'TooManyTagsError',
      `The Targets parameter includes too many tags. At most ${MOST_TAGS}.`,
    );
  }
  for (const [key, value] of merged) tags.set(key, value);
}

interface Tagged {
  readonly ResourceType?: string | undefined;
  readonly ResourceId?: string | undefined;
}

export function tagOperations(store: ParameterStore): Operations {
  const tagsOf = ({ ResourceType, ResourceId }: Tagged): Map<string, string> => {
    if (ResourceType !== 'Parameter') {
      throw new ServiceError('InvalidResourceType', `${ResourceType ?? ''} is not a valid resource type.`);
    }
    const parameter = store.find(ResourceId);
    if (!parameter) {
      throw new ServiceError('InvalidResourceId', `Resource ${ResourceId ?? ''} is not found.`);
    }
    return parameter.tags;
  };

  return {
    AddTagsToResource: (input: AddTagsToResourceRequest) => {
      putTags(tagsOf(input), input.Tags);
      return {};
    },
    RemoveTagsFromResource: (input: RemoveTagsFromResourceRequest) => {
      const tags = tagsOf(input);
      for (const key of input.TagKeys ?? []) tags.delete(key);
      return {};
    },
    ListTagsForResource: (input: ListTagsForResourceRequest): ListTagsForResourceResult => ({
      TagList: [...tagsOf(input)].map(([Key, Value]) => ({ Key, Value })),
    }),
  };
}
