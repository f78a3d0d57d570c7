/** A running task of the app with the agent of ECS Exec. */
import type { Ecs, Task } from '../aws/ecs.ts';
import type { Ec2 } from '../aws/ec2.ts';
import type { RunningService } from '../domain/app.ts';
import { nameOf } from '../domain/arn.ts';
import { awsCommand } from '../domain/mending.ts';
import { commandText } from '../domain/shell-word.ts';
import type { SessionPlace } from './session-place.ts';
import type { Missing } from './tunnel.ts';

type ServiceParts = Pick<RunningService, 'ecsCluster' | 'service' | 'container' | 'taskDefinition'>;
type Container = Task['containers'][number];

/** ECS developer guide, "ECS Exec": of the task's role, not of the execution role. */
function needsOf({ taskDefinition }: ServiceParts): string {
  const { taskRoleArn } = taskDefinition.document;
  const role =
    typeof taskRoleArn === 'string' ? `the role ${nameOf(taskRoleArn)}` : 'a role of the task (it has none)';
  const actions =
    'ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel';
  return `${role} needs ${actions}, and the subnets need a way to Systems Manager (NAT, or an endpoint for ssmmessages)`;
}

/** `where`: the flags of the AWS CLI that name region and profile. */
export async function findTaskPlace(
  running: ServiceParts,
  aws: { readonly ecs: Ecs; readonly ec2: Pick<Ec2, 'listInstances'> },
  where: readonly string[],
): Promise<SessionPlace | Missing> {
  const { ecsCluster, service } = running;
  const { serviceName } = service;
  const taskArns = await aws.ecs.listTasks(ecsCluster, { service: serviceName, desiredStatus: 'RUNNING' });
  const tasks = taskArns.length === 0 ? [] : await aws.ecs.describeTasks(ecsCluster, taskArns);
  const up = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  if (up.length === 0) {
    return {
      missing: `no task of ${serviceName} is running`,
      cure: `Find out why: elasticache-wizard verify.`,
    };
  }
  const withAgent = up.flatMap((task) => {
    const container = agentIn(task, running.container);
    return container ? [{ task, container }] : [];
  });
  if (withAgent.length === 0) return withoutExec(running, where);
  const working = withAgent.filter(({ container }) => container.execAgent === 'RUNNING');
  const [best] = working.toSorted((one, other) => rank(one.task, service) - rank(other.task, service));
  if (!best) {
    const status = withAgent[0]?.container.execAgent ?? '';
    return {
      missing: `the agent of ECS Exec (ExecuteCommandAgent) is ${status} in the tasks of ${serviceName}`,
      cure: `Look at its role and its network: ${needsOf(running)}.`,
    };
  }
  return placeOf(best.task, best.container, running, aws);
}

/** The app's own container; any other of the task is in the same network. */
function agentIn({ containers }: Task, name: string): Container | undefined {
  const able = containers.filter(
    ({ execAgent, runtimeId }) => execAgent !== undefined && runtimeId !== undefined,
  );
  const working = able.filter(({ execAgent }) => execAgent === 'RUNNING');
  return working.find((container) => container.name === name) ?? working[0] ?? able[0];
}

/** Healthy ones first, and of those one that does not go with the revision before. */
function rank({ healthStatus, taskDefinitionArn }: Task, service: RunningService['service']): number {
  return (healthStatus === 'UNHEALTHY' ? 2 : 0) + (taskDefinitionArn === service.taskDefinitionArn ? 0 : 1);
}

function withoutExec(running: ServiceParts, where: readonly string[]): Missing {
  const { ecsCluster, service } = running;
  const { serviceName, enableExecuteCommand } = service;
  const update = ['ecs', 'update-service', '--cluster', ecsCluster, '--service', serviceName];
  const more = enableExecuteCommand ? [] : ['--enable-execute-command'];
  const command = commandText(awsCommand(where, ...update, ...more, '--force-new-deployment'));
  const missing = enableExecuteCommand
    ? `no running task of ${serviceName} was started since ECS Exec was enabled on it`
    : `ECS Exec is not enabled on the service ${serviceName}`;
  return { missing, cure: `Its tasks are replaced by: ${command}; ${needsOf(running)}.` };
}

async function placeOf(
  task: Task,
  container: Container,
  running: ServiceParts,
  aws: { readonly ecs: Ecs; readonly ec2: Pick<Ec2, 'listInstances'> },
): Promise<SessionPlace> {
  const { ecsCluster, service } = running;
  const id = nameOf(task.taskArn);
  const through = `the task ${id} of ${service.serviceName}`;
  return {
    target: `ecs:${ecsCluster}_${id}_${container.runtimeId ?? ''}`,
    through,
    unconnected: {
      missing: `The agent of ECS Exec in ${through} has no connection to Systems Manager`,
      cure: `Look at its role and its network: ${needsOf(running)}.`,
    },
    privateIpAddress: task.privateIpAddress,
    securityGroupIds: service.awsvpc?.securityGroupIds ?? (await groupsOfInstance(task, ecsCluster, aws)),
  };
}

/** In bridge and host mode the task speaks with the interface of its instance. */
async function groupsOfInstance(
  { containerInstanceArn }: Task,
  ecsCluster: string,
  { ecs, ec2 }: { readonly ecs: Ecs; readonly ec2: Pick<Ec2, 'listInstances'> },
): Promise<readonly string[]> {
  if (containerInstanceArn === undefined) return [];
  const ids = await ecs.readInstanceIds(ecsCluster, [containerInstanceArn]);
  const instances = ids.length === 0 ? [] : await ec2.listInstances({ ids });
  return instances.flatMap(({ securityGroupIds }) => securityGroupIds);
}
