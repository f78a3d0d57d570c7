/** Everything that a project consists of, in the order in which a person would do it. */
import type { Aws } from '../aws/aws.ts';
import { userIdOf } from '../domain/access.ts';
import type { AppNetwork, TargetGroup } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import {
  ecsAmong,
  networkOf,
  usersOf,
  type Consumer,
  type Ec2Consumer,
  type EcsConsumer,
} from '../domain/consumer.ts';
import type { Monitoring } from '../domain/monitoring.ts';
import type { Ref } from '../domain/outputs.ts';
import type { RefreshMemory } from '../domain/refresh-memory.ts';
import { secretVariablesOf } from '../domain/secrets.ts';
import { stickinessObstacle } from '../domain/stickiness.ts';
import type { CacheSettings, Settings } from '../domain/settings.ts';
import type { AnyResource } from '../engine/resource.ts';
import type { InstanceProbe } from '../probe/instance-probe.ts';
import type { Probe } from '../probe/probe.ts';
import { authToken } from './access/auth-token.ts';
import { cacheParameterGroup, parameterGroupOf } from './caches/cache-parameter-group.ts';
import { cacheSubnetGroup } from './network/cache-subnet-group.ts';
import { executionRolePolicy, type RoleInNeed } from './access/execution-role-policy.ts';
import { instancePing } from './instances/instance-ping.ts';
import { instanceRehearsal } from './instances/instance-rehearsal.ts';
import { valueStore } from './instances/instance-values.ts';
import { unlessOthersUse } from './access/other-users.ts';
import { parameters } from './instances/parameters.ts';
import { expectedCache } from './monitoring/monitored-cache.ts';
import { monitoringResources } from './monitoring/monitoring.ts';
import { password, readPassword } from './access/password.ts';
import { ping } from './services/ping.ts';
import { rehearsal } from './services/rehearsal.ts';
import { replicationGroup } from './caches/replication-group.ts';
import { requiredAuthToken } from './access/required-auth-token.ts';
import { requiredTransitEncryption } from './caches/required-transit-encryption.ts';
import { requiredPassword } from './access/required-password.ts';
import { restart } from './instances/restart.ts';
import { rollout } from './services/rollout.ts';
import { secrets } from './access/secrets.ts';
import { securityGroup } from './network/security-group.ts';
import { serverlessCache } from './caches/serverless-cache.ts';
import { service } from './services/service.ts';
import { stickiness } from './stickiness/stickiness.ts';
import { taskDefinition } from './services/task-definition.ts';
import { userGroup } from './access/user-group.ts';
import { user } from './access/user.ts';

export interface ResourcesOptions {
  readonly settings: Settings;
  readonly consumers: readonly Consumer[];
  readonly aws: Aws;
  readonly probe: Probe;
  readonly instanceProbe: InstanceProbe;
  /** Undefined: nobody watches the caches. */
  readonly monitoring: Monitoring | undefined;
  /** Of a cache that stands in for another: who else is let in, and where it is while nobody is handed it. */
  readonly network?: AppNetwork | undefined;
  /** How refreshes were before the first write, when that was seen. */
  readonly refreshMemory?: RefreshMemory | undefined;
}

export function resources(options: ResourcesOptions): AnyResource[] {
  const { settings, consumers } = options;
  return [
    ...settings.caches.flatMap((cache) => cacheResources(cache, options)),
    ...executionRolePolicies(options),
    ...ecsAmong(consumers).flatMap((consumer) => serviceResources(consumer, options)),
    ...instanceResources(options),
    ...requiredPasswords(options),
    ...requiredTransitEncryptions(options),
    ...stickinessResources(options),
    ...alarmResources(options),
  ];
}

