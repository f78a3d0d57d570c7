/** Making, describing, listing and tagging secrets. */
import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  Filter,
  ListSecretsRequest,
  ListSecretsResponse,
  SecretListEntry,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import { invalidParameter, invalidRequest } from './rejection.ts';
import type { SecretStore, StoredSecret } from './secret-store.ts';
import { addVersion, checkContent, isSameContent } from './versions.ts';

const PAGE = 100;
const MOST_TAGS = 50;

export function secretOperations(store: SecretStore, clock: Clock): Operations {
  return {
    CreateSecret: (input: CreateSecretRequest): CreateSecretResponse => {
      const { Name: name = '', ClientRequestToken: token = '' } = input;
      if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
        throw invalidParameter(
          'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
        );
      }
      checkContent(input);
      const existing = store.find(name);
      if (existing) return createdBefore(existing, token, input);

      const now = new Date(clock.now());
      const secret: StoredSecret = {
        name,
        arn: store.newArn(name),
        createdDate: now,
        description: input.Description,
        kmsKeyId: input.KmsKeyId,
        tags: new Map(),
        versions: new Map(),
        lastChangedDate: now,
      };
      putTags(secret, input.Tags);
      store.add(secret);
      if (input.SecretString === undefined && input.SecretBinary === undefined) {
        return { ARN: secret.arn, Name: name };
      }
      addVersion(secret, token, input, now);
      return { ARN: secret.arn, Name: name, VersionId: token };
    },

    DescribeSecret: ({ SecretId }: DescribeSecretRequest): DescribeSecretResponse => {
      const secret = store.get(SecretId);
      return { ...describe(secret), VersionIdsToStages: stagesByVersion(secret) };
    },

    ListSecrets: (input: ListSecretsRequest): ListSecretsResponse => {
      const { MaxResults = PAGE, NextToken, IncludePlannedDeletion = false, Filters = [] } = input;
      const from = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString());
      if (Number.isNaN(from)) throw new ServiceError('InvalidNextTokenException', 'Invalid NextToken.');
      const found = store
        .all()
        .filter(({ deletion }) => IncludePlannedDeletion || !deletion)
        .filter((secret) => Filters.every((filter) => isSelected(secret, filter)))
        .sort((a, b) => b.createdDate.getTime() - a.createdDate.getTime());
      if (input.SortOrder === 'asc') found.reverse();
      const to = from + MaxResults;
      return {
        SecretList: found
          .slice(from, to)
          .map((secret) => ({ ...describe(secret), SecretVersionsToStages: stagesByVersion(secret) })),
        ...(to < found.length ? { NextToken: Buffer.from(String(to)).toString('base64') } : {}),
      };
    },

    TagResource: ({ SecretId, Tags }: TagResourceRequest) => {
      putTags(store.getAlive(SecretId), Tags);
      return {};
    },

    UntagResource: ({ SecretId, TagKeys = [] }: UntagResourceRequest) => {
      const { tags } = store.getAlive(SecretId);
      for (const key of TagKeys) tags.delete(key);
      return {};
    },
  };
}

/** The same request again, recognised by its token, is answered as the first one was. */
function createdBefore(
  secret: StoredSecret,
  token: string,
  input: CreateSecretRequest,
): CreateSecretResponse {
  if (secret.deletion) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version = secret.versions.get(token);
  if (version && isSameContent(version, input)) {
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  }
  throw new ServiceError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

function putTags({ tags }: StoredSecret, added: readonly Tag[] = []): void {
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key)) {
      throw invalidParameter(`Invalid tag: ${Key}`);
    }
  }
  if (new Set([...tags.keys(), ...added.map(({ Key }) => Key)]).size > MOST_TAGS) {
    throw new ServiceError('LimitExceededException', `A secret can have at most ${MOST_TAGS} tags.`);
  }
  for (const { Key = '', Value = '' } of added) tags.set(Key, Value);
}

/** Values are beginnings, or with '!' before them what must not be (ListSecrets, Filters). */
function isSelected(secret: StoredSecret, { Key, Values = [] }: Filter): boolean {
  const texts = textsOf(secret, Key);
  return Values.some((value) => {
    const begins = (beginning: string): boolean => texts.some((text) => text.startsWith(beginning));
    return value.startsWith('!') ? !begins(value.slice(1)) : begins(value);
  });
}

function textsOf(secret: StoredSecret, key: Filter['Key']): string[] {
  const { name, description = '', tags } = secret;
  switch (key) {
    case 'name':
      return [name];
    case 'description':
      return [description];
    case 'tag-key':
      return [...tags.keys()];
    case 'tag-value':
      return [...tags.values()];
    case 'all':
      return [name, description, ...tags.keys(), ...tags.values()];
    default:
      // primary-region and owning-service: nothing here is replicated or another service's.
      return [];
  }
}

function describe(secret: StoredSecret): SecretListEntry {
  const { description, kmsKeyId, deletion } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(description === undefined ? {} : { Description: description }),
    ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
    LastChangedDate: secret.lastChangedDate,
    ...(deletion ? { DeletedDate: deletion.deletedDate } : {}),
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
    CreatedDate: secret.createdDate,
  };
}

/** Versions without a label are deprecated, and not shown. */
function stagesByVersion({ versions }: StoredSecret): Record<string, string[]> {
  return Object.fromEntries(
    [...versions.values()]
      .filter(({ stages }) => stages.size > 0)
      .map(({ versionId, stages }) => [versionId, [...stages]]),
  );
}
