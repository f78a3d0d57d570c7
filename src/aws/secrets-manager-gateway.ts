/** Secrets Manager as a store of secrets. */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import type {
  SecretsManagerClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../clock.ts';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { valueOn } from './expected.ts';
import { isFailure } from './failures.ts';
import { untilVisible } from './new-things.ts';
import type { Secrets } from './secrets.ts';
import { fromTagList, toTagList } from './tag-list.ts';

export { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The shortest that AWS takes: long enough for a mistake to be noticed. */
const RECOVERY_DAYS = 7;

type SendSecretsManager = Send<ServiceInputTypes, ServiceOutputTypes, SecretsManagerClientResolvedConfig>;

export function secretsManagerGateway(send: SendSecretsManager, clock: Clock): Secrets {
  const describe: Secrets['describe'] = async (SecretId) => {
    try {
      const secret = await send(
        `Reading what the secret ${SecretId} is`,
        new DescribeSecretCommand({ SecretId }),
      );
      return {
        arn: secret.ARN ?? '',
        tags: fromTagList(secret.Tags),
        deleted: secret.DeletedDate !== undefined,
        ...(secret.KmsKeyId === undefined ? {} : { kmsKeyId: secret.KmsKeyId }),
      };
    } catch (error) {
      if (isFailure(error, 'secret not found')) return undefined;
      throw error;
    }
  };

  return {
    describe,
    find: describe,

    async readValue(SecretId) {
      try {
        const command = new GetSecretValueCommand({ SecretId });
        const { SecretString, CreatedDate } = await send(`Reading the secret ${SecretId}`, command);
        if (SecretString === undefined) return undefined;
        return { value: SecretString, changedAt: CreatedDate?.getTime() ?? 0 };
      } catch (error) {
        if (isFailure(error, 'secret not found', 'secret deleted')) return undefined;
        throw error;
      }
    },

    readValueBefore: (SecretId) =>
      valueOn(undefined, ['secret not found', 'secret deleted'], async () => {
        const command = new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' });
        return (await send(`Reading the secret ${SecretId}`, command)).SecretString;
      }),

    async create(Name, SecretString, tags) {
      const command = new CreateSecretCommand({ Name, SecretString, Tags: toTagList(tags) });
      try {
        await send(`Creating the secret ${Name}`, command);
        return 'created';
      } catch (error) {
        if (isFailure(error, 'secret exists', 'secret deleted')) return 'exists';
        throw error;
      }
    },

    async put(SecretId, SecretString) {
      const write = () =>
        send(`Writing the secret ${SecretId}`, new PutSecretValueCommand({ SecretId, SecretString }));
      await untilVisible(write, clock, 'secret not found', 'secret deleted');
    },

    async restore(SecretId) {
      await send(`Restoring the secret ${SecretId}`, new RestoreSecretCommand({ SecretId }));
    },

    async delete(SecretId) {
      const command = new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: RECOVERY_DAYS });
      try {
        await send(`Deleting the secret ${SecretId}`, command);
      } catch (error) {
        if (!isFailure(error, 'secret not found', 'secret deleted')) throw error;
      }
    },

    async list(beginning) {
      const found = await pages(async (NextToken) => {
        const command = new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: [beginning] }],
          NextToken,
        });
        const page = await send(`Listing the secrets ${beginning}*`, command);
        return { items: page.SecretList ?? [], next: page.NextToken };
      });
      // AWS's filter knows no difference between capital and small letters.
      return found.flatMap(({ Name = '' }) => (Name.startsWith(beginning) ? [Name] : []));
    },
  };
}
