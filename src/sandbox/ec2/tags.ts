/** The tags of all EC2 resources, and what EC2 accepts as a tag (EC2 User Guide, "Tag restrictions"). */
import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';

const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;

type TagMap = ReadonlyMap<string, string>;

export interface TaggedResource {
  readonly resourceId: string;
  readonly resourceType: ResourceType;
  readonly tags: Map<string, string>;
}

/** Every resource enters when it is created, so this also knows which ids exist. */
export class Tags {
  private readonly resources = new Map<string, TaggedResource>();

  enter(resourceId: string, resourceType: ResourceType, tags: TagMap = new Map()): void {
    this.resources.set(resourceId, { resourceId, resourceType, tags: new Map(tags) });
  }

  forget(resourceId: string): void {
    this.resources.delete(resourceId);
  }

  resource(resourceId: string): TaggedResource | undefined {
    return this.resources.get(resourceId);
  }

  all(): Iterable<TaggedResource> {
    return this.resources.values();
  }

  of(resourceId: string): TagMap {
    return this.resources.get(resourceId)?.tags ?? new Map();
  }

  /** As the Describe operations show them. */
  listed(resourceId: string): Tag[] {
    return [...this.of(resourceId)].map(([Key, Value]) => ({ Key, Value }));
  }
}

/** The tags of a create request, refused as a whole when one is wrong. */
export function specifiedTags(
  specifications: readonly TagSpecification[] | undefined,
  resourceType: ResourceType,
): Map<string, string> {
  const tags = new Map<string, string>();
  for (const specification of specifications ?? []) {
    if (specification.ResourceType !== resourceType) {
      throw new ServiceError(
        'InvalidParameterValue',
        `'${specification.ResourceType ?? ''}' is not a valid taggable resource type for this operation.`,
      );
    }
    for (const [key, value] of acceptedTags(specification.Tags)) tags.set(key, value);
  }
  refuseTooMany(tags);
  return tags;
}

export function acceptedTags(tags: readonly Tag[] | undefined): Map<string, string> {
  const accepted = new Map<string, string>();
  for (const { Key: key = '', Value: value = '' } of tags ?? []) {
    const fault =
      tagFault(key, value) ?? (accepted.has(key) ? `Duplicate tag key '${key}' specified.` : undefined);
    if (fault) throw new ServiceError('InvalidParameterValue', fault);
    accepted.set(key, value);
  }
  return accepted;
}

function tagFault(key: string, value: string): string | undefined {
  if (key === '') return 'Tag key cannot be null or empty.';
  if (key.toLowerCase().startsWith('aws:'))
    return `Tag keys starting with 'aws:' are reserved for internal use`;
  if (key.length > MAX_KEY) return `Tag key exceeds the maximum length of ${MAX_KEY} characters`;
  if (value.length > MAX_VALUE) return `Tag value exceeds the maximum length of ${MAX_VALUE} characters`;
  return undefined;
}

export function refuseTooMany(tags: TagMap): void {
  if (tags.size > MAX_TAGS) {
    throw new ServiceError('TagLimitExceeded', `The maximum number of tags for a resource is ${MAX_TAGS}`);
  }
}
