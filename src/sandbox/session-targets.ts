/**
 * Who can be the target of a session: an instance whose agent is online, or the container of a task with ECS Exec. An
 * agent in a task speaks with the permissions of the task's role, and needs a way to Systems Manager.
 */
import type { Ecs } from './ecs/ecs.ts';
import type { Iam } from './iam/iam.ts';
import type { Machines } from './machines/machines.ts';
import type { NetworkInterface, Vpc } from './network/vpc.ts';
import { roleDenial } from './role-denial.ts';
import type { SessionTargets } from './ssm/sessions.ts';

export interface SessionTargetsOptions {
  readonly accountId: string;
  readonly region: string;
  readonly iam: Iam;
  readonly vpc: Vpc;
  readonly machines: Pick<Machines, 'list'>;
  /** Asked when a session starts: tasks come after Systems Manager. */
  readonly ecs: () => Pick<Ecs, 'sessionTarget'>;
}

/** ECS developer guide, "ECS Exec": the permissions that the task's role needs for it. */
const CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];

export function createSessionTargets(options: SessionTargetsOptions): SessionTargets {
  const { vpc, machines, ecs } = options;

  const instance = (instanceId: string): NetworkInterface | undefined => {
    const managed = machines.list().find((each) => each.instanceId === instanceId);
    return managed?.online ? vpc.instance?.(instanceId)?.networkInterface : undefined;
  };

  const task = (target: string): NetworkInterface | undefined => {
    const found = ecs().sessionTarget(target);
    if (!found) return undefined;
    const { networkInterface, publicIp, roleArn } = found;
    const isAllowed =
      roleArn === undefined ||
      CHANNELS.every((channel) => {
        const action = `ssmmessages:${channel}`;
        return roleDenial(options, { roleArn, session: 'ecs-exec', action, resource: '*' }) === undefined;
      });
    const reaches =
      vpc.reachesService?.(networkInterface, publicIp, 'ssmmessages') ??
      vpc.reachesInternet(networkInterface.subnetId, publicIp);
    return isAllowed && reaches ? networkInterface : undefined;
  };

  return (target) => (target.startsWith('ecs:') ? task(target) : instance(target));
}
