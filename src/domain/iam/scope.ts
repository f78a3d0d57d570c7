/** How much of an account a policy speaks of. `*` stands for what nobody named; ARNs are written from it. */
import { userGroupIdOf, userIdOf } from '../access.ts';
import { projectAlarms } from '../alarms.ts';
import { topicNameOf } from '../monitoring.ts';
import { nameBeginning } from '../secrets.ts';
import type { SecretStore } from '../settings.ts';

type Place = Pick<Scope, 'partition' | 'region' | 'account'>;

export interface Scope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** The value of our tag; undefined: any project of ours. */
  readonly project?: string;
  /** The user's own tags on all that is made. */
  readonly tags: Readonly<Record<string, string>>;
  readonly ecsCluster: string;
  readonly service: string;
  readonly cacheName: string;
  /** The cache has neither nodes nor a subnet group. */
  readonly serverless?: boolean;
  /** The cache lets in a user of ours. */
  readonly users?: boolean;
  /** Its own ARN, where it is known: one made before 2018 may lack the cluster. */
  readonly serviceArns?: readonly string[];
  /** Of the service's task definition. */
  readonly family: string;
  /** Of the probe's task definition. */
  readonly probeFamily: string;
  readonly vpcId: string;
  readonly securityGroupId: string;
  readonly cacheParameterGroupName: string;
  /** Undefined or false: it is AWS's default, or a group of theirs. */
  readonly ownParameterGroup?: boolean;
  /** Undefined: named after the cache. */
  readonly subnetGroupName?: string;
  /** In cluster mode, or on its way there. */
  readonly clustered?: boolean;
  /** The cache is of others. */
  readonly adopts?: boolean;
  readonly logGroupName: string;
  /** Of things that AWS names: tasks, nodes, revisions. */
  readonly id: string;
  /** ARNs of the roles of the service's tasks, and of those the one that starts them; undefined: any role. */
  readonly roleArns?: readonly string[];
  readonly executionRoleArns?: readonly string[];
  /** Undefined: any target group. */
  readonly targetGroupArns?: readonly string[];
  /** Where passwords are kept; absent: there are none, which takes no permission. */
  readonly secretStores?: readonly SecretStore[];
  /** Where the values of an app on instances wait: '/shop/web'; undefined: there is no such app. */
  readonly valuePath?: string;
  /** Of that app; undefined: any. */
  readonly instanceIds?: readonly string[];
  readonly instanceRoleArns?: readonly string[];
  /** The key of the encryption at rest, by id, ARN or alias; undefined: AWS's own, which takes no permission. */
  readonly kmsKeyId?: string;
}

export const ANYWHERE: Scope = {
  partition: 'aws',
  region: '*',
  account: '*',
  tags: {},
  ecsCluster: '*',
  service: '*',
  cacheName: '*',
  family: '*',
  probeFamily: 'elasticache-wizard-probe-*',
  vpcId: '*',
  securityGroupId: '*',
  cacheParameterGroupName: 'default.*',
  logGroupName: '*',
  id: '*',
};

/** By how the names of their regions begin (AWS General Reference, "ARN format"). */
const PARTITION_OF: Readonly<Record<string, string>> = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'us-isof-': 'aws-iso-f',
  'eu-isoe-': 'aws-iso-e',
  'eusc-': 'aws-eusc',
};

export const PARTITIONS: readonly string[] = ['aws', ...Object.values(PARTITION_OF)];

/** Without a region it is the public one, for IAM takes no wildcard here. */
export function partitionOf(region: string): string {
  const found = Object.entries(PARTITION_OF).find(([prefix]) => region.startsWith(prefix));
  return found?.[1] ?? 'aws';
}

/** The ARNs that one right is about; none: the right is not needed. '*': AWS has no resource for the action. */
export type Resources = (scope: Scope) => readonly string[];

export const everything: Resources = () => ['*'];

export const securityGroup = one('ec2', ({ securityGroupId }) => `security-group/${securityGroupId}`);
export const vpc = one('ec2', ({ vpcId }) => `vpc/${vpcId}`);

