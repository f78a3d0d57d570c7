/** Why a task would not start: AWS's own words for missing log groups, secrets, routes and images. */
import type { EcsOptions } from './options.ts';
import type { TaskRecord } from './state.ts';

/** Why the task cannot be initialised or its images cannot be pulled; these are task-level stopped reasons. */
export function pullFailure(record: TaskRecord, options: EcsOptions): string | undefined {
  const { vpc, logs, images, secrets, region } = options;
  const { containerDefinitions, runtimePlatform } = record.definition;
  const online = vpc.reachesInternet(record.networkInterface.subnetId, record.publicIp);

  for (const { logConfiguration } of containerDefinitions) {
    if (logConfiguration?.logDriver !== 'awslogs') continue;
    const group = logConfiguration.options?.['awslogs-group'] ?? '';
    if (logs.hasLogGroup(group) || logConfiguration.options?.['awslogs-create-group'] === 'true') continue;
    return 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1';
  }
  for (const { valueFrom = '' } of containerDefinitions.flatMap((container) => container.secrets ?? [])) {
    if (!online) {
      return `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${valueFrom} from secrets manager: RequestCanceled: request canceled due to context deadline exceeded`;
    }
    if (secrets?.(valueFrom) !== undefined) continue;
    return valueFrom.includes(':secretsmanager:')
      ? `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`
      : `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: ${valueFrom}`;
  }
  for (const { image: reference = '' } of containerDefinitions) {
    if (!online) return unreachable(reference, region);
    const image = images.get(reference);
    if (!image) {
      return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`;
    }
    const wanted = runtimePlatform?.cpuArchitecture ?? 'X86_64';
    if (image.architecture !== wanted) {
      return `CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/${wanted === 'ARM64' ? 'arm64' : 'amd64'}'`;
    }
  }
  return undefined;
}

function unreachable(reference: string, region: string): string {
  if (reference.includes('.dkr.ecr.')) {
    return `ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.${region}.amazonaws.com/": dial tcp: i/o timeout`;
  }
  return `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${reference}: failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: i/o timeout`;
}
