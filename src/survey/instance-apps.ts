/**
 * The apps on EC2 instances there are to choose from. Nothing on AWS says what an app is there, so it is told by what
 * holds instances together: an Auto Scaling group, else the security groups that they share.
 */
import type { Aws } from '../aws/aws.ts';
import type { AutoScalingGroup } from '../aws/auto-scaling.ts';
import type { AppHost } from '../aws/ec2.ts';
import type { InstanceSelection } from '../domain/settings.ts';
import { whereAllowed } from './where-allowed.ts';

export interface InstanceAppChoice {
  readonly selection: InstanceSelection;
  /** No two have the same. */
  readonly label: string;
  readonly detail: string;
  readonly instances: number;
}

/** What was found, before anything is made of it. */
export interface FoundInstances {
  readonly groups: readonly AutoScalingGroup[];
  /** Those that run. */
  readonly hosts: readonly AppHost[];
  /** Those on which ECS runs its tasks. */
  readonly ofEcs: ReadonlySet<string>;
  /** Names of security groups by their ids. */
  readonly groupNames: ReadonlyMap<string, string>;
}

type Reads = Pick<Aws, 'autoScaling' | 'ec2' | 'ecs'>;

/** Where a call is refused less is known: without Auto Scaling's, groups are told by their security groups. */
export async function listInstanceApps(aws: Reads): Promise<InstanceAppChoice[]> {
  const all = await aws.ec2.listInstances({});
  const hosts = all.filter(({ state }) => state === 'running');
  if (hosts.length === 0) return [];
  const [groups, ofEcs, securityGroups] = await Promise.all([
    whereAllowed(aws.autoScaling.listGroups(), []),
    whereAllowed(readInstancesOfEcs(aws), []),
    aws.ec2.describeSecurityGroups({
      groupIds: [...new Set(hosts.flatMap(({ securityGroupIds }) => securityGroupIds))],
    }),
  ]);
  const groupNames = new Map(securityGroups.map(({ groupId, groupName }) => [groupId, groupName]));
  return instanceApps({ groups, hosts, ofEcs: new Set(ofEcs), groupNames });
}

/** No tag of theirs tells for certain: only the clusters know their instances. */
async function readInstancesOfEcs({ ecs }: Reads): Promise<string[]> {
  const clusters = await ecs.describeClusters(await ecs.listClusters());
  const withInstances = clusters.filter(({ containerInstances }) => containerInstances > 0);
  return ecs.listInstanceIds(withInstances.map(({ name }) => name));
}

/** Those of several instances first. */
export function instanceApps({ groups, hosts, ofEcs, groupNames }: FoundInstances): InstanceAppChoice[] {
  const inGroups = new Set(groups.flatMap(({ instanceIds }) => instanceIds));
  const others = hosts.filter(({ instanceId }) => !ofEcs.has(instanceId) && !inGroups.has(instanceId));
  const choices = [
    ...groups
      .map((group) => ({ ...group, instanceIds: group.instanceIds.filter((id) => !ofEcs.has(id)) }))
      .filter(({ instanceIds }) => instanceIds.length > 0)
      .map(ofAutoScalingGroup),
    ...alike(others).map((some) => ofSecurityGroup(some, hosts, groupNames)),
  ];
  return toldApart(choices).sort(
    (one, other) =>
      Number(other.instances > 1) - Number(one.instances > 1) ||
      one.label.localeCompare(other.label, 'en', { numeric: true }),
  );
}

/** Names of instances, and of security groups in several VPCs, may be the same. */
function toldApart(choices: readonly InstanceAppChoice[]): InstanceAppChoice[] {
  return choices.map((choice) => {
    const isAlone = choices.every((other) => other === choice || other.label !== choice.label);
    const [id] = Object.values(choice.selection).flat() as string[];
    return isAlone || id === undefined || id === choice.label
      ? choice
      : { ...choice, label: `${choice.label} (${id})` };
  });
}

function ofAutoScalingGroup({ name, instanceIds, targetGroupArns }: AutoScalingGroup): InstanceAppChoice {
  const behind = targetGroupArns.flatMap((arn) => arn.split('/')[1] ?? []);
  const balanced = behind.length > 0 ? `behind ${behind.join(', ')}` : 'no target group';
  return {
    selection: { autoScalingGroup: name },
    label: name,
    detail: `Auto Scaling group, ${counted(instanceIds.length)} in service, ${balanced}`,
    instances: instanceIds.length,
  };
}

/** Instances with just the same security groups are taken for one app. */
function alike(hosts: readonly AppHost[]): (readonly AppHost[])[] {
  const byGroups = new Map<string, AppHost[]>();
  for (const host of hosts) {
    const key = [...host.securityGroupIds].sort().join(' ');
    byGroups.set(key, [...(byGroups.get(key) ?? []), host]);
  }
  return [...byGroups.values()];
}

/** A security group stands for them only where nothing else that runs has it. */
function ofSecurityGroup(
  some: readonly AppHost[],
  all: readonly AppHost[],
  groupNames: ReadonlyMap<string, string>,
): InstanceAppChoice {
  const [first] = some;
  const ids = some.map(({ instanceId }) => instanceId).sort();
  const names = [...new Set(some.flatMap(({ name }) => name ?? []))].sort();
  const shown = names.length > 0 ? names : ids;
  const where = first?.vpcId ?? '';
  const groupId = first?.securityGroupIds.find(
    (id) => all.filter(({ securityGroupIds }) => securityGroupIds.includes(id)).length === some.length,
  );
  return groupId === undefined
    ? {
        selection: { instances: ids },
        label: few(shown),
        detail: `${counted(ids.length)}${names.length > 0 ? ` (${few(ids)})` : ''}, ${where}`,
        instances: ids.length,
      }
    : {
        selection: { securityGroup: groupId },
        label: groupNames.get(groupId) ?? groupId,
        detail: `security group, ${counted(ids.length)} (${few(shown)}), ${where}`,
        instances: ids.length,
      };
}

const FEW = 3;

function few(names: readonly string[]): string {
  const more = names.length - FEW;
  return more > 0 ? `${names.slice(0, FEW).join(', ')} and ${more} more` : names.join(', ');
}

function counted(instances: number): string {
  return instances === 1 ? '1 instance' : `${instances} instances`;
}
