/**
 * ECS (Service Authorization Reference, "Amazon Elastic Container Service"; developer guide, "Grant permission to tag
 * resources on creation"). Clusters are made on "*", and task definitions described, listed and registered.
 */
import type {
  CreateClusterRequest,
  CreateServiceRequest,
  DescribeServicesRequest,
  DescribeTasksRequest,
  RegisterTaskDefinitionRequest,
  RunTaskRequest,
  Tag,
  TagResourceRequest,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { ContextValues } from '../../iam/policy/context.ts';
import { made, on, tagged } from './permission.ts';
import type { Needs, Permission, PermissionRules, Place, Resource } from './permission.ts';
import { requestTagContext } from './request-tags.ts';

interface InCluster {
  readonly cluster?: string | undefined;
}

export function ecsPermissions({ region, accountId, look }: Place): PermissionRules {
  const arn = (resource: string): string => `arn:aws:ecs:${region}:${accountId}:${resource}`;
  /** Most members take a name or an ARN. */
  const full = (type: string, nameOrArn: string): string =>
    nameOrArn.startsWith('arn:') ? nameOrArn : arn(`${type}/${nameOrArn}`);
  const clusterArn = (cluster = 'default'): string => full('cluster', cluster);
  const inCluster = ({ cluster }: InCluster): ContextValues => ({ 'ecs:cluster': clusterArn(cluster) });
  const clusterName = ({ cluster = 'default' }: InCluster): string =>
    cluster.slice(cluster.lastIndexOf('/') + 1);

  const cluster = (input: InCluster): Needs => on(clusterArn(input.cluster));
  const anyInCluster = (input: InCluster): Needs => on({ arn: '*', context: inCluster(input) });
  const inItsCluster = (type: string, input: InCluster, nameOrArn: string): Resource => ({
    arn: full(`${type}/${clusterName(input)}`, nameOrArn),
    context: inCluster(input),
  });
  const service = (input: InCluster & { service?: string }): Needs =>
    on(inItsCluster('service', input, input.service ?? ''));
  const arnMember = (member: string) => (input: Readonly<Record<string, string>>) => on(input[member] ?? '');
  const arnMembers = (member: string) => (input: Readonly<Record<string, readonly string[]>>) =>
    on(...(input[member] ?? []));
  const tagging = ({ resourceArn = '' }: TagResourceRequest): Needs => on(tagged(resourceArn));

  const runTask = async (input: RunTaskRequest): Promise<Needs> => {
    const described = (await look('ecs', 'DescribeTaskDefinition', {
      taskDefinition: input.taskDefinition,
    })) as { taskDefinition?: TaskDefinition } | undefined;
    const definition = described?.taskDefinition;
    const { overrides = {} } = input;
    return {
      resources: [
        {
          // A family alone is judged as the revision that it stands for.
          arn: definition?.taskDefinitionArn ?? full('task-definition', input.taskDefinition ?? ''),
          // Of the tags of the task that is made of it.
          context: { ...inCluster(input), ...requestTagContext(input) },
        },
      ],
      further: [
        ...passRole(
          overrides.taskRoleArn ?? definition?.taskRoleArn,
          overrides.executionRoleArn ?? definition?.executionRoleArn,
        ),
        ...taggingOnCreate('RunTask', arn(`task/${clusterName(input)}/*`), input.tags),
      ],
    };
  };

  return {
    CreateCluster: (input: CreateClusterRequest) => ({
      resources: [{ arn: '*' }],
      further: taggingOnCreate('CreateCluster', clusterArn(input.clusterName), input.tags),
    }),
    DeleteCluster: cluster,
    DescribeClusters: ({ clusters = ['default'] }: { clusters?: string[] }) =>
      on(...clusters.map(clusterArn)),
    ListContainerInstances: cluster,
    DescribeContainerInstances: (input: InCluster & { containerInstances?: string[] }) =>
      on(...(input.containerInstances ?? []).map((one) => inItsCluster('container-instance', input, one))),
    DescribeCapacityProviders: ({ capacityProviders = ['*'] }: { capacityProviders?: string[] }) =>
      on(...capacityProviders.map((one) => full('capacity-provider', one))),

    CreateService: (input: CreateServiceRequest) =>
      on({ ...inItsCluster('service', input, input.serviceName ?? ''), takesTags: true }),
    UpdateService: service,
    DeleteService: service,
    DescribeServices: (input: DescribeServicesRequest) =>
      on(...(input.services ?? []).map((one) => inItsCluster('service', input, one))),
    ListServices: anyInCluster,
    ListServiceDeployments: service,
    DescribeServiceDeployments: arnMembers('serviceDeploymentArns'),
    DescribeServiceRevisions: arnMembers('serviceRevisionArns'),
    StopServiceDeployment: arnMember('serviceDeploymentArn'),

    RegisterTaskDefinition: (input: RegisterTaskDefinitionRequest): Needs => ({
      resources: [{ arn: '*' }],
      further: [
        ...passRole(input.taskRoleArn, input.executionRoleArn),
        ...taggingOnCreate(
          'RegisterTaskDefinition',
          arn(`task-definition/${input.family ?? ''}:*`),
          input.tags,
        ),
      ],
    }),
    RunTask: runTask,
    StopTask: (input: InCluster & { task?: string }) => on(inItsCluster('task', input, input.task ?? '')),
    DescribeTasks: (input: DescribeTasksRequest) =>
      on(...(input.tasks ?? []).map((one) => inItsCluster('task', input, one))),
    ListTasks: anyInCluster,

    TagResource: tagging,
    UntagResource: tagging,
    ListTagsForResource: tagging,
  };
}

/** Whoever gives a role to a task must be allowed to (IAM User Guide, "Grant a user permissions to pass a role"). */
function passRole(...roleArns: readonly (string | undefined)[]): Permission[] {
  const roles = [...new Set(roleArns.filter((arn) => arn !== undefined))];
  const context = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  return roles.length === 0
    ? []
    : [{ action: 'iam:PassRole', resources: roles.map((arn) => ({ arn, context })) }];
}

/** For operations whose own permission is not about what they make. */
function taggingOnCreate(operation: string, arn: string, tags: readonly Tag[] = []): Permission[] {
  return tags.length === 0
    ? []
    : [{ action: 'ecs:TagResource', resources: [made(arn, { 'ecs:CreateAction': operation })] }];
}
