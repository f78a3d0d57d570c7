/** CreateService, UpdateService, DeleteService, DescribeServices, ListServices. */
import { isDeepStrictEqual } from 'node:util';
import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  Failure,
  ListServicesRequest,
  Service,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { nameOf } from './arns.ts';
import { findActiveCluster, findCluster } from './clusters.ts';
import type { Deployments } from './deployments.ts';
import { checkLaunch, defaultStrategy } from './launch.ts';
import type { EcsOptions } from './options.ts';
import { page } from './paging.ts';
import { describeService } from './service-description.ts';
import {
  checkController,
  checkDeploymentConfiguration,
  checkDesiredCount,
  checkLoadBalancers,
  checkNameIsFree,
  checkNewController,
  checkServiceName,
  invalid,
} from './service-rules.ts';
import type { ServiceScheduler } from './service-scheduler.ts';
import type { Revision, ServiceRecord, State, StoredCluster } from './state.ts';
import { checkTags } from './tags.ts';
import { findActiveRevision, findRevision } from './task-definitions.ts';
import { without } from './without.ts';

/** ListServices answers ten at a time unless asked otherwise; nearly all other lists a hundred. */
const LIST_SERVICES_PAGE = 10;
const MOST_DESCRIBED = 10;

/** A change to one of these starts a deployment (ECS API reference, UpdateService). */
const DEPLOYED_MEMBERS = [
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
  'capacityProviderStrategy',
  'platformVersion',
  'enableExecuteCommand',
] as const;
const OTHER_MEMBERS = [
  'healthCheckGracePeriodSeconds',
  'placementConstraints',
  'placementStrategy',
  'enableECSManagedTags',
  'propagateTags',
  'availabilityZoneRebalancing',
] as const;

export function findService(state: State, arns: Arns, clusterName: string, service: string | undefined) {
  return state.services.get(arns.service(clusterName, nameOf(service ?? '')));
}

