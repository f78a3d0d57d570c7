/** Cache parameter groups: the defaults of each family, and the account's own. */
import type {
  CacheParameterGroup,
  CacheParameterGroupNameMessage,
  CreateCacheParameterGroupMessage,
  DeleteCacheParameterGroupMessage,
  DescribeCacheParameterGroupsMessage,
  DescribeCacheParametersMessage,
  DescribeEngineDefaultParametersMessage,
  ModifyCacheParameterGroupMessage,
  ResetCacheParameterGroupMessage,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { FAMILIES } from './engine-versions.ts';
import { page } from './paging.ts';
import {
  DEFAULT_VALUES,
  checkParameter,
  describeParameters,
  modifiable,
  unmodifiable,
} from './parameters.ts';
import { identifier, invalidCombination, invalidValue } from './rejection.ts';
import type { Tags } from './tags.ts';

/** The API reference allows twenty in one call. */
const MOST_CHANGES = 20;

interface Group {
  readonly name: string;
  readonly family: string;
  readonly description: string;
  /** What differs from the family's defaults. */
  readonly own: Map<string, string>;
}

export interface ParameterGroups {
  family(name: string): string;
  values(name: string): Readonly<Record<string, string>>;
  exists(name: string): boolean;
  readonly operations: Operations;
}

export interface ParameterGroupUse {
  isUsed(name: string): boolean;
  /** Brings a group's new values to the servers that use it. */
  changed(name: string): Promise<void>;
}

export function defaultParameterGroup(family: string, clusterEnabled = false): string {
  return `default.${family}${clusterEnabled ? '.cluster.on' : ''}`;
}

export function createParameterGroups(arn: Arn, tags: Tags, use: ParameterGroupUse): ParameterGroups {
  const groups = new Map<string, Group>();
  for (const family of FAMILIES) {
    for (const [name, description, own] of [
      [defaultParameterGroup(family), `Default parameter group for ${family}`, []],
      [
        defaultParameterGroup(family, true),
        `Customized default parameter group for ${family} with cluster mode on`,
        [['cluster-enabled', 'yes']],
      ],
    ] as const) {
      groups.set(name, { name, family, description, own: new Map(own) });
    }
  }

  const find = (name: string | undefined): Group => {
    const group = groups.get(name?.toLowerCase() ?? '');
    if (!group)
      throw new ServiceError(
        'CacheParameterGroupNotFoundFault',
        `CacheParameterGroup ${name ?? ''} not found.`,
      );
    return group;
  };
  const findOwn = (name: string | undefined): Group => {
    const group = find(name);
    if (group.name.startsWith('default.')) {
      throw new ServiceError(
        'InvalidCacheParameterGroupStateFault',
        `The default parameter group ${group.name} cannot be modified or deleted.`,
      );
    }
    return group;
  };
  const view = ({ name, family, description }: Group): CacheParameterGroup => ({
    CacheParameterGroupName: name,
    CacheParameterGroupFamily: family,
    Description: description,
    IsGlobal: false,
    ARN: arn('parametergroup', name),
  });

  /** A cache does not change its cluster mode behind its own back. */
  const requireChangeable = ({ name }: Group, parameter: string): void => {
    if (parameter === 'cluster-enabled' && use.isUsed(name)) throw unmodifiable(parameter);
  };

  const operations = {
    CreateCacheParameterGroup(input: CreateCacheParameterGroupMessage) {
      const name = identifier('CacheParameterGroupName', input.CacheParameterGroupName, 255);
      const family = knownFamily(input.CacheParameterGroupFamily);
      if (groups.has(name)) {
        throw new ServiceError(
          'CacheParameterGroupAlreadyExistsFault',
          `Cache Parameter Group ${name} already exists.`,
        );
      }
      const group: Group = { name, family, description: input.Description ?? '', own: new Map() };
      tags.put(arn('parametergroup', name), input.Tags);
      groups.set(name, group);
      return { CacheParameterGroup: view(group) };
    },
    DescribeCacheParameterGroups(input: DescribeCacheParameterGroupsMessage) {
      const all = input.CacheParameterGroupName
        ? [find(input.CacheParameterGroupName)]
        : [...groups.values()];
      const { items, Marker } = page(all, input);
      return { Marker, CacheParameterGroups: items.map(view) };
    },
    DescribeCacheParameters(input: DescribeCacheParametersMessage) {
      const parameters = describeParameters(find(input.CacheParameterGroupName).own);
      const { items, Marker } = page(
        parameters.filter(({ Source }) => !input.Source || input.Source === Source),
        input,
      );
      return { Marker, Parameters: items, CacheNodeTypeSpecificParameters: [] };
    },
    DescribeEngineDefaultParameters(input: DescribeEngineDefaultParametersMessage) {
      const CacheParameterGroupFamily = knownFamily(input.CacheParameterGroupFamily);
      const { items, Marker } = page(describeParameters(new Map()), input);
      return {
        EngineDefaults: {
          Marker,
          CacheParameterGroupFamily,
          Parameters: items,
          CacheNodeTypeSpecificParameters: [],
        },
      };
    },
    async ModifyCacheParameterGroup(
      input: ModifyCacheParameterGroupMessage,
    ): Promise<CacheParameterGroupNameMessage> {
      const group = findOwn(input.CacheParameterGroupName);
      const changes = input.ParameterNameValues ?? [];
      if (changes.length === 0) throw invalidCombination('No modifications were requested');
      if (changes.length > MOST_CHANGES) {
        throw invalidValue(`A maximum of ${MOST_CHANGES} parameters may be modified per request.`);
      }
      for (const { ParameterName = '', ParameterValue = '' } of changes) {
        checkParameter(ParameterName, ParameterValue);
        requireChangeable(group, ParameterName);
      }
      for (const { ParameterName = '', ParameterValue = '' } of changes)
        group.own.set(ParameterName, ParameterValue);
      await use.changed(group.name);
      return { CacheParameterGroupName: group.name };
    },
    async ResetCacheParameterGroup(
      input: ResetCacheParameterGroupMessage,
    ): Promise<CacheParameterGroupNameMessage> {
      const group = findOwn(input.CacheParameterGroupName);
      const named = (input.ParameterNameValues ?? []).map(({ ParameterName = '' }) => ParameterName);
      if (Boolean(input.ResetAllParameters) === named.length > 0) {
        throw invalidCombination(
          'Exactly one of ResetAllParameters and ParameterNameValues must be specified.',
        );
      }
      for (const name of named) modifiable(name);
      const reset = input.ResetAllParameters ? [...group.own.keys()] : named;
      for (const name of reset) requireChangeable(group, name);
      for (const name of reset) group.own.delete(name);
      await use.changed(group.name);
      return { CacheParameterGroupName: group.name };
    },
    DeleteCacheParameterGroup(input: DeleteCacheParameterGroupMessage) {
      const { name } = findOwn(input.CacheParameterGroupName);
      if (use.isUsed(name)) {
        throw new ServiceError(
          'InvalidCacheParameterGroupStateFault',
          `One or more cache clusters are still members of this parameter group ${name}, so the group cannot be deleted.`,
        );
      }
      groups.delete(name);
      tags.forget(arn('parametergroup', name));
      return {};
    },
  } satisfies Operations;

  return {
    operations,
    exists: (name) => groups.has(name),
    family: (name) => find(name).family,
    values: (name) => ({ ...DEFAULT_VALUES, ...Object.fromEntries(find(name).own) }),
  };
}

function knownFamily(family: string | undefined): string {
  if (family && FAMILIES.includes(family)) return family;
  throw invalidValue(`CacheParameterGroupFamily ${family ?? ''} is not a valid parameter group family.`);
}
