/** The calls of Parameter Store, on which stand the gateways for configuration, for secrets and for leases. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type {
  Parameter,
  ParameterMetadata,
  PutParameterRequest,
  ServiceInputTypes,
  ServiceOutputTypes,
  SSMClientResolvedConfig,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../clock.ts';
import type { Tags } from '../domain/ownership.ts';
import type { Send } from './api.ts';
import { pages } from './batches.ts';
import { valueOn } from './expected.ts';
import { untilVisible } from './new-things.ts';
import { fromTagList, toTagList } from './tag-list.ts';

export interface ParameterStore {
  /** `version`: the latest when absent. Undecrypted takes no right to any key. */
  read(
    name: string,
    how: { readonly version?: number | undefined; readonly decrypted?: true },
  ): Promise<Parameter | undefined>;
  /** What it is, without what it holds; by its name, or its ARN in this account and region. */
  describe(id: string): Promise<ParameterMetadata | undefined>;
  readTags(name: string): Promise<Tags>;
  create(name: string, value: string, type: ParameterType, tags: Tags): Promise<'created' | 'exists'>;
  /** Returns the version that this write made. */
  overwrite(name: string, value: string, type: ParameterType): Promise<number>;
  tag(name: string, tags: Tags): Promise<void>;
  /** Gone is success. */
  delete(name: string): Promise<void>;
  /** Names of those below, directly or at any depth. */
  list(path: string, depth: 'direct' | 'any'): Promise<string[]>;
}

type ParameterType = 'String' | 'SecureString';

export type SendSsm = Send<ServiceInputTypes, ServiceOutputTypes, SSMClientResolvedConfig>;

export function parameterStore(send: SendSsm): ParameterStore {
  const put = (input: PutParameterRequest) =>
    send(`Writing the parameter ${input.Name}`, new PutParameterCommand(input));

  return {
    read: (name, { version, decrypted = false }) =>
      valueOn(undefined, ['parameter not found'], async () => {
        const Name = version === undefined ? name : `${name}:${version}`;
        const command = new GetParameterCommand({ Name, WithDecryption: decrypted });
        return (await send(`Reading the parameter ${name}`, command)).Parameter;
      }),

    async describe(id) {
      const name = id.replace(/^arn:[^/]*\//, '/');
      // The ARN of a name without slashes is that of the name with one before it.
      const Values = [name, name.replace(/^\/(?=[^/]+$)/, '')];
      const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [...new Set(Values)] }];
      const [found] = await pages(async (NextToken) => {
        const command = new DescribeParametersCommand({ ParameterFilters, NextToken });
        const page = await send(`Reading what the parameter ${id} is`, command);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      return found;
    },

    async readTags(name) {
      const command = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name });
      const { TagList } = await send(`Reading the tags of the parameter ${name}`, command);
      return fromTagList(TagList);
    },

    // Systems Manager API reference, PutParameter.Tags: not together with Overwrite.
    create: (Name, Value, Type, tags) =>
      valueOn('exists', ['parameter exists'], async () => {
        await put({ Name, Value, Type, Tags: toTagList(tags) });
        return 'created';
      }),

    async overwrite(Name, Value, Type) {
      return (await put({ Name, Value, Type, Overwrite: true })).Version ?? 0;
    },

    async tag(name, tags) {
      const what = { ResourceType: 'Parameter', ResourceId: name } as const;
      const command = new AddTagsToResourceCommand({ ...what, Tags: toTagList(tags) });
      await send(`Tagging the parameter ${name}`, command);
    },

    async delete(Name) {
      await valueOn('gone', ['parameter not found'], () =>
        send(`Deleting the parameter ${Name}`, new DeleteParameterCommand({ Name })),
      );
    },

    async list(Path, depth) {
      const found = await pages(async (NextToken) => {
        const command = new GetParametersByPathCommand({ Path, Recursive: depth === 'any', NextToken });
        const page = await send(`Listing the parameters below ${Path}`, command);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      return found.flatMap(({ Name }) => Name ?? []);
    },
  };
}

/** AWS refuses several writes of one parameter in the same moment. */
export function patiently(store: ParameterStore, clock: Clock): ParameterStore {
  const write = <T>(call: () => Promise<T>): Promise<T> => untilVisible(call, clock, 'too many updates');
  return {
    ...store,
    create: (...parameter) => write(() => store.create(...parameter)),
    overwrite: (...parameter) => write(() => store.overwrite(...parameter)),
  };
}
