/** An EC2 instance whose SSM agent is online. */
import type { AppHost, Ec2 } from '../aws/ec2.ts';
import type { Ecs } from '../aws/ecs.ts';
import type { SsmCommands } from '../aws/ssm-commands.ts';
import type { RunningService } from '../domain/app.ts';
import type { SessionPlace } from './session-place.ts';
import type { Missing } from './tunnel.ts';

/** Systems Manager user guide, "Setting up Systems Manager for EC2 instances". */
const SETUP =
  'the SSM agent must run there, the instance profile must have what AmazonSSMManagedInstanceCore allows, and its subnet a way to Systems Manager';

export const NO_INSTANCE: Missing = {
  missing: 'the app runs on no instance of its own',
  cure: 'Name one that the cache lets in: --through i-….',
};

/** Those on which the tasks of a service are; none on Fargate. */
export async function instancesUnder(
  { ecsCluster, service }: Pick<RunningService, 'ecsCluster' | 'service'>,
  { ecs }: { readonly ecs: Pick<Ecs, 'listTasks' | 'describeTasks' | 'readInstanceIds'> },
): Promise<string[]> {
  const { serviceName } = service;
  const taskArns = await ecs.listTasks(ecsCluster, { service: serviceName, desiredStatus: 'RUNNING' });
  const tasks = taskArns.length === 0 ? [] : await ecs.describeTasks(ecsCluster, taskArns);
  const arns = tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []);
  return arns.length === 0 ? [] : ecs.readInstanceIds(ecsCluster, arns);
}

/** The first of them that is fit. */
export async function findInstancePlace(
  instanceIds: readonly string[],
  {
    ec2,
    commands,
  }: { readonly ec2: Pick<Ec2, 'listInstances'>; readonly commands: Pick<SsmCommands, 'readPingStatuses'> },
): Promise<SessionPlace | Missing> {
  const ids = [...new Set(instanceIds)];
  if (ids.length === 0) return NO_INSTANCE;
  const hosts = await ec2.listInstances({ ids });
  const running = hosts.filter(({ state }) => state === 'running');
  if (running.length === 0) {
    return {
      missing: `${ids.join(', ')} ${ids.length > 1 ? 'do' : 'does'} not run in this account and region`,
      cure: 'Is the id right, and the region (--region)?',
    };
  }
  const statuses = await commands.readPingStatuses(running.map(({ instanceId }) => instanceId));
  const online = running.find(({ instanceId }) => statuses.get(instanceId) === 'Online');
  if (online) return placeOf(online);
  const [first] = running;
  const status = statuses.get(first?.instanceId ?? '');
  return {
    missing: `the SSM agent of ${first?.instanceId ?? ''} is ${status === undefined ? 'not known to Systems Manager' : `called ${status}`}`,
    cure: `Look at the instance: ${SETUP}.`,
  };
}

function placeOf({ instanceId, name, securityGroupIds, privateIpAddress }: AppHost): SessionPlace {
  const through = `the instance ${instanceId}${name === undefined ? '' : ` (${name})`}`;
  return {
    target: instanceId,
    through,
    unconnected: {
      missing: `The SSM agent of ${through} has no connection to Systems Manager`,
      cure: `Look at the instance: ${SETUP}.`,
    },
    securityGroupIds,
    privateIpAddress,
  };
}