export function serviceOperations(
  state: State,
  arns: Arns,
  deployments: Deployments,
  scheduler: ServiceScheduler,
  options: EcsOptions,
): Operations {
  const describe = (record: ServiceRecord, include?: readonly string[]): Service =>
    describeService(record, state, arns, include);

  function newService(
    input: CreateServiceRequest,
    cluster: ReturnType<typeof findActiveCluster>,
  ): ServiceRecord {
    const capacityProviderStrategy = input.capacityProviderStrategy ?? defaultStrategy(cluster, input);
    const controller = input.deploymentController?.type ?? 'ECS';
    return {
      service: {
        placementConstraints: [],
        placementStrategy: [],
        serviceRegistries: [],
        schedulingStrategy: 'REPLICA',
        enableECSManagedTags: false,
        enableExecuteCommand: false,
        propagateTags: 'NONE',
        availabilityZoneRebalancing: 'ENABLED',
        ...without(input, ['cluster', 'clientToken', 'role', 'tags']),
        serviceArn: arns.service(cluster.clusterName, input.serviceName ?? ''),
        serviceName: input.serviceName ?? '',
        clusterArn: cluster.clusterArn,
        status: 'ACTIVE',
        desiredCount: input.desiredCount ?? 0,
        loadBalancers: input.loadBalancers ?? [],
        deploymentConfiguration: {
          ...(controller === 'ECS'
            ? {
                deploymentCircuitBreaker: { enable: false, rollback: false },
                strategy: 'ROLLING' as const,
                bakeTimeInMinutes: 0,
              }
            : {}),
          maximumPercent: 200,
          minimumHealthyPercent: 100,
          ...input.deploymentConfiguration,
        },
        ...(capacityProviderStrategy?.length
          ? { capacityProviderStrategy }
          : { launchType: input.launchType ?? 'EC2' }),
        ...(input.loadBalancers?.length
          ? { healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0 }
          : {}),
        createdAt: new Date(options.clock.now()),
        createdBy: arns.root,
        events: [],
      },
      clusterName: cluster.clusterName,
      deployments: [],
      serviceDeployments: [],
      revisions: [],
      steady: false,
    };
  }

  function checkPlaces(service: Service, cluster: StoredCluster, definition: Revision): void {
    const { launchType, capacityProviderStrategy, networkConfiguration } = service;
    const launch = { launchType, capacityProviderStrategy, networkConfiguration };
    checkLaunch(launch, cluster, definition, options.vpc);
    checkLoadBalancers(service, definition, options.targets);
  }

  function findActiveService(cluster: string | undefined, name: string | undefined): ServiceRecord {
    const { clusterName } = findActiveCluster(state, cluster);
    const record = findService(state, arns, clusterName, name);
    if (!record) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
    if (record.service.status !== 'ACTIVE') {
      throw new ServiceError('ServiceNotActiveException', 'Service was not ACTIVE.');
    }
    return record;
  }

  return {
    CreateService: (input: CreateServiceRequest): CreateServiceResponse => {
      const cluster = findActiveCluster(state, input.cluster);
      checkServiceName(input.serviceName);
      checkNameIsFree(findService(state, arns, cluster.clusterName, input.serviceName));
      checkTags(input.tags);
      checkDesiredCount(input.desiredCount);
      checkDeploymentConfiguration(input.deploymentConfiguration);
      checkNewController(input);
      const definition =
        input.taskDefinition === undefined ? undefined : findActiveRevision(state, input.taskDefinition);
      const record = newService(input, cluster);
      if (definition) checkPlaces(record.service, cluster, definition);

      state.services.set(record.service.serviceArn, record);
      state.tags.set(record.service.serviceArn, input.tags ?? []);
      if (definition) deployments.begin(record, definition);
      scheduler.wake(record);
      return { service: describe(record, ['TAGS']) };
    },

    UpdateService: (input: UpdateServiceRequest): UpdateServiceResponse => {
      const record = findActiveService(input.cluster, input.service);
      const { service } = record;
      checkController(input, service.deploymentController?.type ?? 'ECS');
      checkDesiredCount(input.desiredCount);
      const definition =
        input.taskDefinition === undefined
          ? findRevision(state, service.taskDefinition)
          : findActiveRevision(state, input.taskDefinition);
      const deploymentConfiguration = {
        ...service.deploymentConfiguration,
        ...input.deploymentConfiguration,
      };
      checkDeploymentConfiguration(deploymentConfiguration);
      const deployed = present(input, DEPLOYED_MEMBERS);
      if (definition) {
        const cluster = findActiveCluster(state, input.cluster);
        const wanted = { ...service, ...deployed, deploymentConfiguration };
        checkPlaces(withoutOldLaunchType(wanted, deployed), cluster, definition);
      }

      const changed =
        definition?.taskDefinitionArn !== service.taskDefinition ||
        !isDeepStrictEqual({ ...service, ...deployed }, service);
      Object.assign(service, deployed, present(input, OTHER_MEMBERS), present(input, ['desiredCount']));
      // A strategy and a launch type exclude each other; the newer one holds.
      if (deployed.capacityProviderStrategy) delete service.launchType;
      service.deploymentConfiguration = deploymentConfiguration;
      if (definition && (changed || input.forceNewDeployment)) deployments.begin(record, definition);
      record.steady = false;
      scheduler.wake(record);
      return { service: describe(record, ['TAGS']) };
    },

    DeleteService: (input: DeleteServiceRequest): DeleteServiceResponse => {
      const record = findActiveService(input.cluster, input.service);
      const { service } = record;
      if (service.desiredCount > 0 && !input.force) {
        throw invalid('The service cannot be stopped while it is scaled above 0.');
      }
      service.status = record.deployments.length > 0 ? 'DRAINING' : 'INACTIVE';
      service.desiredCount = 0;
      scheduler.wake(record);
      return { service: describe(record, ['TAGS']) };
    },

    DescribeServices: (input: DescribeServicesRequest): DescribeServicesResponse => {
      const { clusterName } = findCluster(state, input.cluster);
      const names = input.services ?? [];
      if (names.length === 0) throw invalid('Services cannot be empty.');
      if (names.length > MOST_DESCRIBED) throw invalid(`Services can have at most ${MOST_DESCRIBED} items.`);
      const services: Service[] = [];
      const failures: Failure[] = [];
      for (const name of names) {
        const record = findService(state, arns, clusterName, name);
        if (record) services.push(describe(record, input.include));
        else failures.push({ arn: arns.service(clusterName, nameOf(name)), reason: 'MISSING' });
      }
      return { services, failures };
    },

    ListServices: (input: ListServicesRequest) => {
      const { clusterArn } = findCluster(state, input.cluster);
      const found = [...state.services.values()]
        .filter(({ service }) => service.clusterArn === clusterArn && service.status !== 'INACTIVE')
        .filter(({ service }) => input.launchType === undefined || service.launchType === input.launchType)
        .filter(
          ({ service }) =>
            input.schedulingStrategy === undefined || service.schedulingStrategy === input.schedulingStrategy,
        )
        .map(({ service }) => service.serviceArn);
      const { items, next } = page(found, input, LIST_SERVICES_PAGE);
      return { serviceArns: items, ...next };
    },
  };
}

/** A strategy and a launch type exclude each other; the newer one holds. */
function withoutOldLaunchType(service: Service, deployed: Partial<Service>): Service {
  return deployed.capacityProviderStrategy ? without(service, ['launchType']) : service;
}

/** The members that a request gives, as an object to merge. */
function present<T extends object, K extends keyof T>(input: T, members: readonly K[]): Partial<Pick<T, K>> {
  const given: Partial<Pick<T, K>> = {};
  for (const member of members) if (input[member] !== undefined) given[member] = input[member];
  return given;
}