function cacheResources(cache: CacheSettings, options: ResourcesOptions): AnyResource[] {
  const { settings, aws } = options;
  const network = networkAround(cache, options);
  const guards = [
    ...(cache.auth.value === 'none' ? [] : [password(cache, settings, aws)]),
    ...(cache.auth.value === 'rbac' ? [user(cache, settings, aws), userGroup(cache, settings, aws)] : []),
  ];
  if (cache.kind === 'serverless') {
    return [
      securityGroup(cache, settings, network, aws),
      ...guards,
      serverlessCache(cache, settings, network, aws),
    ];
  }
  const hasToken = cache.auth.value === 'token';
  const readToken = (): Promise<string> => readPassword(cache, settings, aws);
  const parameterGroup = parameterGroupOf(cache);
  return [
    securityGroup(cache, settings, network, aws),
    ...(cache.adopt ? [] : [cacheSubnetGroup(cache, settings, network, aws.elasticache)]),
    ...(parameterGroup === undefined ? [] : [cacheParameterGroup(cache, settings, parameterGroup, aws)]),
    ...guards,
    replicationGroup({ cache, settings, network, aws, readToken: hasToken ? readToken : undefined }),
    ...(hasToken ? [authToken(cache, settings, aws)] : []),
  ];
}

function networkAround(cache: CacheSettings, { consumers, network: given }: ResourcesOptions): AppNetwork {
  const [first, ...others] = usersOf(cache, consumers);
  const network = first ? networkOf([first, ...others]) : given;
  // A rule of the inputs has said so before: nobody would be let in.
  if (!network) throw new Error(`no consumer uses ${cache.name}`);
  const securityGroupIds = [...network.securityGroupIds, ...(given?.securityGroupIds ?? [])];
  return { ...network, securityGroupIds: [...new Set(securityGroupIds)] };
}

/** After all that are handed the password: until then the cache takes clients without one too. */
function requiredPasswords({ settings, consumers, aws }: ResourcesOptions): AnyResource[] {
  return settings.caches.flatMap((cache): AnyResource[] => {
    const users = usersOf(cache, consumers);
    // Clients that nobody restarts would be cut off; the cache goes on to take both.
    if (cache.auth.value === 'none' || notRestarted(users).length > 0) return [];
    const { name, securityGroupName } = cache;
    if (cache.auth.value === 'rbac') {
      const required = requiredPassword(cache, settings, arrivals(users), aws);
      return [unlessOthersUse(required, { userId: userIdOf(name) }, securityGroupName, users, aws.ec2)];
    }
    if (cache.kind !== 'replicationGroup') return [];
    const required = requiredAuthToken(cache, settings, arrivals(users), aws);
    return [unlessOthersUse(required, { replicationGroupId: name }, securityGroupName, users, aws.ec2)];
  });
}

/** After all that are handed its address: until then the cache takes plaintext too. */
function requiredTransitEncryptions({ settings, consumers, aws }: ResourcesOptions): AnyResource[] {
  return settings.caches.flatMap((cache) => {
    if (cache.kind !== 'replicationGroup' || !cache.requireTls) return [];
    const users = usersOf(cache, consumers);
    const names = notRestarted(users);
    return [requiredTransitEncryption({ cache, consumers: arrivals(users), notRestarted: names, aws })];
  });
}

/** What has come when the apps run with what they are handed. */
export function arrivals(users: readonly Consumer[]): Ref[] {
  return users.map(({ kind, settings }): Ref => {
    const { name } = settings;
    if (kind === 'ecs') return { kind: 'service', name };
    return { kind: settings.restartCommand === undefined ? 'parameters' : 'restart', name };
  });
}

export function notRestarted(users: readonly Consumer[]): string[] {
  return users.flatMap(({ kind, settings }) =>
    kind === 'ec2' && settings.restartCommand === undefined ? [settings.name] : [],
  );
}

/** One for each role: several services may have the same. */
function executionRolePolicies({ settings, consumers, aws }: ResourcesOptions): AnyResource[] {
  const byRole = new Map<string, RoleInNeed>();
  for (const consumer of ecsAmong(consumers)) {
    const inNeed = roleInNeed(consumer, settings);
    const same = inNeed && byRole.get(inNeed.roleArn);
    const variables = [...(same?.variables ?? []), ...(inNeed?.variables ?? [])];
    if (inNeed) byRole.set(inNeed.roleArn, { ...inNeed, variables });
  }
  let before: readonly Ref[] = [];
  return [...byRole.values()].map((inNeed) => {
    const resource = executionRolePolicy(inNeed, before, settings, aws);
    before = [resource];
    return resource;
  });
}

