/** Parameter Store, as the place of an app's configuration, behind its interface. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig } from '@aws-sdk/client-ssm';
import type { Clock } from '../clock.ts';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { isFailure } from './failures.ts';
import { untilVisible } from './new-things.ts';
import type { Parameters } from './parameters.ts';
import { fromTagList, toTagList } from './tag-list.ts';

type SendSsm = Send<ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig>;

const typeOf = (secret: boolean): 'SecureString' | 'String' => (secret ? 'SecureString' : 'String');

export function parametersGateway(send: SendSsm, clock: Clock): Parameters {
  /** AWS refuses several writes of one parameter in the same moment. */
  const write = (command: () => PutParameterCommand, name: string) =>
    untilVisible(() => send(`Writing the parameter ${name}`, command()), clock, 'too many updates');

  return {
    async read(name, version) {
      const Name = version === undefined ? name : `${name}:${version}`;
      try {
        const command = new GetParameterCommand({ Name, WithDecryption: true });
        const { Parameter } = await send(`Reading the parameter ${name}`, command);
        return {
          value: Parameter?.Value ?? '',
          secret: Parameter?.Type === 'SecureString',
          version: Parameter?.Version ?? 0,
          changedAt: Parameter?.LastModifiedDate?.getTime() ?? 0,
        };
      } catch (error) {
        if (isFailure(error, 'parameter not found')) return undefined;
        throw error;
      }
    },

    async readTags(name) {
      const command = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name });
      const { TagList } = await send(`Reading the tags of the parameter ${name}`, command);
      return fromTagList(TagList);
    },

    async create(Name, Value, secret, tags) {
      const input = { Name, Value, Type: typeOf(secret), Tags: toTagList(tags) };
      try {
        await write(() => new PutParameterCommand(input), Name);
        return 'created';
      } catch (error) {
        if (isFailure(error, 'parameter exists')) return 'exists';
        throw error;
      }
    },

    async overwrite(Name, Value, secret) {
      const input = { Name, Value, Type: typeOf(secret), Overwrite: true };
      await write(() => new PutParameterCommand(input), Name);
    },

    async tag(name, tags) {
      const what = { ResourceType: 'Parameter', ResourceId: name } as const;
      const command = new AddTagsToResourceCommand({ ...what, Tags: toTagList(tags) });
      await send(`Tagging the parameter ${name}`, command);
    },

    async delete(Name) {
      try {
        await send(`Deleting the parameter ${Name}`, new DeleteParameterCommand({ Name }));
      } catch (error) {
        if (!isFailure(error, 'parameter not found')) throw error;
      }
    },

    async list(Path) {
      const found = await pages(async (NextToken) => {
        const page = await send(
          `Listing the parameters below ${Path}`,
          new GetParametersByPathCommand({ Path, NextToken }),
        );
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      return found.flatMap(({ Name }) => Name ?? []);
    },
  };
}
