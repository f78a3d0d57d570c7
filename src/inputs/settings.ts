/** From inputs, and the app as it was found, to settings. */
import { asDescription } from '../domain/limits.ts';
import type {
  CacheSettings,
  ConsumerSettings,
  ProofSettings,
  Settings,
  Sourced,
} from '../domain/settings.ts';
import { readHeaders } from './headers.ts';
import type { Environment, Inputs } from './resolve.ts';

/** What is known once every question is answered and the service has been read. */
export interface Target {
  readonly ecsCluster: string;
  readonly service: string;
  readonly container: string;
  readonly cacheName: string;
}

export function settingsOf(inputs: Inputs, target: Target, environment: Environment): Settings {
  const { timeout, pollInterval } = inputs;
  return {
    project: inputs.project?.value ?? target.service,
    tags: inputs.tag.value,
    caches: [cacheOf(inputs, target)],
    consumers: [consumerOf(inputs, target)],
    stickiness: { enabled: inputs.stickiness, seconds: inputs.stickinessSeconds },
    proof: proofOf(inputs, environment),
    onFailure: inputs.onFailure.value,
    wait: {
      ...(timeout ? { timeoutMs: timeout.value * 1000 } : {}),
      ...(pollInterval ? { pollIntervalMs: pollInterval.value * 1000 } : {}),
    },
  };
}

function cacheOf(inputs: Inputs, { cacheName: name, service }: Target): CacheSettings {
  const { engine, kmsKeyId, snapshotWindow, maintenanceWindow, subnets } = inputs;
  return {
    name,
    description: inputs.description ?? byDefault(asDescription(`Redis cache for ${service}`)),
    engine,
    engineVersion: inputs.engineVersion ?? byDefault(engine.value === 'redis' ? '7.1' : '8.0'),
    cacheNodeType: inputs.cacheNodeType,
    replicas: inputs.replicas,
    multiAz: inputs.multiAz,
    port: inputs.port,
    transitEncryption: inputs.transitEncryption,
    atRestEncryption: inputs.atRestEncryption,
    snapshotRetention: inputs.snapshotRetention,
    securityGroupName: `${name}-sg`,
    subnetGroupName: `${name}-subnet-group`,
    allowCidrs: inputs.allowCidr.value,
    ...(kmsKeyId ? { kmsKeyId } : {}),
    ...(snapshotWindow ? { snapshotWindow } : {}),
    ...(maintenanceWindow ? { maintenanceWindow } : {}),
    ...(subnets ? { subnetIds: subnets } : {}),
  };
}

function consumerOf(inputs: Inputs, target: Target): ConsumerSettings {
  const { ecsCluster, service, container, cacheName } = target;
  return {
    kind: 'ecs',
    ecsCluster,
    service,
    container,
    variables: [{ name: inputs.envVar, cache: cacheName }],
  };
}

function proofOf(inputs: Inputs, environment: Environment): ProofSettings {
  const { appUrl, refreshPath, refreshValue, taskHeader, probeImage, lint } = inputs;
  const asksTheApp = !lint.value;
  return {
    refreshes: inputs.refreshes.value,
    headers: readHeaders(inputs.header.value, environment),
    logPattern: inputs.logPattern.value,
    probe: inputs.probe.value && asksTheApp,
    verify: inputs.verify.value,
    ...(appUrl ? { appUrl: appUrl.value } : {}),
    ...(refreshPath && refreshValue && asksTheApp
      ? { refreshPath: refreshPath.value, refreshValue: refreshValue.value }
      : {}),
    ...(taskHeader ? { taskHeader: taskHeader.value } : {}),
    ...(probeImage ? { probeImage: probeImage.value } : {}),
  };
}

function byDefault<T>(value: T): Sourced<T> {
  return { value, origin: 'default' };
}
