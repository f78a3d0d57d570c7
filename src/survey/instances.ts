/** Reads an app on EC2 instances as it is: where they are, what is before them, and whether commands reach them. */
import type { Aws } from '../aws/aws.ts';
import type { AppHost, SecurityGroup } from '../aws/ec2.ts';
import type { AppInstance, InstanceApp, RunningInstances } from '../domain/instance-app.ts';
import { nameOf } from '../domain/arn.ts';
import { suggestion } from '../domain/nearest.ts';
import type { InstanceSelection } from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import { describeTargetGroups, readAppUrl } from './load-balancing.ts';
import { readNetwork } from './network.ts';

/** What a selection leads to. */
interface Selected {
  readonly hosts: readonly AppHost[];
  readonly name: string;
  /** That all of them have, and by which they were chosen. */
  readonly securityGroupId?: string;
  /** Named, and not there. */
  readonly missing?: readonly string[];
}

export interface Left {
  /** Undefined: none of them runs. */
  readonly running: RunningInstances | undefined;
  /** Those that do not: 'i-0a1b is stopped'. */
  readonly others: readonly string[];
}

export async function readInstanceApp(aws: Aws, selection: InstanceSelection): Promise<InstanceApp> {
  const selected = await selectRunning(aws, selection);
  const { hosts, name, securityGroupId } = selected;
  const placement = {
    vpcId: vpcOf(hosts),
    subnetIds: [...new Set(hosts.map(({ subnetId }) => subnetId))],
    interfaces: hosts.map(({ securityGroupIds }) => securityGroupIds),
  };
  const [running, network, roleArns] = await Promise.all([
    runningOf(aws, selected),
    readNetwork(aws, placement, name),
    readRoleArns(aws, hosts),
  ]);
  const url = await readAppUrl(aws, running.targetGroups);
  return {
    ...running,
    // The group that was named is on each of them, and lets in no more than it must.
    network: securityGroupId === undefined ? network : { ...network, securityGroupIds: [securityGroupId] },
    ...(url === undefined ? {} : { url }),
    roleArns,
  };
}

/** Enough for the way back, which asks for no more rights than it needs, and goes on with those that still run. */
export async function readInstancesLeft(aws: Aws, selection: InstanceSelection): Promise<Left> {
  const { missing = [], ...selected } = await select(aws, selection);
  const hosts = selected.hosts.filter(({ state }) => state === 'running');
  const idle = selected.hosts.filter(({ state }) => state !== 'running');
  return {
    running: hosts.length === 0 ? undefined : await runningOf(aws, { ...selected, hosts }),
    others: [...idle.map(stateText), ...missing.map((each) => `${each} is gone`)],
  };
}

async function selectRunning(aws: Aws, selection: InstanceSelection): Promise<Selected> {
  const selected = await select(aws, selection);
  const [missing] = selected.missing ?? [];
  if (missing !== undefined) await refuseMissing(aws, missing);
  if (selected.hosts.length === 0) throw none(selected.name);
  requireRunning(selected.hosts);
  requireOneVpc(selected.hosts);
  return selected;
}

/** Of these ids, and nothing of what is before them; one that is not there, or does not run, is refused. */
export async function readInstances(aws: Aws, ids: readonly string[]): Promise<AppInstance[]> {
  return instancesOf(aws, (await selectRunning(aws, { instances: ids })).hosts);
}

async function runningOf(aws: Aws, { hosts, name }: Selected): Promise<RunningInstances> {
  const [targetGroups, instances] = await Promise.all([
    readTargetGroups(aws, hosts),
    instancesOf(aws, hosts),
  ]);
  return { name, instances, targetGroups };
}

async function instancesOf(aws: Aws, hosts: readonly AppHost[]): Promise<AppInstance[]> {
  const agents = await readAgents(aws, hosts);
  return hosts.map((host) => ({
    instanceId: host.instanceId,
    privateIpAddress: host.privateIpAddress,
    subnetId: host.subnetId,
    availabilityZone: host.availabilityZone,
    securityGroupIds: host.securityGroupIds,
    agent: agents.get(host.instanceId) ?? { missing: NOT_REGISTERED },
  }));
}

function vpcOf([first]: readonly AppHost[]): string {
  return first?.vpcId ?? '';
}

function select(aws: Aws, selection: InstanceSelection): Promise<Selected> {
  if ('autoScalingGroup' in selection) return ofAutoScalingGroup(aws, selection.autoScalingGroup);
  if ('securityGroup' in selection) return ofSecurityGroup(aws, selection.securityGroup);
  return named(aws, selection.instances);
}

async function ofAutoScalingGroup({ autoScaling, ec2 }: Aws, name: string): Promise<Selected> {
  const ids = await autoScaling.readInstanceIds(name);
  if (ids) return { name, hosts: ids.length === 0 ? [] : inOrder(await ec2.listInstances({ ids })) };
  const groups = await autoScaling.listGroups();
  const names = groups.map((group) => group.name).sort();
  throw notFound('Auto Scaling group', name, names);
}

async function ofSecurityGroup({ ec2 }: Aws, wanted: string): Promise<Selected> {
  const group = await findSecurityGroup({ ec2 }, wanted);
  const { groupId, groupName } = group;
  const hosts = await ec2.listInstances({ securityGroupId: groupId });
  // Stopped ones may keep a group for ever, and are no part of the app.
  const running = hosts.filter(({ state }) => state === 'running');
  return { name: groupName, hosts: inOrder(running), securityGroupId: groupId };
}

