/** What a plan is about, as the policies that allow it would name it. */
import type { App, Identity } from '../domain/app.ts';
import { awslogsOf } from '../domain/container-logs.ts';
import type { Ec2Consumer } from '../domain/consumer.ts';
import { ANYWHERE, type Scope } from '../domain/iam/scope.ts';
import type { CacheSettings, Settings } from '../domain/settings.ts';
import { containerOf } from '../domain/task-definition.ts';

/** AWS gives ids to what is not there yet; these have their form. */
const SOME_SECURITY_GROUP = 'sg-00000000000000000';
const SOME_ID = '001';

/** What is known of the app once it has been read, and stays. */
export function scopeOfApp(app: App, { partition, region, account }: Identity): Scope {
  const { taskDefinition, targetGroups, service } = app;
  const { executionRoleArn, taskRoleArn } = taskDefinition.document;
  const executionRoleArns = [executionRoleArn].filter(isArn);
  const logs = awslogsOf(containerOf(taskDefinition.document, app.container) ?? {});
  return {
    ...ANYWHERE,
    partition,
    region,
    account,
    ecsCluster: app.ecsCluster,
    service: service.serviceName,
    serviceArns: [service.serviceArn],
    family: taskDefinition.family,
    vpcId: app.network.vpcId,
    roleArns: [...new Set([...executionRoleArns, ...[taskRoleArn].filter(isArn)])],
    executionRoleArns,
    targetGroupArns: targetGroups.map(({ targetGroupArn }) => targetGroupArn),
    ...(logs ? { logGroupName: logs.logGroupName } : {}),
  };
}

/** One example of each thing that AWS will name: a pattern would be taken at its word by the simulator. */
export function scopeOfPlan(
  app: App,
  identity: Identity,
  settings: Settings,
  cache: CacheSettings,
  known: { readonly probeFamily: string; readonly securityGroupId: string | undefined },
): Scope {
  return {
    ...scopeOfApp(app, identity),
    probeFamily: known.probeFamily,
    ...scopeOfCache(cache, settings, known.securityGroupId),
  };
}

/** Of a project whose apps are all on instances. */
export function scopeOfInstances(
  consumer: Ec2Consumer,
  { partition, region, account }: Identity,
  settings: Settings,
  cache: CacheSettings,
  securityGroupId: string | undefined,
): Scope {
  const { network, targetGroups } = consumer.app;
  return {
    ...ANYWHERE,
    partition,
    region,
    account,
    vpcId: network.vpcId,
    targetGroupArns: targetGroups.map(({ targetGroupArn }) => targetGroupArn),
    ...scopeOfCache(cache, settings, securityGroupId),
    ...scopeOfValues(consumer),
  };
}

/** What an app on instances takes besides. */
export function scopeOfValues({
  settings,
  app,
}: Ec2Consumer): Pick<Scope, 'valuePath' | 'instanceIds' | 'instanceRoleArns'> {
  return {
    valuePath: settings.parameterPath,
    instanceIds: app.instances.map(({ instanceId }) => instanceId),
    instanceRoleArns: app.roleArns,
  };
}

function scopeOfCache(
  cache: CacheSettings,
  settings: Settings,
  securityGroupId: string | undefined,
): Partial<Scope> {
  return {
    project: settings.project,
    tags: settings.tags,
    cacheName: cache.name,
    securityGroupId: securityGroupId ?? SOME_SECURITY_GROUP,
    ...surroundingsOf(cache),
    adopts: cache.adopt,
    serverless: cache.kind === 'serverless',
    users: cache.auth.value === 'rbac',
    secretStores: cache.auth.value === 'none' ? [] : [cache.secretStore],
    id: SOME_ID,
  };
}

function surroundingsOf(
  cache: CacheSettings,
): Pick<Scope, 'cacheParameterGroupName' | 'ownParameterGroup' | 'subnetGroupName' | 'clustered'> {
  if (cache.kind === 'serverless') return { cacheParameterGroupName: defaultParameterGroup(cache) };
  const { existingParameterGroup, parameters, parameterGroupName, subnetGroupName } = cache;
  const clustered = cache.clusterMode.value !== 'disabled';
  const common = { subnetGroupName, clustered };
  if (existingParameterGroup) return { ...common, cacheParameterGroupName: existingParameterGroup.value };
  if (Object.keys(parameters).length > 0)
    return { ...common, cacheParameterGroupName: parameterGroupName, ownParameterGroup: true };
  const suffix = clustered ? '.cluster.on' : '';
  return { ...common, cacheParameterGroupName: `${defaultParameterGroup(cache)}${suffix}` };
}

/** 'default.redis7', 'default.valkey8': families have the major version. */
function defaultParameterGroup({ engine, engineVersion }: CacheSettings): string {
  return `default.${engine.value}${engineVersion.value.split('.')[0] ?? ''}`;
}

function isArn(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('arn:');
}
