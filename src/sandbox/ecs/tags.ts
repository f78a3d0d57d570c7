/** Tags of clusters, services, tasks and task definitions, by ARN. */
import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { State } from './state.ts';

const MOST_TAGS = 50;

/** Throws what AWS throws for tags that come with a create call. `tags: []` is refused, unlike no tags at all. */
export function checkTags(tags: readonly Tag[] | undefined, errorName = 'InvalidParameterException'): void {
  if (!tags) return;
  if (tags.length === 0) throw new ServiceError(errorName, 'Tags can not be empty.');
  if (tags.length > MOST_TAGS) throw new ServiceError(errorName, `Tags can not exceed ${MOST_TAGS} items.`);
  for (const { key } of tags) {
    if (!key) throw new ServiceError(errorName, 'Tag keys can not be empty.');
    if (/^aws:/i.test(key)) {
      throw new ServiceError(
        errorName,
        'Some tags contain invalid characters. Tags starting with aws: are reserved for system use.',
      );
    }
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new ServiceError(
      errorName,
      'Duplicate tag keys found. Please note that tag keys are case sensitive.',
    );
  }
}

/** Tags given with the request win over propagated ones. */
export function mergeTags(propagated: readonly Tag[], given: readonly Tag[]): Tag[] {
  return [...propagated.filter(({ key }) => !given.some((tag) => tag.key === key)), ...given];
}

export function tagOperations(state: State): Operations {
  const tagsOf = (arn: string | undefined): Tag[] => {
    const tags = state.tags.get(arn ?? '');
    if (!tags) {
      throw new ServiceError(
        'InvalidParameterException',
        'The specified resource was not found. Specify a valid resource ARN and try again.',
      );
    }
    return tags;
  };

  return {
    TagResource: (input: TagResourceRequest) => {
      const present = tagsOf(input.resourceArn);
      checkTags(input.tags);
      const given = input.tags ?? [];
      const kept = present.filter(({ key }) => !given.some((tag) => tag.key === key));
      state.tags.set(input.resourceArn ?? '', [...kept, ...given]);
      return {};
    },
    UntagResource: (input: UntagResourceRequest) => {
      const kept = tagsOf(input.resourceArn).filter(({ key }) => !input.tagKeys?.includes(key ?? ''));
      state.tags.set(input.resourceArn ?? '', kept);
      return {};
    },
    ListTagsForResource: (input: ListTagsForResourceRequest): ListTagsForResourceResponse => ({
      tags: tagsOf(input.resourceArn),
    }),
  };
}
