/** An account as its owner would compare it with another: everything that a setup may have left in it, and no ids. */
import { probeFamily } from '../../src/probe/definition.ts';
import type { Account } from '../../src/sandbox/account.ts';

type Json = string | number | boolean | null | undefined | Json[] | { [member: string]: Json };
type JsonObject = { [member: string]: Json };
type Call = <Answer = JsonObject>(service: string, action: string, input: object) => Promise<Answer>;
interface Tag {
  key?: string;
  value?: string;
  Key?: string;
  Value?: string;
}

const ECS_CLUSTER = 'collabcanvas';
const SERVICE = 'collabcanvas-backend';
const PROBE_FAMILY = probeFamily(ECS_CLUSTER, SERVICE);

export interface Photograph {
  readonly service: Json;
  /** The revision that runs, and the one that its tag says it replaces. */
  readonly runs: JsonObject;
  readonly replaces: Json;
  /** All active ones of the app's family. */
  readonly revisions: readonly string[];
  readonly securityGroups: Json;
  readonly subnetGroups: Json;
  readonly parameterGroups: Json;
  readonly caches: Json;
  /** Of each cache, and those that are a cache of their own. */
  readonly nodes: Json;
  readonly targetGroups: Json;
  readonly probe: { readonly taskDefinitions: readonly string[]; readonly tasks: readonly string[] };
  readonly parameters: readonly string[];
}

export async function photograph(account: Account): Promise<Photograph> {
  const call = callsOf(account);
  const groupNames = new Map<string, string>();
  const { SecurityGroups } = await call<{
    SecurityGroups: { GroupId: string; GroupName: string; Tags: Tag[] }[];
  }>('ec2', 'DescribeSecurityGroups', {});
  for (const { GroupId, GroupName } of SecurityGroups) groupNames.set(GroupId, GroupName);
  const plain = (value: unknown): Json => withoutIds(value, account, groupNames);
  const running = await service(call);
  const revision = await taskDefinition(call, running.taskDefinition);
  return {
    service: plain({ desired: running.desiredCount, running: running.runningCount, tags: running.tags }),
    runs: plain(documentOf(revision)) as JsonObject,
    replaces: plain(tagsOf(revision.tags)['elasticache-wizard:replaces'] ?? null),
    revisions: await revisions(call, SERVICE),
    securityGroups: plain(
      SecurityGroups.map((group) => ({ ...group, Tags: tagsOf(group.Tags) })).sort((one, other) =>
        one.GroupName.localeCompare(other.GroupName),
      ),
    ),
    subnetGroups: plain(await subnetGroups(call)),
    parameterGroups: plain(await parameterGroups(call)),
    caches: plain(await caches(call)),
    nodes: plain(await nodes(call)),
    targetGroups: plain(await targetGroups(call)),
    probe: { taskDefinitions: await leftProbes(account), tasks: await probeTasks(call) },
    parameters: await parameters(call),
  };
}

/** The operations themselves, so that no fault and no count of calls is in the way. */
export function callsOf(account: Account): Call {
  const { region, accessKeyId } = account;
  return async <Answer>(service: string, action: string, input: object) => {
    const operation = account.services[service]?.[action];
    if (!operation) throw new Error(`The sandbox has no ${service}:${action}`);
    return (await operation(input, {
      service,
      action,
      region,
      accessKeyId,
      requestId: 'photograph',
    })) as Answer;
  };
}

interface Service {
  taskDefinition: string;
  desiredCount: number;
  runningCount: number;
  tags: Tag[];
}

async function service(call: Call): Promise<Service> {
  const { services } = await call<{ services: Service[] }>('ecs', 'DescribeServices', {
    cluster: ECS_CLUSTER,
    services: [SERVICE],
    include: ['TAGS'],
  });
  return services[0]!;
}

interface Revision {
  taskDefinition: JsonObject;
  tags: Tag[];
}

function taskDefinition(call: Call, name: string): Promise<Revision> {
  return call<Revision>('ecs', 'DescribeTaskDefinition', { taskDefinition: name, include: ['TAGS'] });
}

function documentOf({ taskDefinition }: Revision): JsonObject {
  const ofTheRevision = ['taskDefinitionArn', 'revision', 'registeredAt'];
  return Object.fromEntries(
    Object.entries(taskDefinition).filter(([member]) => !ofTheRevision.includes(member)),
  );
}

async function revisions(call: Call, family: string): Promise<string[]> {
  const { taskDefinitionArns } = await call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', {
    familyPrefix: family,
    status: 'ACTIVE',
  });
  return taskDefinitionArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
}

/** Revisions of the probe that nobody has removed. */
export function leftProbes(account: Account): Promise<string[]> {
  return revisions(callsOf(account), PROBE_FAMILY);
}

async function probeTasks(call: Call): Promise<string[]> {
  const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', {
    cluster: ECS_CLUSTER,
    family: PROBE_FAMILY,
  });
  return taskArns;
}

interface SubnetGroup extends JsonObject {
  Subnets: { SubnetAvailabilityZone: { Name: string } }[];
}

