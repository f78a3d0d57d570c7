/** ECS behind its interface. It answers 200 with `failures` where other services raise an error. */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type {
  ECSClientResolvedConfig,
  LaunchType,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-ecs';
import type { EcsService } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import { WizardError } from '../errors.ts';
import type { Send } from './api.ts';
import { chunks, inParallel, pages } from './batches.ts';
import { fromAwsvpc, fromTags, toCluster, toService, toTask, toTaskDefinition } from './ecs-shapes.ts';
import type { Ecs, RunTask } from './ecs.ts';
import { failureText, isFailure } from './failures.ts';
import { captureAnswer, replaceRequest } from './raw-json.ts';

const SERVICES_A_CALL = 10;
const TASKS_A_CALL = 100;
const CLUSTERS_A_CALL = 100;
/** "Request throttling for the Amazon ECS API": all reads of an account share one bucket, and others read too. */
const SERVICE_CALLS_AT_A_TIME = 4;
const ITEMS_A_PAGE = 100;

type SendEcs = Send<ServiceInputTypes, ServiceOutputTypes, ECSClientResolvedConfig>;

export function ecsGateway(send: SendEcs): Ecs {
  const describeServices = async (cluster: string, services: readonly string[]): Promise<EcsService[]> => {
    const read = async (some: string[]): Promise<EcsService[]> => {
      const command = new DescribeServicesCommand({ cluster, services: some, include: ['TAGS'] });
      const answer = await send(`Reading services of the ECS cluster ${cluster}`, command);
      for (const failure of answer.failures ?? []) {
        if (failure.reason !== 'MISSING') throw refused(`Reading the service ${failure.arn ?? ''}`, failure);
      }
      return (answer.services ?? []).map(toService);
    };
    return (await inParallel(chunks(services, SERVICES_A_CALL), read, SERVICE_CALLS_AT_A_TIME)).flat();
  };

  const readServicesPage: Ecs['readServicesPage'] = async (cluster, nextToken) => {
    const command = new ListServicesCommand({ cluster, nextToken, maxResults: ITEMS_A_PAGE });
    const page = await send(`Listing the services of the ECS cluster ${cluster}`, command);
    return { services: (page.serviceArns ?? []).map(nameOf), next: page.nextToken };
  };

  const readInstanceIds: Ecs['readInstanceIds'] = async (cluster, containerInstanceArns) => {
    const found = await inParallel(
      chunks([...new Set(containerInstanceArns)], TASKS_A_CALL),
      async (containerInstances) => {
        const command = new DescribeContainerInstancesCommand({ cluster, containerInstances });
        return (
          (await send(`Reading the instances of the ECS cluster ${cluster}`, command)).containerInstances ??
          []
        );
      },
    );
    const ids = found.flat().flatMap(({ ec2InstanceId }) => ec2InstanceId ?? []);
    return [...new Set(ids)];
  };

  return {
    async listClusters() {
      const arns = await pages(async (nextToken) => {
        const page = await send(
          'Listing the ECS clusters',
          new ListClustersCommand({ nextToken, maxResults: ITEMS_A_PAGE }),
        );
        return { items: page.clusterArns ?? [], next: page.nextToken };
      });
      return arns.map(nameOf);
    },

    async describeClusters(names) {
      const found = await inParallel(chunks(names, CLUSTERS_A_CALL), async (clusters) => {
        const answer = await send('Reading the ECS clusters', new DescribeClustersCommand({ clusters }));
        return answer.clusters ?? [];
      });
      return found
        .flat()
        .filter(({ status }) => status !== 'INACTIVE')
        .map(toCluster);
    },

    listServices: (cluster) =>
      pages(async (token) => {
        const { services, next } = await readServicesPage(cluster, token);
        return { items: services, next };
      }),

    readServicesPage,

    async readService(ecsCluster, service) {
      try {
        const [found] = await describeServices(ecsCluster, [service]);
        return found === undefined || found.status === 'INACTIVE' ? 'no service' : found;
      } catch (error) {
        if (isFailure(error, 'ecs cluster not found')) return 'no cluster';
        throw error;
      }
    },

    describeServices,

    async readTaskDefinition(taskDefinition) {
      const command = new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] });
      const answer = captureAnswer(command);
      try {
        await send(`Reading the task definition ${nameOf(taskDefinition)}`, command);
        const found = answer();
        return found.taskDefinition === undefined ? undefined : toTaskDefinition(found);
      } catch (error) {
        const absent =
          isFailure(error, 'invalid ecs request') &&
          /unable to describe|not found|not exist/i.test(failureText(error));
        if (absent) return undefined;
        throw error;
      }
    },

    async listTaskDefinitions(family, limit) {
      const arns: string[] = [];
      let nextToken: string | undefined;
      do {
        const command = new ListTaskDefinitionsCommand({
          familyPrefix: family,
          status: 'ACTIVE',
          sort: 'DESC',
          maxResults: Math.min(limit - arns.length, ITEMS_A_PAGE),
          nextToken,
        });
        const page = await send(`Listing the revisions of ${family}`, command);
        // The "prefix" is a whole family on AWS; some implementations of its API take it at its word.
        arns.push(...(page.taskDefinitionArns ?? []).filter((arn) => nameOf(arn).startsWith(`${family}:`)));
        nextToken = page.nextToken;
      } while (nextToken !== undefined && arns.length < limit);
      return arns;
    },

    async listTaskDefinitionFamilies(familyPrefix) {
      return pages(async (nextToken) => {
        const command = new ListTaskDefinitionFamiliesCommand({ familyPrefix, status: 'ACTIVE', nextToken });
        const page = await send(`Listing the task definitions ${familyPrefix}…`, command);
        return { items: page.families ?? [], next: page.nextToken };
      });
    },

    async registerTaskDefinition(document) {
      const family = typeof document.family === 'string' ? document.family : '';
      const command = new RegisterTaskDefinitionCommand({ family, containerDefinitions: [] });
      replaceRequest(command, document);
      const answer = captureAnswer(command);
      await send(`Registering a revision of ${family}`, command);
      return toTaskDefinition(answer());
    },

    async deregisterTaskDefinition(taskDefinition) {
      const doing = `Deregistering ${nameOf(taskDefinition)}`;
      await send(doing, new DeregisterTaskDefinitionCommand({ taskDefinition }));
    },

    async updateService(cluster, service, taskDefinition) {
      const command = new UpdateServiceCommand({
        cluster,
        service,
        taskDefinition,
        forceNewDeployment: true,
      });
      const doing = `Updating the service ${service} to ${nameOf(taskDefinition)}`;
      const { service: updated } = await send(doing, command);
      if (updated === undefined)
        throw new WizardError('OperationFailed', `${doing}: the answer has no service`);
      return toService(updated);
    },

    async rollBackServiceDeployment(serviceDeploymentArn) {
      const command = new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' });
      try {
        await send(`Rolling back the deployment ${nameOf(serviceDeploymentArn)}`, command);
        return 'requested';
      } catch (error) {
        const over = ['service deployment over', 'operation unknown', 'invalid ecs request'] as const;
        if (isFailure(error, ...over)) return 'over';
        throw error;
      }
    },

    async listTasks(cluster, by) {
      // AWS wants `startedBy` to be the only filter; RUNNING is what it lists when no status is named.
      const desiredStatus = by.desiredStatus === 'STOPPED' ? by.desiredStatus : undefined;
      const filter = 'service' in by ? { serviceName: by.service } : { startedBy: by.startedBy };
      return pages(async (nextToken) => {
        const command = new ListTasksCommand({ cluster, ...filter, desiredStatus, nextToken });
        const page = await send(`Listing tasks of the ECS cluster ${cluster}`, command);
        return { items: page.taskArns ?? [], next: page.nextToken };
      });
    },

    async describeTasks(cluster, taskArns) {
      const found = await inParallel(chunks(taskArns, TASKS_A_CALL), async (tasks) => {
        const command = new DescribeTasksCommand({ cluster, tasks });
        return (await send(`Reading tasks of the ECS cluster ${cluster}`, command)).tasks ?? [];
      });
      return found.flat().map(toTask);
    },

    async runTask(task) {
      const doing = `Running a task of ${nameOf(task.taskDefinitionArn)}`;
      const { tasks = [], failures = [] } = await send(doing, new RunTaskCommand(fromRunTask(task)));
      const [started] = tasks;
      if (started !== undefined) return { task: toTask(started) };
      return {
        failures: failures.map(({ reason = 'AWS gave no reason', detail }) => ({
          reason,
          ...(detail !== undefined && { detail }),
        })),
      };
    },

    async stopTask(cluster, task, reason) {
      try {
        await send(`Stopping the task ${nameOf(task)}`, new StopTaskCommand({ cluster, task, reason }));
      } catch (error) {
        // A task is forgotten some time after it stopped.
        if (!isFailure(error, 'invalid ecs request') || !/not found/i.test(failureText(error))) throw error;
      }
    },

    readInstanceIds,

    async listInstanceIds(ecsClusters) {
      const ids = await inParallel(ecsClusters, async (cluster) => {
        const arns = await pages(async (nextToken) => {
          const command = new ListContainerInstancesCommand({ cluster, nextToken, maxResults: ITEMS_A_PAGE });
          const page = await send(`Listing the instances of the ECS cluster ${cluster}`, command);
          return { items: page.containerInstanceArns ?? [], next: page.nextToken };
        });
        return readInstanceIds(cluster, arns);
      });
      return ids.flat();
    },

    async deleteTaskDefinition(taskDefinition) {
      const doing = `Deleting ${nameOf(taskDefinition)}`;
      const command = new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] });
      const [failure] = (await send(doing, command)).failures ?? [];
      if (failure) throw refused(doing, failure);
    },
  };
}

function fromRunTask(task: RunTask): ConstructorParameters<typeof RunTaskCommand>[0] {
  // Either the one or the other; AWS refuses both.
  const strategy = task.capacityProviderStrategy ?? [];
  const placement =
    strategy.length > 0
      ? { capacityProviderStrategy: [...strategy] }
      : { launchType: task.launchType as LaunchType };
  return {
    cluster: task.ecsCluster,
    taskDefinition: task.taskDefinitionArn,
    count: 1,
    ...placement,
    platformVersion: task.platformVersion,
    networkConfiguration: task.awsvpc && { awsvpcConfiguration: fromAwsvpc(task.awsvpc) },
    startedBy: task.startedBy,
    clientToken: task.clientToken,
    tags: fromTags(task.tags),
  };
}

function refused(
  doing: string,
  failure: { reason?: string | undefined; detail?: string | undefined },
): WizardError {
  const reason = [failure.reason ?? 'AWS gave no reason', failure.detail].filter(Boolean).join(', ');
  return new WizardError('OperationFailed', `${doing}: ${reason}`);
}
