/** Capacity providers: the two of Fargate, those of Auto Scaling groups, and which one a strategy gives the next task to. */
import type {
  CapacityProviderStrategyItem,
  CreateCapacityProviderRequest,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  PutClusterCapacityProvidersRequest,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { nameOf } from './arns.ts';
import { describeCluster, findActiveCluster } from './clusters.ts';
import type { State, StoredCapacityProvider, StoredCluster } from './state.ts';
import { checkTags } from './tags.ts';

/** The two that exist without being made. */
const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

export const isFargateProvider = (name: string | undefined): boolean =>
  name !== undefined && FARGATE_PROVIDERS.includes(name);

export function capacityProviderOperations(state: State, arns: Arns): Operations {
  const find = (name: string): StoredCapacityProvider | undefined =>
    isFargateProvider(name)
      ? { capacityProviderArn: arns.capacityProvider(name), name, status: 'ACTIVE' }
      : state.capacityProviders.get(name);

  const checkKnown = (names: readonly (string | undefined)[]): void => {
    for (const name of names) {
      if (name !== undefined && find(nameOf(name))) continue;
      throw invalid(
        'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
      );
    }
  };

  return {
    CreateCapacityProvider: (input: CreateCapacityProviderRequest) => {
      const { name = '', autoScalingGroupProvider, tags } = input;
      if (/^(aws|ecs|fargate)/i.test(name)) {
        throw invalid('The specified capacity provider name is invalid.');
      }
      if (!autoScalingGroupProvider) throw invalid('An Auto Scaling group provider must be specified.');
      if (find(name)) throw invalid('A capacity provider with the specified name already exists.');
      checkTags(tags);
      const capacityProvider: StoredCapacityProvider = {
        capacityProviderArn: arns.capacityProvider(name),
        name,
        status: 'ACTIVE',
        autoScalingGroupProvider: {
          managedScaling: { status: 'DISABLED' },
          managedTerminationProtection: 'DISABLED',
          ...autoScalingGroupProvider,
        },
      };
      state.capacityProviders.set(name, capacityProvider);
      state.tags.set(capacityProvider.capacityProviderArn, tags ?? []);
      return { capacityProvider: { ...capacityProvider, tags: tags ?? [] } };
    },

    DescribeCapacityProviders: (
      input: DescribeCapacityProvidersRequest,
    ): DescribeCapacityProvidersResponse => {
      const all = [...FARGATE_PROVIDERS, ...state.capacityProviders.keys()];
      const names = input.capacityProviders?.map(nameOf) ?? all;
      return {
        capacityProviders: names.flatMap((name) => {
          const provider = find(name);
          if (!provider) return [];
          const tags = state.tags.get(provider.capacityProviderArn) ?? [];
          return [{ ...provider, ...(input.include?.includes('TAGS') ? { tags } : {}) }];
        }),
        failures: names
          .filter((name) => !find(name))
          .map((name) => ({ arn: arns.capacityProvider(name), reason: 'MISSING' })),
      };
    },

    PutClusterCapacityProviders: (input: PutClusterCapacityProvidersRequest) => {
      const cluster = findActiveCluster(state, input.cluster);
      const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = input;
      checkKnown(capacityProviders);
      cluster.capacityProviders = capacityProviders.map(nameOf);
      checkStrategy(cluster, defaultCapacityProviderStrategy);
      cluster.defaultCapacityProviderStrategy = defaultCapacityProviderStrategy;
      return { cluster: describeCluster(state, cluster, ['TAGS']) };
    },
  };
}

/** A strategy names providers of the cluster, all of one kind, and at least one weight (API reference, CapacityProviderStrategyItem). */
export function checkStrategy(
  cluster: StoredCluster,
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
): void {
  if (!strategy?.length) return;
  const names = strategy.map(({ capacityProvider = '' }) => nameOf(capacityProvider));
  if (names.some((name) => !cluster.capacityProviders?.includes(name))) {
    throw invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (names.some(isFargateProvider) && !names.every(isFargateProvider)) {
    throw invalid(
      'The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.',
    );
  }
  if (strategy.filter(({ base }) => base).length > 1) {
    throw invalid('Only one capacity provider in a capacity provider strategy can have a base defined.');
  }
  // One provider alone needs no weight to be chosen.
  if (strategy.length > 1 && strategy.every(({ weight }) => !weight)) {
    throw invalid(
      'The specified capacity provider strategy must have at least one capacity provider with a weight greater than zero.',
    );
  }
}

/** First the base is filled, then the one furthest behind its weight. `counts` are the tasks that each has now. */
export function nextProvider(
  strategy: readonly CapacityProviderStrategyItem[],
  counts: (name: string) => number,
): string | undefined {
  const named = strategy.map((item) => ({ ...item, name: nameOf(item.capacityProvider ?? '') }));
  const wanting = named.find(({ name, base = 0 }) => counts(name) < base);
  if (wanting) return wanting.name;
  const share = ({ name, base = 0, weight = 0 }: (typeof named)[number]): number =>
    (counts(name) - base) / weight;
  const [best = named[0]] = named
    .filter(({ weight }) => weight)
    .toSorted((one, other) => share(one) - share(other));
  return best?.name;
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
