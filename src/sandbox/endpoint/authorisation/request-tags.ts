/** The tags in a request, however its service spells them: Tags, tags (a list or a map), TagSpecifications, TagKeys. */
import type { ContextValues } from '../../iam/policy/context.ts';

interface Tagging {
  readonly Tags?: readonly Tag[];
  readonly tags?: readonly Tag[] | Readonly<Record<string, string>>;
  readonly TagSpecifications?: readonly TagSpecification[];
  readonly TagKeys?: readonly string[];
  readonly tagKeys?: readonly string[];
}

interface Tag {
  readonly Key?: string;
  readonly Value?: string;
  readonly key?: string;
  readonly value?: string;
}

export interface TagSpecification {
  readonly ResourceType?: string;
  readonly Tags?: readonly Tag[];
}

export function requestTags(input: unknown): ReadonlyMap<string, string> {
  const { Tags = [], tags = [], TagSpecifications = [] } = input as Tagging;
  const listed = isList(tags) ? tags : Object.entries(tags).map(([key, value]) => ({ key, value }));
  const all: readonly Tag[] = [...Tags, ...listed, ...TagSpecifications.flatMap((one) => one.Tags ?? [])];
  return new Map(all.map(({ Key, key = Key ?? '', Value, value = Value ?? '' }) => [key, value]));
}

/** aws:RequestTag/<key> for the tags that are given, aws:TagKeys also for those that are taken away. */
export function requestTagContext(input: unknown): ContextValues {
  const tags = requestTags(input);
  const { Tags, TagKeys, tagKeys = TagKeys ?? [] } = input as Tagging;
  // Who deletes EC2 tags names them in Tags too, with or without a value.
  const keys = [...new Set([...tags.keys(), ...tagKeys])];
  const given = [...tags].filter(
    ([key]) => Tags?.find(({ Key }) => Key === key)?.Value !== undefined || !Tags,
  );
  return {
    ...Object.fromEntries(given.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': keys,
  };
}

function isList(tags: readonly Tag[] | Readonly<Record<string, string>>): tags is readonly Tag[] {
  return Array.isArray(tags);
}