async function findSecurityGroup({ ec2 }: Pick<Aws, 'ec2'>, wanted: string): Promise<SecurityGroup> {
  const all = wanted.startsWith('sg-')
    ? await ec2.describeSecurityGroups({ groupIds: [wanted] })
    : await ec2.listSecurityGroups(wanted);
  const [found, ...others] = all;
  if (found && others.length === 0) return found;
  if (found) {
    const ids = all.map(({ groupId, vpcId }) => `${groupId} in ${vpcId}`).join(', ');
    throw new WizardError('InvalidInput', `Several security groups are called ${wanted}: ${ids}`, {
      hint: 'Name one by its id.',
    });
  }
  const names = (await ec2.listSecurityGroups()).map(({ groupId, groupName }) =>
    wanted.startsWith('sg-') ? groupId : groupName,
  );
  throw notFound('security group', wanted, [...new Set(names)]);
}

async function named({ ec2 }: Aws, wanted: readonly string[]): Promise<Selected> {
  const ids = wanted.filter(isInstanceId);
  const names = wanted.filter((each) => !isInstanceId(each));
  const [byId, byName] = await Promise.all([
    ids.length === 0 ? [] : ec2.listInstances({ ids }),
    names.length === 0 ? [] : ec2.listInstances({ names }),
  ]);
  const missing = wanted.filter(
    (each) =>
      !byId.some(({ instanceId }) => instanceId === each) && !byName.some(({ name }) => name === each),
  );
  const hosts = inOrder([...new Map([...byId, ...byName].map((host) => [host.instanceId, host])).values()]);
  return { name: hosts[0]?.name ?? hosts[0]?.instanceId ?? '', hosts, missing };
}

async function refuseMissing({ ec2 }: Aws, missing: string): Promise<never> {
  const all = await ec2.listInstances({});
  const known = all.flatMap(({ instanceId, name }) => (isInstanceId(missing) ? instanceId : (name ?? [])));
  throw notFound('instance', missing, [...new Set(known)]);
}

function stateText({ instanceId, state }: AppHost): string {
  return `${instanceId} is ${state}`;
}

function isInstanceId(text: string): boolean {
  return /^i-[0-9a-f]{8,17}$/.test(text);
}

function inOrder(hosts: readonly AppHost[]): AppHost[] {
  return [...hosts].sort((one, other) => one.instanceId.localeCompare(other.instanceId));
}

function requireRunning(hosts: readonly AppHost[]): void {
  const idle = hosts.filter(({ state }) => state !== 'running');
  if (idle.length === 0) return;
  const which = idle.map(stateText).join(', ');
  throw new WizardError('Blocked', `Not all of the instances run: ${which}`, {
    hint: 'Start them, or name only those that run; then run the same command again.',
  });
}

function requireOneVpc(hosts: readonly AppHost[]): void {
  const vpcIds = [...new Set(hosts.map(({ vpcId }) => vpcId))];
  if (vpcIds.length < 2) return;
  throw new WizardError(
    'Blocked',
    `The instances are in several VPCs (${vpcIds.join(', ')}), and a cache is in one`,
    {
      hint: 'Name those of one VPC; the others take a project of their own.',
    },
  );
}

/** No target group is known by its targets, so that all of the VPC's are looked into. */
async function readTargetGroups(aws: Aws, hosts: readonly AppHost[]): Promise<InstanceApp['targetGroups']> {
  const ours = new Set(hosts.flatMap(({ instanceId, privateIpAddress }) => [instanceId, privateIpAddress]));
  const all = await aws.elbv2.listTargetGroups(vpcOf(hosts));
  const targets = await Promise.all(all.map((arn) => aws.elbv2.describeTargetHealth(arn)));
  const before = all.filter((_, index) => targets[index]?.some(({ id }) => ours.has(id)));
  return describeTargetGroups(aws, before);
}

const NOT_REGISTERED = 'it never registered with Systems Manager';

/** Who may not ask does without commands. */
async function readAgents(
  { commands }: Aws,
  hosts: readonly AppHost[],
): Promise<ReadonlyMap<string, AppInstance['agent']>> {
  const ids = hosts.map(({ instanceId }) => instanceId);
  try {
    const statuses = await commands.readPingStatuses(ids);
    return new Map(
      [...statuses].map(([id, status]) => [
        id,
        status === 'Online' ? 'online' : { missing: `its SSM agent is called ${status}` },
      ]),
    );
  } catch (error) {
    if (!(error instanceof WizardError && error.code === 'AccessDenied')) throw error;
    const missing = error.message;
    return new Map(ids.map((id) => [id, { missing }]));
  }
}

/** Who may not ask is told later that it was not looked at. */
async function readRoleArns({ iam }: Aws, hosts: readonly AppHost[]): Promise<string[]> {
  const profiles = new Set(hosts.flatMap(({ instanceProfileArn }) => instanceProfileArn ?? []));
  const found = await Promise.all(
    [...profiles].map((arn) =>
      iam.readProfileRoleArns(nameOf(arn)).catch((error: unknown) => {
        if (error instanceof WizardError && error.code === 'AccessDenied') return [];
        throw error;
      }),
    ),
  );
  return [...new Set(found.flat())];
}

function none(name: string): WizardError {
  return new WizardError('NotFound', `No instance of ${name} runs`, {
    hint: 'Start at least one, then run the same command again.',
  });
}

function notFound(what: string, name: string, existing: readonly string[]): WizardError {
  return new WizardError('NotFound', `There is no ${what} ${name} in this account and region`, {
    hint:
      suggestion(name, existing) ??
      `There are none here at all: is the region right (--region), and the account (--profile)?`,
  });
}
