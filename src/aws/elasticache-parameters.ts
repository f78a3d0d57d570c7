/** ElastiCache's parameter groups behind their part of the interface. */
import {
  CreateCacheParameterGroupCommand,
  DeleteCacheParameterGroupCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheParametersCommand,
  DescribeEngineDefaultParametersCommand,
  ModifyCacheParameterGroupCommand,
} from '@aws-sdk/client-elasticache';
import type {
  CacheParameterGroup as AwsCacheParameterGroup,
  ElastiCacheClientResolvedConfig,
  Parameter,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-elasticache';
import type { Send } from './api.ts';
import { chunks, pages } from './batches.ts';
import { tagsAtCreation } from './elasticache-shapes.ts';
import type { CacheParameter, CacheParameterGroup, ElastiCache } from './elasticache.ts';
import { outcomeOn, valueOn } from './expected.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

/** ElastiCache API reference, ModifyCacheParameterGroup: "A maximum of 20 parameters may be modified per request." */
const MOST_PARAMETERS = 20;

type ParameterCalls = Pick<
  ElastiCache,
  | 'readCacheParameterGroup'
  | 'listCacheParameterGroups'
  | 'createCacheParameterGroup'
  | 'describeCacheParameters'
  | 'describeEngineDefaultParameters'
  | 'modifyCacheParameterGroup'
  | 'deleteCacheParameterGroup'
>;

export function parameterCalls(send: SendElastiCache): ParameterCalls {
  const describeGroups = async (CacheParameterGroupName?: string): Promise<CacheParameterGroup[]> => {
    const doing =
      CacheParameterGroupName === undefined
        ? 'Listing the cache parameter groups'
        : `Reading the cache parameter group ${CacheParameterGroupName}`;
    const groups = await pages(async (Marker) => {
      const command = new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName, Marker });
      const page = await send(doing, command);
      return { items: page.CacheParameterGroups ?? [], next: page.Marker };
    });
    return groups.map(toCacheParameterGroup);
  };

  return {
    readCacheParameterGroup: (name) =>
      valueOn(undefined, ['parameter group not found'], async () => {
        return (await describeGroups(name.toLowerCase()))[0];
      }),

    listCacheParameterGroups: () => describeGroups(),

    createCacheParameterGroup: ({ name, family, description, tags }) =>
      outcomeOn({ exists: ['parameter group exists'], 'tags refused': ['tags refused'] }, async () => {
        const command = new CreateCacheParameterGroupCommand({
          CacheParameterGroupName: name.toLowerCase(),
          CacheParameterGroupFamily: family,
          Description: description,
          Tags: tagsAtCreation(tags),
        });
        await send(`Creating the cache parameter group ${name}`, command);
        return 'created';
      }),

    async describeCacheParameters(name, Source) {
      const parameters = await pages(async (Marker) => {
        const input = { CacheParameterGroupName: name.toLowerCase(), Source, Marker };
        const page = await send(
          `Reading the parameters of ${name}`,
          new DescribeCacheParametersCommand(input),
        );
        return { items: page.Parameters ?? [], next: page.Marker };
      });
      return parameters.map(toCacheParameter);
    },

    describeEngineDefaultParameters: (family) =>
      valueOn(undefined, ['operation unknown'], async () => {
        const parameters = await pages(async (Marker) => {
          const command = new DescribeEngineDefaultParametersCommand({
            CacheParameterGroupFamily: family,
            Marker,
          });
          const { EngineDefaults } = await send(`Reading the parameters of ${family}`, command);
          return { items: EngineDefaults?.Parameters ?? [], next: EngineDefaults?.Marker };
        });
        return parameters.map(toCacheParameter);
      }),

    modifyCacheParameterGroup: (name, parameters) =>
      valueOn('busy', ['parameter group busy'], async () => {
        for (const some of chunks(Object.entries(parameters), MOST_PARAMETERS)) {
          const command = new ModifyCacheParameterGroupCommand({
            CacheParameterGroupName: name.toLowerCase(),
            ParameterNameValues: some.map(([ParameterName, ParameterValue]) => ({
              ParameterName,
              ParameterValue,
            })),
          });
          await send(`Changing the cache parameter group ${name}`, command);
        }
        return 'modified';
      }),

    deleteCacheParameterGroup: (name) =>
      outcomeOn({ gone: ['parameter group not found'], busy: ['parameter group busy'] }, async () => {
        const command = new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: name.toLowerCase() });
        await send(`Deleting the cache parameter group ${name}`, command);
        return 'deleted';
      }),
  };
}

function toCacheParameterGroup(group: AwsCacheParameterGroup): CacheParameterGroup {
  return {
    cacheParameterGroupName: group.CacheParameterGroupName ?? '',
    arn: group.ARN ?? '',
    family: group.CacheParameterGroupFamily ?? '',
    description: group.Description ?? '',
  };
}

function toCacheParameter(parameter: Parameter): CacheParameter {
  return {
    name: parameter.ParameterName ?? '',
    value: parameter.ParameterValue,
    allowedValues: parameter.AllowedValues,
    modifiable: parameter.IsModifiable === true,
    needsReboot: parameter.ChangeType === 'requires-reboot',
  };
}
