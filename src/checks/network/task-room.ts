/** Can new tasks of a service start in its subnets? Those that run have proved nothing of tomorrow's. */
import type { Ec2Subnet } from '../../aws/ec2.ts';
import type { CheckResult } from '../../domain/check.ts';
import { startedAtOnce } from '../../domain/rollout-room.ts';
import { commandText } from '../../domain/shell-word.ts';
import { startNeeds } from '../../survey/start-needs.ts';
import { readWaysOut } from '../../survey/ways-out.ts';
import type { CheckContext } from '../context.ts';
import { fail, unseen, warn } from '../question.ts';

const MEANS = 'No new task starts, and no deployment is finished';

/** What is wrong; nothing where all is well, or where tasks use their instances' network. */
export async function askRoom(context: Pick<CheckContext, 'aws' | 'app' | 'where'>): Promise<CheckResult[]> {
  const { aws, app } = context;
  const { awsvpc } = app.service;
  if (!awsvpc) return [];
  const { subnetIds, securityGroupIds } = app.network;
  const [found, groups] = await Promise.all([
    aws.ec2.describeSubnets({ subnetIds }),
    aws.ec2.describeSecurityGroups({ groupIds: securityGroupIds }),
  ]);
  const missing = subnetIds.filter((id) => !found.some(({ subnetId }) => subnetId === id));
  const strange = groups.filter(({ vpcId }) => found.some((subnet) => subnet.vpcId !== vpcId));
  return [
    ...(missing.length > 0 ? [subnetsGone(missing, found, context)] : []),
    ...strange.map(({ groupId, groupName, vpcId }) =>
      fail(
        `${groupName} (${groupId}) of the service is in ${vpcId}, its subnets are in ${app.network.vpcId}`,
        'Name groups of that VPC in the service’s network configuration.',
        { means: MEANS },
      ),
    ),
    ...addresses(found, context),
    ...(await askStart(context).catch((error: unknown) => [unseen(error)])),
  ];
}

function subnetsGone(
  missing: readonly string[],
  found: readonly Ec2Subnet[],
  context: Pick<CheckContext, 'app' | 'where'>,
): CheckResult {
  return fail(
    `${missing.join(', ')} of the service is not there any more`,
    'Name the subnets that are there in the service’s network configuration.',
    { means: 'ECS still tries to place tasks there', ...replacing(found, context) },
  );
}

/** VPC User Guide, "Subnet sizing": each task with a network interface of its own takes one. */
function addresses(found: readonly Ec2Subnet[], context: Pick<CheckContext, 'app' | 'where'>): CheckResult[] {
  const { service, network } = context.app;
  const free = found.reduce((sum, { freeAddresses }) => sum + freeAddresses, 0);
  const full = found.filter(({ freeAddresses }) => freeAddresses === 0);
  if (found.length > 0 && free === 0) {
    // Others in the same zones, and with the same way out as these.
    const isLike = (id: string, zone: string, isPublic: boolean): boolean =>
      !network.subnetIds.includes(id) &&
      found.some(({ availabilityZone }) => availabilityZone === zone) &&
      isPublic === (service.awsvpc?.assignPublicIp === true);
    const others = network.usableSubnets.filter((each) =>
      isLike(each.subnetId, each.availabilityZone, each.isPublic),
    );
    return [
      fail(
        `${placesOf(found)} have no free address left`,
        'Give the service another subnet, or take away what fills these.',
        { means: MEANS, ...(others.length > 0 ? replacing([...found, ...others], context) : {}) },
      ),
    ];
  }
  const wanted = startedAtOnce(service);
  const hint = 'Give the service another subnet before the next deployment.';
  if (free < wanted) {
    const detail = `a deployment starts ${wanted} tasks beside those that run, and ${placesOf(found)} have ${free} free addresses`;
    return [warn(detail, hint)];
  }
  return full.length === 0
    ? []
    : [
        warn(`${placesOf(full)} has no free address left`, hint, {
          means: 'Tasks start in other zones alone',
        }),
      ];
}

/** A new deployment with the service's groups as they are; only ECS itself deploys so. */
function replacing(
  subnets: readonly { readonly subnetId: string }[],
  { app, where }: Pick<CheckContext, 'app' | 'where'>,
): { readonly fix?: string } {
  const { awsvpc, deploymentController, serviceName } = app.service;
  if (!awsvpc || subnets.length === 0 || deploymentController !== 'ECS') return {};
  const groups = awsvpc.securityGroupIds;
  const members = [
    `subnets=[${subnets.map(({ subnetId }) => subnetId).join(',')}]`,
    ...(groups.length > 0 ? [`securityGroups=[${groups.join(',')}]`] : []),
    `assignPublicIp=${awsvpc.assignPublicIp ? 'ENABLED' : 'DISABLED'}`,
  ];
  const words = ['aws', 'ecs', 'update-service', '--cluster', app.ecsCluster, '--service', serviceName];
  const network = ['--network-configuration', `awsvpcConfiguration={${members.join(',')}}`];
  return { fix: commandText([...words, ...network, ...where]) };
}

/** On instances it is they who pull images and write logs, not the tasks. */
async function askStart({ aws, app }: Pick<CheckContext, 'aws' | 'app'>): Promise<CheckResult[]> {
  const { launchType, capacityProviderStrategy } = app.service;
  const onFargate =
    launchType === 'FARGATE' ||
    capacityProviderStrategy.some(({ capacityProvider }) => capacityProvider.startsWith('FARGATE'));
  if (!onFargate) return [];
  const { shut, endpoints } = await readWaysOut(aws.ec2, app);
  if (shut.length === 0) return [];
  const { services, publicImages } = startNeeds(app.taskDefinition.document);
  const lacking = services.filter((service) => !endpoints.some((each) => each.endsWith(`.${service}`)));
  if (lacking.length + publicImages.length === 0) return [];
  const unreached = [...lacking.map((each) => `an endpoint for ${each}`), ...publicImages];
  return [
    warn(
      `${shut.join(', ')} have no way out of ${app.network.vpcId}, and from there tasks would need ${unreached.join(', ')}`,
      'Give those subnets a NAT gateway, or the VPC the interface endpoints (and S3 a gateway endpoint).',
      { means: 'Tasks that run go on, new ones may not start: CannotPullContainerError' },
    ),
  ];
}

function placesOf(subnets: readonly Ec2Subnet[]): string {
  return subnets.map(({ subnetId, availabilityZone }) => `${subnetId} (${availabilityZone})`).join(', ');
}