export const cache = ofNodes(({ cacheName }) => `replicationgroup:${cacheName}`);
/** AWS names a cache's nodes '<cache>-001', or '<cache>-0001-001' in cluster mode. */
export const nodes = ofNodes(({ cacheName, id }) => `cluster:${cacheName}-${id}`);
export const subnetGroup = ofNodes(
  ({ cacheName, subnetGroupName }) => `subnetgroup:${subnetGroupName ?? `${cacheName}-subnet-group`}`,
);
export const snapshots = ofNodes(() => 'snapshot:*');
export const usedParameterGroup = ofNodes(
  ({ cacheParameterGroupName }) => `parametergroup:${cacheParameterGroupName}`,
);
export const serverlessCache = where('serverless', 'elasticache', ({ cacheName }) => [
  `serverlesscache:${cacheName}`,
]);
export const serverlessSnapshots = where('serverless', 'elasticache', () => ['serverlesscachesnapshot:*']);
/** The VPC endpoint by which a serverless cache is reached, and what it is made of. */
export const vpcEndpoint = where('serverless', 'ec2', () => ['vpc-endpoint/*']);
export const vpcEndpointParts = where('serverless', 'ec2', ({ vpcId, securityGroupId }) => [
  `vpc/${vpcId}`,
  'subnet/*',
  `security-group/${securityGroupId}`,
]);
export const userGroup = where('users', 'elasticache', ({ cacheName }) => [
  `usergroup:${userGroupIdOf(cacheName)}`,
]);
export const user = where('users', 'elasticache', ({ cacheName }) => [`user:${userIdOf(cacheName)}`]);
/** Looked for by destroy wherever there was a password. */
export const anyUser: Resources = ({ users, secretStores = [] }) =>
  users === true || secretStores.length > 0 ? ['*'] : [];
/** The same, where it is ours to make. */
export const ownParameterGroups: Resources = (scope) =>
  scope.ownParameterGroup === true ? usedParameterGroup(scope) : [];
export const clusteredCache: Resources = (scope) => (scope.clustered === true ? cache(scope) : []);
/** Where another group than the default one takes its place. */
export const changedParameterGroup: Resources = (scope) =>
  scope.clustered === true || lookedAtParameterGroups(scope).length > 0 ? usedParameterGroup(scope) : [];
/** Where there is a group to look at. */
export const lookedAtParameterGroups: Resources = ({ cacheParameterGroupName }) =>
  cacheParameterGroupName.startsWith('default.') ? [] : ['*'];
/** No condition on tags narrows these: they carry none of ours. */
export const adoptedCache: Resources = (scope) => (scope.adopts === true ? cache(scope) : []);
export const adoptedCluster: Resources = (scope) =>
  scope.adopts === true ? [arn(scope, 'elasticache', `cluster:${scope.cacheName}`)] : [];

export const service: Resources = (scope) =>
  scope.serviceArns ?? [arn(scope, 'ecs', `service/${scope.ecsCluster}/${scope.service}`)];
export const serviceDeployments = one(
  'ecs',
  (scope) => `service-deployment/${scope.ecsCluster}/${scope.service}/${scope.id}`,
);
/** Where none is named there are several to choose from. */
export const anyCluster: Resources = (scope) =>
  scope.ecsCluster === '*' ? [arn(scope, 'ecs', 'cluster/*')] : [];
export const tasks = one('ecs', (scope) => `task/${scope.ecsCluster}/${scope.id}`);
export const containerInstances = one('ecs', (scope) => `container-instance/${scope.ecsCluster}/${scope.id}`);
export const revisions = one('ecs', ({ family, id }) => `task-definition/${family}:${id}`);
export const probeRevisions = one('ecs', ({ probeFamily, id }) => `task-definition/${probeFamily}:${id}`);

export const logGroup = one('logs', ({ logGroupName }) => `log-group:${logGroupName}:*`);

/** All that has a name that we would give: of any project where none is known. */
export const ownAlarms = one('cloudwatch', ({ project = '*' }) => `alarm:${projectAlarms(project)}*`);
export const ownTopic = one('sns', ({ project }) =>
  project === undefined ? `${topicNameOf('')}*` : topicNameOf(project),
);
/** One of theirs is looked at too. */
export const topics = one('sns', () => '*');

export const leases = one('ssm', () => 'parameter/elasticache-wizard/*');

/** By example where a project is known: its secrets are many. */
export const keptSecrets: Resources = (scope) =>
  has(scope, 'secretsmanager') ? [arn(scope, 'secretsmanager', `secret:${keptNames(scope)}`)] : [];
export const keptParameters: Resources = (scope) =>
  has(scope, 'ssm') ? [arn(scope, 'ssm', `parameter/${keptNames(scope)}`)] : [];
/** The place that they are below, which is what a list of them is allowed on. */
export const keptPath: Resources = (scope) =>
  has(scope, 'ssm')
    ? [arn(scope, 'ssm', `parameter/${keptNames({ ...scope, id: '' }).replace(/\/$/, '')}`)]
    : [];

/** Where passwords are kept in this region at all. */
export const anySecret: Resources = ({ secretStores = [] }) => (secretStores.length > 0 ? ['*'] : []);

