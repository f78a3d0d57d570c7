/** The tags that a resource has, asked of the service whose it is: aws:ResourceTag and the service's own spelling. */
import type { ContextValues } from '../../iam/policy/context.ts';
import type { Place } from './permission.ts';

type TagList = readonly {
  readonly Key?: string;
  readonly Value?: string;
  readonly key?: string;
  readonly value?: string;
}[];

type Lookup = (arn: string, place: Place) => Promise<TagList | undefined>;

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  cloudwatch: async (ResourceARN, place) =>
    (
      (await place.look('cloudwatch', 'ListTagsForResource', { ResourceARN })) as
        { Tags?: TagList } | undefined
    )?.Tags,
  ec2: async (arn, place) => {
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    const Filters = [{ Name: 'resource-id', Values: [id] }];
    return ((await place.look('ec2', 'DescribeTags', { Filters })) as { Tags?: TagList } | undefined)?.Tags;
  },
  ecs: async (resourceArn, place) =>
    ((await place.look('ecs', 'ListTagsForResource', { resourceArn })) as { tags?: TagList } | undefined)
      ?.tags,
  // Only while it is available: ElastiCache does not tell the tags of anything else.
  elasticache: async (ResourceName, place) =>
    (
      (await place.look('elasticache', 'ListTagsForResource', { ResourceName })) as
        { TagList?: TagList } | undefined
    )?.TagList,
  elasticloadbalancing: async (arn, place) =>
    (
      (await place.look('elasticloadbalancing', 'DescribeTags', { ResourceArns: [arn] })) as
        { TagDescriptions?: readonly { Tags?: TagList }[] } | undefined
    )?.TagDescriptions?.[0]?.Tags,
  iam: async (arn, place) => {
    const RoleName = arn.slice(arn.lastIndexOf('/') + 1);
    const answer = (await place.look('iam', 'GetRole', { RoleName })) as
      { Role?: { Tags?: TagList } } | undefined;
    return answer?.Role?.Tags;
  },
  logs: async (resourceArn, place) => {
    const group = resourceArn.replace(/:log-stream:.*$/, '');
    const answer = (await place.look('logs', 'ListTagsForResource', { resourceArn: group })) as
      { tags?: Readonly<Record<string, string>> } | undefined;
    return Object.entries(answer?.tags ?? {}).map(([key, value]) => ({ key, value }));
  },
  secretsmanager: async (SecretId, place) =>
    ((await place.look('secretsmanager', 'DescribeSecret', { SecretId })) as { Tags?: TagList } | undefined)
      ?.Tags,
  sns: async (ResourceArn, place) =>
    ((await place.look('sns', 'ListTagsForResource', { ResourceArn })) as { Tags?: TagList } | undefined)
      ?.Tags,
  ssm: async (arn, place) =>
    (
      (await place.look('ssm', 'ListTagsForResource', { ResourceType: 'Parameter', ResourceId: arn })) as
        { TagList?: TagList } | undefined
    )?.TagList,
};

/** Condition keys are the same in upper and lower case: 'ssm:resourceTag' is found too. */
export async function resourceTagContext(arn: string, place: Place): Promise<ContextValues> {
  // What is not made yet, or not named, has no tags.
  if (/[*?]/.test(arn)) return {};
  const service = arn.split(':')[2] ?? '';
  const tags = (await LOOKUPS[service]?.(arn, place)) ?? [];
  return Object.fromEntries(
    tags.flatMap(({ Key, key = Key ?? '', Value, value = Value ?? '' }) => [
      [`aws:ResourceTag/${key}`, value],
      [`${service}:ResourceTag/${key}`, value],
    ]),
  );
}
