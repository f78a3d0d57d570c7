/** From inputs, and the apps as they were found, to settings. */
import { literalOf, speaksOfCache, templatesOf } from '../domain/delivery.ts';
import { asDescription } from '../domain/limits.ts';
import type {
  Auth,
  CacheSettings,
  ConsumerSettings,
  InstanceSelection,
  ProofSettings,
  Settings,
  Sourced,
  VariableSettings,
} from '../domain/settings.ts';
import { isGiven } from '../domain/settings.ts';
import type { ConfiguredVariable } from './config-file.ts';
import { readHeaders } from './headers.ts';
import type { Environment, Inputs } from './resolve.ts';

/** What is known once every question is answered and the apps have been read. */
export interface Target {
  readonly project: string;
  readonly caches: readonly CacheTarget[];
  readonly consumers: readonly ConsumerTarget[];
}

export interface CacheTarget {
  readonly inputs: Inputs;
  readonly name: string;
}

export interface ConsumerTarget {
  readonly inputs: Inputs;
  readonly app:
    | {
        readonly kind: 'ecs';
        readonly ecsCluster: string;
        readonly service: string;
        readonly container: string;
      }
    | { readonly kind: 'ec2'; readonly name: string };
  /** The cache of the variables that name none; undefined where it could be any of several. */
  readonly cache: string | undefined;
  /** None: those of the profile. */
  readonly variables: readonly ConfiguredVariable[];
}

export function settingsOf(inputs: Inputs, target: Target, environment: Environment): Settings {
  const { timeout, pollInterval } = inputs;
  const caches = target.caches.map((cache) => cacheOf(cache, target));
  return {
    project: target.project,
    tags: inputs.tag.value,
    caches,
    consumers: target.consumers.map((consumer) => consumerOf(consumer, caches, target.project)),
    stickiness: { enabled: inputs.stickiness, seconds: inputs.stickinessSeconds },
    proof: proofOf(inputs, environment),
    onFailure: inputs.onFailure.value,
    wait: {
      ...(timeout ? { timeoutMs: timeout.value * 1000 } : {}),
      ...(pollInterval ? { pollIntervalMs: pollInterval.value * 1000 } : {}),
    },
  };
}

function cacheOf({ inputs, name }: CacheTarget, { consumers }: Target): CacheSettings {
  const { engine, workload, kmsKeyId, snapshotWindow, subnets, secrets } = inputs;
  const auth = authOf(inputs);
  const common = {
    name,
    description: inputs.description ?? byDefault(asDescription(`Redis cache for ${appNames(consumers)}`)),
    engine,
    engineVersion: inputs.engineVersion ?? byDefault(engine.value === 'redis' ? '7.1' : '8.0'),
    auth,
    secretStore: secrets.value === 'ssm' ? ('ssm' as const) : ('secretsmanager' as const),
    snapshotRetention: inputs.snapshotRetention,
    securityGroupName: inputs.securityGroupName?.value ?? `${name}-sg`,
    securityGroupIds: inputs.securityGroup.value,
    allowCidrs: inputs.allowCidr.value,
    adopt: inputs.adopt.value,
    ...(workload ? { workload } : {}),
    ...(kmsKeyId ? { kmsKeyId } : {}),
    ...(snapshotWindow ? { snapshotWindow } : {}),
    ...(subnets ? { subnetIds: subnets } : {}),
  };
  if (inputs.serverless.value) {
    const { dataStorageMaximum, ecpuMaximum } = inputs;
    return {
      kind: 'serverless',
      ...common,
      ...(dataStorageMaximum ? { dataStorageMaximum } : {}),
      ...(ecpuMaximum ? { ecpuMaximum } : {}),
    };
  }
  const { maintenanceWindow, parameterGroup, subnetGroup, preferredAzs } = inputs;
  return {
    kind: 'replicationGroup',
    ...common,
    cacheNodeType: inputs.cacheNodeType,
    clusterMode: inputs.clusterMode,
    shards: inputs.shards,
    replicas: inputs.replicas,
    multiAz: inputs.multiAz,
    port: inputs.port,
    transitEncryption: inputs.transitEncryption,
    requireTls: inputs.requireTls.value,
    atRestEncryption: inputs.atRestEncryption,
    parameters: parametersOf(inputs),
    parameterGroupName: `${name}-parameters`,
    subnetGroupName: subnetGroup?.value ?? inputs.subnetGroupName?.value ?? `${name}-subnet-group`,
    existingSubnetGroup: subnetGroup !== undefined,
    ...(maintenanceWindow ? { maintenanceWindow } : {}),
    ...(parameterGroup ? { existingParameterGroup: parameterGroup } : {}),
    ...(preferredAzs ? { preferredAzs } : {}),
  };
}

