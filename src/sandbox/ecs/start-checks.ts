/** Why a task would not start: AWS's own words for missing log groups, secrets, routes and images. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { EcsOptions } from './options.ts';
import type { TaskRecord } from './state.ts';

/** A container's own reason, where it is one container that cannot start. */
export interface StartFailure {
  readonly stoppedReason: string;
  readonly container?: { readonly name: string | undefined; readonly reason: string };
}

/** The task stops with this sentence; the reason is its container's (ECS developer guide, "Stopped tasks errors"). */
export function containerFailure(name: string | undefined, reason: string): StartFailure {
  return { stoppedReason: 'Task failed to start', container: { name, reason } };
}

/** Why the task cannot be initialised or its images cannot be pulled. On Fargate these are the task's own reasons. */
export function pullFailure(record: TaskRecord, options: EcsOptions): StartFailure | undefined {
  const { vpc, region } = options;
  const { definition, containerInstance, publicIp } = record;
  // On an instance the agent pulls and fetches, through the instance's own interface.
  const place = containerInstance?.host.networkInterface ?? record.networkInterface;
  const online = vpc.reachesInternet(place.subnetId, publicIp);
  const onFargate = containerInstance === undefined;
  for (const container of definition.containerDefinitions) {
    if (logGroupExists(container, options)) continue;
    const missing = 'ResourceNotFoundException: The specified log group does not exist.';
    return onFargate
      ? {
          stoppedReason: `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${missing} : exit status 1`,
        }
      : containerFailure(
          container.name,
          `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ${missing}`,
        );
  }
  for (const { valueFrom = '' } of definition.containerDefinitions.flatMap(({ secrets = [] }) => secrets)) {
    const service = isSecret(valueFrom) ? 'secretsmanager' : 'ssm';
    const reached = vpc.reachesService?.(place, publicIp, service) ?? online;
    const reason = secretFailure(valueFrom, { record, online: reached, onFargate }, options);
    if (reason !== undefined) return { stoppedReason: reason };
  }
  for (const { name, image: reference = '' } of definition.containerDefinitions) {
    const reason = online ? imageFailure(reference, record, options) : unreachable(reference, region);
    if (reason !== undefined) return onFargate ? { stoppedReason: reason } : containerFailure(name, reason);
  }
  return undefined;
}

function logGroupExists({ logConfiguration }: ContainerDefinition, { logs }: EcsOptions): boolean {
  if (logConfiguration?.logDriver !== 'awslogs') return true;
  const { 'awslogs-group': group = '', 'awslogs-create-group': create } = logConfiguration.options ?? {};
  return create === 'true' || logs.hasLogGroup(group);
}

function isSecret(valueFrom: string): boolean {
  return valueFrom.includes(':secretsmanager:');
}

function secretFailure(
  valueFrom: string,
  { record, online, onFargate }: { record: TaskRecord; online: boolean; onFargate: boolean },
  { secrets, region }: EcsOptions,
): string | undefined {
  const value = online ? secrets?.(valueFrom, record.definition.executionRoleArn) : undefined;
  if (typeof value === 'string') return undefined;
  const ofSecretsManager = isSecret(valueFrom);
  if (!onFargate) {
    const problem = online
      ? "ResourceNotFoundException: Secrets Manager can't find the specified secret."
      : 'RequestCanceled: request canceled due to context deadline exceeded';
    if (value) return `Fetching secret data in region ${region}: ${value.failure}`;
    return ofSecretsManager
      ? `Fetching secret data from AWS Secrets Manager in region ${region}: secret ${valueFrom}: ${problem}`
      : `Fetching secret data from SSM Parameter Store in ${region}: ${online ? `invalid parameters: ${valueFrom}` : problem}`;
  }
  const unable = 'ResourceInitializationError: unable to pull secrets or registry auth:';
  if (!online) {
    return `${unable} unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${valueFrom} from secrets manager: RequestCanceled: request canceled due to context deadline exceeded`;
  }
  if (value) return `${unable} execution resource retrieval failed: ${value.failure}`;
  return ofSecretsManager
    ? `${unable} execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`
    : `${unable} execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: ${valueFrom}`;
}

function imageFailure(
  reference: string,
  { definition }: TaskRecord,
  { images }: EcsOptions,
): string | undefined {
  const image = images.get(reference);
  if (!image) {
    return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`;
  }
  const wanted = definition.runtimePlatform?.cpuArchitecture ?? 'X86_64';
  if (image.architecture === wanted) return undefined;
  return `CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/${wanted === 'ARM64' ? 'arm64' : 'amd64'}'`;
}

function unreachable(reference: string, region: string): string {
  if (reference.includes('.dkr.ecr.')) {
    return `ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.${region}.amazonaws.com/": dial tcp: i/o timeout`;
  }
  return `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${reference}: failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: i/o timeout`;
}
