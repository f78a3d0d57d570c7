/** Tags by resource name. They can be read and written only while the tagged cache is available. */
import type {
  AddTagsToResourceMessage,
  ListTagsForResourceMessage,
  RemoveTagsFromResourceMessage,
  Tag,
  TagListMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { invalidValue } from './rejection.ts';

const MOST_TAGS = 50;

export interface Tags {
  put(arn: string, tags: readonly Tag[] | undefined): void;
  forget(arn: string): void;
}

export interface TagStore extends Tags {
  list(arn: string): Tag[];
  remove(arn: string, keys: readonly string[]): void;
}

/** What tagging needs to know of whatever has this name. */
export interface Taggable {
  /** Throws unless the resource is in a state that allows it. */
  requireAvailable(): void;
  /** Its members' names, which carry the same tags. */
  readonly members: readonly string[];
  /** Called after its tags have changed. */
  changed(): void;
}

export function createTagStore(): TagStore {
  const resources = new Map<string, Map<string, string>>();
  return {
    put(arn, tags = []) {
      const merged = new Map(resources.get(arn));
      for (const { Key = '', Value = '' } of tags) {
        if (Key === '' || Key.length > 128 || Value.length > 256) throw invalidValue(`Invalid tag: ${Key}`);
        if (Key.startsWith('aws:'))
          throw invalidValue('Tag keys starting with aws: are reserved for system use.');
        merged.set(Key, Value);
      }
      if (merged.size > MOST_TAGS) {
        throw new ServiceError(
          'TagQuotaPerResourceExceeded',
          `A resource can have at most ${MOST_TAGS} tags.`,
        );
      }
      resources.set(arn, merged);
    },
    forget: (arn) => resources.delete(arn),
    list: (arn) => [...(resources.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value })),
    remove(arn, keys) {
      const tags = resources.get(arn);
      for (const key of keys) {
        if (!tags?.has(key))
          throw new ServiceError('TagNotFoundFault', `The tag ${key} was not found on this resource.`);
      }
      for (const key of keys) tags?.delete(key);
    },
  };
}

/** `find` throws for a name that nothing has. */
export function tagOperations(store: TagStore, find: (arn: string) => Taggable): Operations {
  const available = (arn = ''): { arn: string; resource: Taggable } => {
    const resource = find(arn);
    resource.requireAvailable();
    return { arn, resource };
  };
  return {
    ListTagsForResource(input: ListTagsForResourceMessage): TagListMessage {
      const { arn } = available(input.ResourceName);
      return { TagList: store.list(arn) };
    },
    AddTagsToResource(input: AddTagsToResourceMessage): TagListMessage {
      const { arn, resource } = available(input.ResourceName);
      for (const one of [arn, ...resource.members]) store.put(one, input.Tags);
      resource.changed();
      return { TagList: store.list(arn) };
    },
    RemoveTagsFromResource(input: RemoveTagsFromResourceMessage): TagListMessage {
      const { arn, resource } = available(input.ResourceName);
      store.remove(arn, input.TagKeys ?? []);
      for (const member of resource.members) {
        const known = new Set(store.list(member).map(({ Key }) => Key));
        store.remove(
          member,
          (input.TagKeys ?? []).filter((key) => known.has(key)),
        );
      }
      resource.changed();
      return { TagList: store.list(arn) };
    },
  };
}
