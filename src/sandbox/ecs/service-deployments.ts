/** ListServiceDeployments, DescribeServiceDeployments, StopServiceDeployment, DescribeServiceRevisions. */
import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  Failure,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import type { Operations } from '../service.ts';
import { ServiceError } from '../service.ts';
import type { Arns } from './arns.ts';
import { findCluster } from './clusters.ts';
import { breakerOf, isUnderWay } from './deployments.ts';
import { page } from './paging.ts';
import { counts } from './service-description.ts';
import { invalid } from './service-rules.ts';
import type { ServiceScheduler } from './service-scheduler.ts';
import { findService } from './services.ts';
import type { ServiceRecord, State } from './state.ts';

const PAGE = 20;
const MOST_DESCRIBED = 20;

export function serviceDeploymentOperations(
  state: State,
  arns: Arns,
  scheduler: ServiceScheduler,
): Operations {
  /** A service deployment's ARN holds its cluster's and its service's name. */
  const ownerOf = (arn: string | undefined): ServiceRecord | undefined => {
    const [, clusterName = '', serviceName = ''] = (arn ?? '').split('/');
    return state.services.get(arns.service(clusterName, serviceName));
  };

  const find = (arn: string): { record: ServiceRecord; found: ServiceDeployment } | undefined => {
    const record = ownerOf(arn);
    const found = record?.serviceDeployments.find(({ serviceDeploymentArn }) => serviceDeploymentArn === arn);
    return record && found && { record, found };
  };

  function describe(record: ServiceRecord, found: ServiceDeployment): ServiceDeployment {
    const ofIt = record.deployments.find(({ serviceDeployment }) => serviceDeployment === found);
    const taskCounts = (revisionArn: string | undefined) => {
      const deployment = record.deployments.find(
        ({ revision }) => revision.serviceRevisionArn === revisionArn,
      );
      const { runningCount, pendingCount } = counts(deployment?.deployment.id ?? '', state);
      const percent = deployment?.traffic?.percent;
      return {
        ...(percent === undefined ? {} : { requestedProductionTrafficWeight: percent }),
        requestedTaskCount: deployment?.deployment.desiredCount ?? 0,
        runningTaskCount: runningCount,
        pendingTaskCount: pendingCount,
      };
    };
    return structuredClone({
      ...found,
      sourceServiceRevisions: found.sourceServiceRevisions?.map(({ arn }) => ({ arn, ...taskCounts(arn) })),
      targetServiceRevision: {
        ...found.targetServiceRevision,
        ...taskCounts(found.targetServiceRevision?.arn),
      },
      ...(ofIt ? { deploymentCircuitBreaker: breakerOf(record, ofIt) } : {}),
    });
  }

  return {
    ListServiceDeployments: (input: ListServiceDeploymentsRequest): ListServiceDeploymentsResponse => {
      const { clusterName } = findCluster(state, input.cluster);
      const record = findService(state, arns, clusterName, input.service);
      if (!record) throw new ServiceError('ServiceNotFoundException', 'Service not found.');
      const { after, before } = input.createdAt ?? {};
      const found = record.serviceDeployments
        .filter(({ status }) => !input.status?.length || (status && input.status.includes(status)))
        .filter(({ createdAt }) => !createdAt || !after || createdAt > after)
        .filter(({ createdAt }) => !createdAt || !before || createdAt < before);
      const { items, next } = page(found, input, PAGE);
      return {
        serviceDeployments: items.map((deployment) => ({
          serviceDeploymentArn: deployment.serviceDeploymentArn,
          serviceArn: deployment.serviceArn,
          clusterArn: deployment.clusterArn,
          createdAt: deployment.createdAt,
          startedAt: deployment.startedAt,
          finishedAt: deployment.finishedAt,
          targetServiceRevisionArn: deployment.targetServiceRevision?.arn,
          status: deployment.status,
          statusReason: deployment.statusReason,
        })),
        ...next,
      };
    },

    DescribeServiceDeployments: (
      input: DescribeServiceDeploymentsRequest,
    ): DescribeServiceDeploymentsResponse => {
      const given = input.serviceDeploymentArns ?? [];
      if (given.length === 0 || given.length > MOST_DESCRIBED) {
        throw invalid(`serviceDeploymentArns must have between 1 and ${MOST_DESCRIBED} items.`);
      }
      const serviceDeployments: ServiceDeployment[] = [];
      const failures: Failure[] = [];
      for (const arn of given) {
        const known = find(arn);
        if (known) serviceDeployments.push(describe(known.record, known.found));
        else failures.push({ arn, reason: 'MISSING' });
      }
      return { serviceDeployments, failures };
    },

    StopServiceDeployment: (input: StopServiceDeploymentRequest): StopServiceDeploymentResponse => {
      const known = find(input.serviceDeploymentArn ?? '');
      if (!known) {
        throw new ServiceError('ServiceDeploymentNotFoundException', 'The service deployment was not found.');
      }
      const { record, found } = known;
      if (!isUnderWay(found)) {
        throw new ServiceError('ConflictException', `The service deployment is in status ${found.status}.`);
      }
      const back = input.stopType !== 'ABORT';
      if (back && (!record.lastCompleted || found.lifecycleStage === 'CLEAN_UP'))
        throw invalid('There is no service revision to roll back to.');
      scheduler.giveUp(record, {
        event: 'Service deployment stopped by user.',
        reason: 'Service deployment stopped by user.',
        back,
        statusReason: 'Service deployment rolled back because of a StopServiceDeployment request.',
      });
      return { serviceDeploymentArn: found.serviceDeploymentArn };
    },

    DescribeServiceRevisions: (input: DescribeServiceRevisionsRequest): DescribeServiceRevisionsResponse => {
      const given = input.serviceRevisionArns ?? [];
      if (given.length === 0 || given.length > MOST_DESCRIBED) {
        throw invalid(`serviceRevisionArns must have between 1 and ${MOST_DESCRIBED} items.`);
      }
      const found = given.map((arn) => ({
        arn,
        revision: ownerOf(arn)?.revisions.find(({ serviceRevisionArn }) => serviceRevisionArn === arn),
      }));
      return {
        serviceRevisions: found.flatMap(({ revision }) => (revision ? [structuredClone(revision)] : [])),
        failures: found.filter(({ revision }) => !revision).map(({ arn }) => ({ arn, reason: 'MISSING' })),
      };
    },
  };
}