function roleInNeed({ settings: consumer, app }: EcsConsumer, settings: Settings): RoleInNeed | undefined {
  const variables = secretVariablesOf(consumer, settings.caches, settings.project);
  const { executionRoleArn: roleArn } = app.taskDefinition.document;
  const anchor = settings.caches.find(({ name }) => name === variables[0]?.cache)?.securityGroupName;
  if (!consumer.fixExecutionRole || typeof roleArn !== 'string' || anchor === undefined) return undefined;
  return { roleArn, variables, place: app.service.serviceArn, anchor };
}

function serviceResources(
  { settings: consumer, app }: EcsConsumer,
  options: ResourcesOptions,
): AnyResource[] {
  const { settings, aws, probe, refreshMemory } = options;
  const inSecrets = secretVariablesOf(consumer, settings.caches, settings.project);
  const role = roleInNeed({ kind: 'ecs', settings: consumer, app }, settings)?.roleArn;
  const needs: Ref[] = role === undefined ? [] : [{ kind: 'executionRolePolicy', name: nameOf(role) }];
  return [
    ...(inSecrets.length > 0 ? [secrets(consumer, inSecrets, needs, settings, aws)] : []),
    rehearsal(consumer, settings, app, probe),
    taskDefinition(consumer, settings, app, aws.ecs),
    ping(consumer, settings, app, probe),
    service({ consumer, settings, app, ec2: aws.ec2, rollout: rollout(app, settings, aws), refreshMemory }),
  ];
}

/** The values of one app after those of another, because each leaves a numbered tag on the anchor. */
function instanceResources({ consumers, ...options }: ResourcesOptions): AnyResource[] {
  let before: readonly Ref[] = [];
  return consumers.flatMap((consumer) => {
    if (consumer.kind === 'ecs') return [];
    const needs = before;
    before = [{ kind: 'parameters', name: consumer.settings.name }];
    return resourcesOfInstances(consumer, needs, options);
  });
}

function resourcesOfInstances(
  consumer: Ec2Consumer,
  before: readonly Ref[],
  { settings, aws, instanceProbe, refreshMemory }: Omit<ResourcesOptions, 'consumers'>,
): AnyResource[] {
  const { settings: own } = consumer;
  const { name, restartCommand: command } = own;
  const store = valueStore(own, settings, aws);
  const needs: Ref[] = [{ kind: 'ping', name }];
  return [
    instanceRehearsal(consumer, settings, store, instanceProbe, aws),
    parameters({ consumer: own, settings, store, before, refreshMemory, aws }),
    instancePing(consumer, settings, store, instanceProbe, aws),
    ...(command === undefined ? [] : [restart({ consumer, command, settings, store, needs, aws })]),
  ];
}

/** One after another, because each leaves a numbered tag on the anchor; after the apps, which matter more. */
function stickinessResources({ settings, consumers, aws }: ResourcesOptions): AnyResource[] {
  const [anchor] = settings.caches;
  if (!settings.stickiness.enabled.value || !anchor) return [];
  let needs: readonly Ref[] = arrivals(consumers);
  return targetGroupsOf(consumers)
    .filter((each) => stickinessObstacle(each) === undefined)
    .map((targetGroup) => {
      const resource = stickiness(targetGroup, settings.stickiness, anchor.securityGroupName, needs, aws);
      needs = [resource];
      return resource;
    });
}

/** At the end: who watches matters less than that the app runs, and a serverless cache has no metrics before it does. */
function alarmResources({ settings, consumers, monitoring, aws }: ResourcesOptions): AnyResource[] {
  const { project, tags: userTags, caches } = settings;
  if (!monitoring) return [];
  return monitoringResources({
    project,
    userTags,
    monitoring,
    caches: caches.map((cache) => ({
      name: cache.name,
      groupId: (known) => known.get('securityGroup', cache.securityGroupName)?.groupId,
      expected: (living) => expectedCache(cache, living),
      needs: [{ kind: 'cache', name: cache.name }, ...arrivals(usersOf(cache, consumers))],
      anchoredBy: [{ kind: 'securityGroup', name: cache.securityGroupName }],
    })),
    aws,
  });
}

/** Two services may stand behind one. */
function targetGroupsOf(consumers: readonly Consumer[]): TargetGroup[] {
  const all = consumers.flatMap(({ app }) => app.targetGroups);
  return [...new Map(all.map((targetGroup) => [targetGroup.targetGroupArn, targetGroup])).values()];
}