async function subnetGroups(call: Call): Promise<Json> {
  const { CacheSubnetGroups = [] } = await call<{ CacheSubnetGroups?: SubnetGroup[] }>(
    'elasticache',
    'DescribeCacheSubnetGroups',
    {},
  );
  return Promise.all(
    CacheSubnetGroups.map(async ({ Subnets, ...group }) => ({
      ...group,
      zones: Subnets.map(({ SubnetAvailabilityZone }) => SubnetAvailabilityZone.Name).sort(),
      tags: await cacheTags(call, group),
    })),
  );
}

async function caches(call: Call): Promise<Json> {
  const { ReplicationGroups = [] } = await call<{ ReplicationGroups?: JsonObject[] }>(
    'elasticache',
    'DescribeReplicationGroups',
    {},
  );
  return Promise.all(
    ReplicationGroups.map(async (group) => ({ ...group, tags: await cacheTags(call, group) })),
  );
}

interface Node extends JsonObject {
  CacheClusterId: string;
}

async function nodes(call: Call): Promise<Json> {
  const { CacheClusters } = await call<{ CacheClusters: Node[] }>('elasticache', 'DescribeCacheClusters', {});
  return CacheClusters.map(
    ({ CacheClusterId, CacheClusterStatus, CacheNodeType, CacheParameterGroup, SecurityGroups }) => ({
      CacheClusterId,
      CacheClusterStatus,
      CacheNodeType,
      CacheParameterGroup,
      SecurityGroups,
    }),
  ).sort((one, other) => one.CacheClusterId.localeCompare(other.CacheClusterId));
}

/** Those of AWS left out, each with what was changed in it. */
async function parameterGroups(call: Call): Promise<Json> {
  const { CacheParameterGroups } = await call<{
    CacheParameterGroups: (JsonObject & { CacheParameterGroupName: string })[];
  }>('elasticache', 'DescribeCacheParameterGroups', {});
  return Promise.all(
    CacheParameterGroups.filter((group) => !group.CacheParameterGroupName.startsWith('default.')).map(
      async (group) => {
        const { CacheParameterGroupName } = group;
        const { Parameters } = await call<{
          Parameters: { ParameterName: string; ParameterValue: string }[];
        }>('elasticache', 'DescribeCacheParameters', { CacheParameterGroupName, Source: 'user' });
        const values = Parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]);
        return { ...group, values: values.sort(), tags: await cacheTags(call, group) };
      },
    ),
  );
}

async function cacheTags(call: Call, { ARN }: JsonObject): Promise<Json> {
  const { TagList = [] } = await call<{ TagList?: Tag[] }>('elasticache', 'ListTagsForResource', {
    ResourceName: ARN,
  });
  return tagsOf(TagList);
}

async function targetGroups(call: Call): Promise<Json> {
  const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string }[] }>(
    'elasticloadbalancing',
    'DescribeTargetGroups',
    {},
  );
  return Promise.all(
    TargetGroups.map(async ({ TargetGroupArn }) => {
      const { Attributes } = await call<{ Attributes: Tag[] }>(
        'elasticloadbalancing',
        'DescribeTargetGroupAttributes',
        { TargetGroupArn },
      );
      const { TagDescriptions } = await call<{ TagDescriptions: { Tags: Tag[] }[] }>(
        'elasticloadbalancing',
        'DescribeTags',
        { ResourceArns: [TargetGroupArn] },
      );
      return { attributes: tagsOf(Attributes), tags: tagsOf(TagDescriptions[0]?.Tags ?? []) };
    }),
  );
}

/** Of Parameter Store. */
export async function parameters(call: Call): Promise<string[]> {
  const everything = { Path: '/', Recursive: true };
  const { Parameters = [] } = await call<{ Parameters?: { Name: string }[] }>(
    'ssm',
    'GetParametersByPath',
    everything,
  );
  return Parameters.map(({ Name }) => Name);
}

function tagsOf(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(
    tags.map(({ key, value, Key = key, Value = value }): [string, string] => [Key ?? '', Value ?? '']).sort(),
  );
}

/** What AWS chooses anew each time. */
const CHOSEN_BY_AWS =
  /^(OwnerId|SecurityGroupArn|VpcId|vpcId|SubnetIdentifier|PreferredAvailabilityZone|ReplicationGroupCreateTime|AuthTokenLastModifiedDate|SecurityGroupRuleId)$/;

function withoutIds(value: unknown, account: Account, groupNames: ReadonlyMap<string, string>): Json {
  const known = (key: string, member: Json): Json => (CHOSEN_BY_AWS.test(key) ? undefined : member);
  const text = JSON.stringify(value, known)
    .replaceAll(account.accountId, 'ACCOUNT')
    .replace(/sg-[0-9a-f]+/g, (id) => groupNames.get(id) ?? id)
    .replace(/\b(targetgroup|loadbalancer)\/([\w/-]+?)\/[0-9a-f]{16}/g, '$1/$2')
    .replace(/(:secret:[\w/.+=@-]+)-[A-Za-z0-9]{6}(?=[:"])/g, '$1')
    // In the host names of a cache, the account's own letters.
    .replace(/\.[a-z0-9]{6}\.(ng\.)?([0-9]{4}\.)?([a-z0-9]+)\.cache\.amazonaws/g, '.$1$2$3.cache.amazonaws');
  return JSON.parse(text) as Json;
}
