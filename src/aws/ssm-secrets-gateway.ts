/** Parameter Store as a store of secrets: SecureStrings. What is deleted there is gone at once. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type {
  Parameter,
  ServiceInputTypes,
  ServiceOutputTypes,
  SSMClientResolvedConfig,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../clock.ts';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { isFailure } from './failures.ts';
import { untilVisible } from './new-things.ts';
import type { Secrets } from './secrets.ts';
import { fromTagList, toTagList } from './tag-list.ts';

type SendSsm = Send<ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig>;

export function ssmSecretsGateway(send: SendSsm, clock: Clock): Secrets {
  const read = async (Name: string, WithDecryption: boolean): Promise<Parameter | undefined> => {
    const command = new GetParameterCommand({ Name, WithDecryption });
    try {
      return (await send(`Reading the parameter ${Name}`, command)).Parameter;
    } catch (error) {
      if (isFailure(error, 'parameter not found')) return undefined;
      throw error;
    }
  };

  /** AWS refuses several writes of one parameter in the same moment. */
  const write = (command: () => PutParameterCommand, name: string) =>
    untilVisible(() => send(`Writing the parameter ${name}`, command()), clock, 'too many updates');

  return {
    async describe(name) {
      // Undecrypted, which takes no right to any key.
      const found = await read(name, false);
      if (!found) return undefined;
      const tags = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name });
      const { TagList } = await send(`Reading the tags of the parameter ${name}`, tags);
      return { arn: found.ARN ?? '', tags: fromTagList(TagList), deleted: false };
    },

    async readValue(name) {
      const { Value, LastModifiedDate } = (await read(name, true)) ?? {};
      return Value === undefined ? undefined : { value: Value, changedAt: LastModifiedDate?.getTime() ?? 0 };
    },

    async create(Name, Value, tags) {
      const input = { Name, Value, Type: 'SecureString', Tags: toTagList(tags) } as const;
      try {
        await write(() => new PutParameterCommand(input), Name);
        return 'created';
      } catch (error) {
        if (isFailure(error, 'parameter exists')) return 'exists';
        throw error;
      }
    },

    async put(Name, Value) {
      // AWS takes no tags together with Overwrite; it has them from its creation.
      const input = { Name, Value, Type: 'SecureString', Overwrite: true } as const;
      await write(() => new PutParameterCommand(input), Name);
    },

    restore: () => Promise.resolve(),

    async delete(Name) {
      try {
        await send(`Deleting the parameter ${Name}`, new DeleteParameterCommand({ Name }));
      } catch (error) {
        if (!isFailure(error, 'parameter not found')) throw error;
      }
    },

    async list(beginning) {
      const Path = beginning.replace(/\/$/, '');
      const found = await pages(async (NextToken) => {
        const command = new GetParametersByPathCommand({ Path, Recursive: true, NextToken });
        const page = await send(`Listing the parameters ${beginning}*`, command);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      return found.flatMap(({ Name }) => Name ?? []);
    },
  };
}