/** A preset asks for a password; a serverless cache knows no token, so it then gets a user. */
export function authOf({ auth, serverless }: Inputs): Sourced<Auth> {
  return serverless.value && auth.value === 'token' && !isGiven(auth) ? { ...auth, value: 'rbac' } : auth;
}

/** What a group that exists holds is not ours to say. */
function parametersOf({
  maxmemoryPolicy,
  parameter,
  parameterGroup,
}: Inputs): Readonly<Record<string, Sourced<string>>> {
  if (parameterGroup) return {};
  const named = Object.entries(parameter.value).map(([name, value]) => [
    name,
    { value, origin: parameter.origin },
  ]);
  return {
    ...(maxmemoryPolicy ? { 'maxmemory-policy': maxmemoryPolicy } : {}),
    ...(Object.fromEntries(named) as Record<string, Sourced<string>>),
  };
}

function consumerOf(
  target: ConsumerTarget,
  caches: readonly CacheSettings[],
  project: string,
): ConsumerSettings {
  const { inputs, app } = target;
  const variables = variablesOf(target, caches);
  if (app.kind === 'ecs') {
    const { ecsCluster, service, container } = app;
    const fixExecutionRole = inputs.fixExecutionRole.value;
    return { kind: 'ecs', name: service, ecsCluster, service, container, variables, fixExecutionRole };
  }
  const { envFile, parameterPath, restartCommand, logFile } = inputs;
  const [file] = envFile?.value ?? [];
  return {
    kind: 'ec2',
    name: app.name,
    instances: selectionOf(inputs) ?? { instances: [] },
    variables,
    parameterPath: parameterPath?.value ?? `/${[project, app.name].map(asPathPart).join('/')}`,
    ...(file === undefined ? {} : { envFile: file }),
    ...(restartCommand ? { restartCommand: restartCommand.value } : {}),
    ...(logFile ? { logFile: logFile.value } : {}),
  };
}

/** Systems Manager API reference, PutParameter: letters, digits and _.- between the slashes. */
function asPathPart(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]+/g, '-');
}

/** Undefined: the app is not on instances. */
export function selectionOf({
  instance,
  autoScalingGroup,
  instanceSecurityGroup,
}: Inputs): InstanceSelection | undefined {
  if (instance) return { instances: instance.value };
  if (autoScalingGroup) return { autoScalingGroup: autoScalingGroup.value };
  return instanceSecurityGroup && { securityGroup: instanceSecurityGroup.value };
}

/** The same as it is to stand there: what speaks of no cache is taken as it is. */
function variablesOf(
  target: Pick<ConsumerTarget, 'inputs' | 'cache' | 'variables'>,
  caches: readonly Pick<CacheSettings, 'name' | 'auth'>[],
): VariableSettings[] {
  return wantedOf(target, caches).map((variable) =>
    speaksOfCache(variable.template) ? variable : { ...variable, template: literalOf(variable.template) },
  );
}

/** What a consumer is to have, of a profile, by name, or the URL: the templates as they were written. */
export function wantedOf(
  { inputs, cache, variables }: Pick<ConsumerTarget, 'inputs' | 'cache' | 'variables'>,
  caches: readonly Pick<CacheSettings, 'name' | 'auth'>[],
): VariableSettings[] {
  const { envVar, envProfile, envTls } = inputs;
  const auth = caches.find(({ name }) => name === cache)?.auth.value ?? 'none';
  const profile = envProfile && !isGiven(envVar) ? templatesOf(envProfile.value, auth) : undefined;
  const of = (template: string, own = cache): Pick<VariableSettings, 'cache' | 'template'> => ({
    template,
    ...(own !== undefined && speaksOfCache(template) ? { cache: own } : {}),
  });
  const named = Object.entries(profile ?? {}).map(([name, template]): VariableSettings => ({
    name: { value: name, origin: envProfile?.origin ?? 'default' },
    ...of(template),
  }));
  const configured = variables.map(({ name, template, cache: own, container }): VariableSettings => ({
    name: { value: name, origin: 'config' },
    ...of(template, own),
    ...(container === undefined ? {} : { container }),
  }));
  const wanted =
    named.length + configured.length > 0 ? [...named, ...configured] : [{ name: envVar, ...of('{url}') }];
  return envTls ? [...wanted, { name: envTls, ...of('{tls}') }] : wanted;
}

function appNames(consumers: readonly ConsumerTarget[]): string {
  return consumers.map(({ app }) => (app.kind === 'ecs' ? app.service : app.name)).join(', ');
}

export function proofOf(inputs: Inputs, environment: Environment): ProofSettings {
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