/** Of the tasks that are handed a secret. */
export const readingRole: Resources = (scope) =>
  (scope.secretStores ?? []).length > 0 ? executionRole(scope) : [];

/** Where an app runs on instances. */
export const forInstances: Resources = (scope) => whereInstances(scope, () => ['*']);
export const instancesAnchor: Resources = (scope) => whereInstances(scope, securityGroup);
export const values: Resources = (scope) =>
  whereInstances(scope, () => {
    const path = `parameter${scope.valuePath ?? ''}`;
    return [arn(scope, 'ssm', path), arn(scope, 'ssm', `${path}/${scope.id}`)];
  });
/** A command is allowed on its document and on each instance. */
export const commandedInstances: Resources = (scope) =>
  whereInstances(scope, () => [
    arn({ ...scope, account: '' }, 'ssm', 'document/AWS-RunShellScript'),
    ...(scope.instanceIds ?? ['*']).map((id) => arn(scope, 'ec2', `instance/${id}`)),
  ]);
/** A session is allowed on its document and on what it goes through. */
export const sessionTargets: Resources = (scope) => [
  arn({ ...scope, account: '' }, 'ssm', 'document/AWS-StartPortForwardingSessionToRemoteHost'),
  ...(scope.valuePath === undefined
    ? tasks(scope)
    : (scope.instanceIds ?? ['*']).map((id) => arn(scope, 'ec2', `instance/${id}`))),
];
export const sessions = one('ssm', () => 'session/*');
export const instanceProfiles: Resources = (scope) =>
  whereInstances(scope, () => [globalArn(scope, 'instance-profile/*')]);
export const instanceRoles: Resources = (scope) =>
  whereInstances(scope, () => scope.instanceRoleArns ?? [globalArn(scope, 'role/*')]);

function whereInstances(scope: Scope, resources: Resources): readonly string[] {
  return scope.valuePath === undefined ? [] : resources(scope);
}

export const targetGroups: Resources = (scope) =>
  scope.targetGroupArns ?? [arn(scope, 'elasticloadbalancing', 'targetgroup/*/*')];

export const taskRoles: Resources = (scope) => scope.roleArns ?? [globalArn(scope, 'role/*')];
export const executionRole: Resources = (scope) => scope.executionRoleArns ?? [globalArn(scope, 'role/*')];

/** Our own, to look at what it may do. */
export const callers: Resources = (scope) => [globalArn(scope, 'role/*'), globalArn(scope, 'user/*')];
export const callersRoles: Resources = (scope) => [globalArn(scope, 'role/*')];

export const serviceLinkedRole: Resources = (scope) => [
  globalArn(scope, 'role/aws-service-role/elasticache.amazonaws.com/AWSServiceRoleForElastiCache*'),
];

/** Policies name keys by their own ARN, never by an alias. */
export const kmsKey: Resources = ({ kmsKeyId, ...scope }) => {
  if (kmsKeyId === undefined) return [];
  if (/^arn:[^/]*:key\//.test(kmsKeyId)) return [kmsKeyId];
  return [arn(scope, 'kms', kmsKeyId.includes('alias/') ? 'key/*' : `key/${kmsKeyId}`)];
};

export function clusterArn(scope: Scope): string {
  return arn(scope, 'ecs', `cluster/${scope.ecsCluster}`);
}

function has({ secretStores = [] }: Scope, store: SecretStore): boolean {
  return secretStores.includes(store);
}

function keptNames({ project, id }: Scope): string {
  return project === undefined ? 'elasticache-wizard/*' : `${nameBeginning('secretsmanager', project)}${id}`;
}

/** Of a cache that has any. */
function ofNodes(resource: (scope: Scope) => string): Resources {
  return (scope) => (scope.serverless === true ? [] : [arn(scope, 'elasticache', resource(scope))]);
}

function where(
  member: 'serverless' | 'users',
  serviceName: string,
  resources: (scope: Scope) => readonly string[],
): Resources {
  return (scope) =>
    scope[member] === true ? resources(scope).map((resource) => arn(scope, serviceName, resource)) : [];
}

function one(serviceName: string, resource: (scope: Scope) => string): Resources {
  return (scope) => [arn(scope, serviceName, resource(scope))];
}

function arn({ partition, region, account }: Place, serviceName: string, resource: string): string {
  return `arn:${partition}:${serviceName}:${region}:${account}:${resource}`;
}

/** IAM has no regions. */
function globalArn({ partition, account }: Place, resource: string): string {
  return `arn:${partition}:iam::${account}:${resource}`;
}
