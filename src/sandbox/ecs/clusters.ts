/** ECS clusters. */
import type {
  Cluster,
  CreateClusterRequest,
  DeleteClusterRequest,
  DescribeClustersRequest,
  DescribeClustersResponse,
  Failure,
  ListClustersRequest,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { nameOf } from './arns.ts';
import { page } from './paging.ts';
import type { State, StoredCluster } from './state.ts';
import { checkTags } from './tags.ts';

const CLUSTER_NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** The cluster that an operation names; absent means the one called default. */
export function findCluster(state: State, cluster = 'default'): StoredCluster {
  const found = state.clusters.get(nameOf(cluster));
  if (!found) throw new ServiceError('ClusterNotFoundException', 'Cluster not found.');
  return found;
}

export function findActiveCluster(state: State, cluster: string | undefined): StoredCluster {
  const found = findCluster(state, cluster);
  if (found.status !== 'ACTIVE') {
    throw new ServiceError('ClusterNotFoundException', 'The referenced cluster was inactive.');
  }
  return found;
}

export function clusterOperations(state: State, arns: Arns): Operations {
  return {
    CreateCluster: (input: CreateClusterRequest) => {
      const { clusterName = 'default', tags, ...settings } = input;
      if (!CLUSTER_NAME.test(clusterName)) {
        throw new ServiceError(
          'InvalidParameterException',
          'Identifiers must be alphanumeric, with - and _.',
        );
      }
      checkTags(tags);
      const present = state.clusters.get(clusterName);
      // Creating a cluster again gives the cluster that is there.
      if (present?.status === 'ACTIVE') return { cluster: describeCluster(state, present, ['TAGS']) };
      const cluster: StoredCluster = {
        settings: [{ name: 'containerInsights', value: 'disabled' }],
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
        ...settings,
        clusterArn: arns.cluster(clusterName),
        clusterName,
        status: 'ACTIVE',
      };
      state.clusters.set(clusterName, cluster);
      state.tags.set(cluster.clusterArn, tags ?? []);
      return { cluster: describeCluster(state, cluster, ['TAGS', 'SETTINGS']) };
    },

    DeleteCluster: (input: DeleteClusterRequest) => {
      const cluster = findCluster(state, input.cluster);
      const { activeServicesCount, registeredContainerInstancesCount, runningTasksCount, pendingTasksCount } =
        describeCluster(state, cluster, []);
      if (activeServicesCount) {
        throw new ServiceError(
          'ClusterContainsServicesException',
          'The Cluster cannot be deleted while Services are active.',
        );
      }
      if (registeredContainerInstancesCount) {
        throw new ServiceError(
          'ClusterContainsContainerInstancesException',
          'The Cluster cannot be deleted while Container Instances are active or draining.',
        );
      }
      if (runningTasksCount || pendingTasksCount) {
        throw new ServiceError(
          'ClusterContainsTasksException',
          'The Cluster cannot be deleted while Tasks are active.',
        );
      }
      cluster.status = 'INACTIVE';
      return { cluster: describeCluster(state, cluster, ['TAGS']) };
    },

    DescribeClusters: (input: DescribeClustersRequest): DescribeClustersResponse => {
      const clusters: Cluster[] = [];
      const failures: Failure[] = [];
      for (const name of input.clusters ?? ['default']) {
        const cluster = state.clusters.get(nameOf(name));
        if (cluster) clusters.push(describeCluster(state, cluster, input.include ?? []));
        else failures.push({ arn: arns.cluster(nameOf(name)), reason: 'MISSING' });
      }
      return { clusters, failures };
    },

    ListClusters: (input: ListClustersRequest) => {
      const active = [...state.clusters.values()].filter(({ status }) => status === 'ACTIVE');
      const { items, next } = page(active, input);
      return { clusterArns: items.map(({ clusterArn }) => clusterArn), ...next };
    },
  };
}

export function describeCluster(state: State, cluster: StoredCluster, include: readonly string[]): Cluster {
  const { settings, configuration, ...shown } = cluster;
  const tasks = [...state.tasks.values()].filter(({ task }) => task.clusterArn === cluster.clusterArn);
  const services = [...state.services.values()].filter(
    ({ service }) => service.clusterArn === cluster.clusterArn,
  );
  const instances = [...state.containerInstances.values()].filter(
    ({ clusterArn }) => clusterArn === cluster.clusterArn,
  );
  return {
    ...shown,
    registeredContainerInstancesCount: instances.length,
    runningTasksCount: tasks.filter(({ task }) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ task }) => isPending(task.lastStatus)).length,
    activeServicesCount: services.filter(({ service }) => service.status === 'ACTIVE').length,
    statistics: [],
    tags: include.includes('TAGS') ? (state.tags.get(cluster.clusterArn) ?? []) : [],
    settings: include.includes('SETTINGS') ? (settings ?? []) : [],
    ...(include.includes('CONFIGURATIONS') && configuration ? { configuration } : {}),
  };
}

export function isPending(lastStatus: string): boolean {
  return lastStatus === 'PROVISIONING' || lastStatus === 'PENDING' || lastStatus === 'ACTIVATING';
}
