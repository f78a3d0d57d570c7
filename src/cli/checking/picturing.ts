/** The app, its caches and the network between them, as the picture of a report shows them. */
import type { Aws } from '../../aws/aws.ts';
import type { SecurityGroup, Ec2Subnet } from '../../aws/ec2.ts';
import { nameOf } from '../../domain/arn.ts';
import { cachesOf, type Consumer } from '../../domain/consumer.ts';
import type { TargetGroup } from '../../domain/app.ts';
import { WizardError } from '../../errors.ts';
import type {
  NamedGroup,
  Picture,
  PicturedApp,
  PicturedBalancer,
  PicturedCache,
} from '../../output/report/picture.ts';
import type { ResultCache } from '../../output/result.ts';
import type { Project } from '../opening/project.ts';

/** What could not be read is left out: a picture with gaps is better than none. */
export async function readPicture(
  { aws, consumers }: Pick<Project, 'aws' | 'consumers'>,
  caches: readonly ResultCache[],
): Promise<Picture> {
  const networks = consumers.map(({ app }) => app.network);
  const places = await Promise.all(caches.map((cache) => readPlace(aws, cache)));
  const [subnets, groups] = await Promise.all([
    orNone(aws.ec2.describeSubnets({ subnetIds: unique(networks.flatMap(({ subnetIds }) => subnetIds)) })),
    orNone(
      aws.ec2.describeSecurityGroups({
        groupIds: unique([
          ...networks.flatMap(({ securityGroupIds }) => securityGroupIds),
          ...places.flatMap(({ groupIds }) => groupIds),
        ]),
      }),
    ),
  ]);
  return {
    apps: consumers.map((consumer) => pictured(consumer, subnets, groups)),
    caches: places.map(({ cache, groupIds, nodes }) => picturedCache(cache, groupIds, nodes, groups)),
  };
}

interface Place {
  readonly cache: ResultCache;
  readonly groupIds: readonly string[];
  readonly nodes: readonly string[];
}

async function readPlace({ caches }: Aws, cache: ResultCache): Promise<Place> {
  const [living] = await orNone(caches.read(cache.name).then((found) => (found ? [found] : [])));
  if (!living) return { cache, groupIds: [], nodes: [] };
  return {
    cache,
    groupIds: await orNone(caches.readSecurityGroupIds(living)),
    nodes: living.nodes?.memberClusters ?? [],
  };
}

function pictured(
  consumer: Consumer,
  subnets: readonly Ec2Subnet[],
  groups: readonly SecurityGroup[],
): PicturedApp {
  const { vpcId, subnetIds, securityGroupIds } = consumer.app.network;
  return {
    name: consumer.settings.name,
    runs: runsOf(consumer),
    vpcId,
    securityGroups: namesOf(securityGroupIds, groups),
    subnets: subnetIds.map((id) => {
      const found = subnets.find(({ subnetId }) => subnetId === id);
      const { availabilityZone = '', cidrBlock } = found ?? {};
      return { subnetId: id, availabilityZone, ...(cidrBlock === undefined ? {} : { cidrBlock }) };
    }),
    variables: consumer.settings.variables.map(({ name }) => name.value),
    caches: cachesOf(consumer.settings),
    balancers: balancersOf(consumer.app.targetGroups),
  };
}

function runsOf(consumer: Consumer): string {
  if (consumer.kind === 'ec2') {
    const { length } = consumer.app.instances;
    return length === 1 ? '1 instance' : `${length} instances`;
  }
  const { service, taskDefinition } = consumer.app;
  return `${service.runningCount} of ${service.desiredCount} tasks, ${nameOf(taskDefinition.taskDefinitionArn)}`;
}

/** One may have several of the groups. */
function balancersOf(targetGroups: readonly TargetGroup[]): PicturedBalancer[] {
  const all = new Map(
    targetGroups.flatMap(({ loadBalancer }) =>
      loadBalancer ? [[loadBalancer.arn, loadBalancer] as const] : [],
    ),
  );
  return [...all.values()].map(({ arn, dnsName, scheme }) => {
    const own = targetGroups.filter(({ loadBalancer }) => loadBalancer?.arn === arn);
    const sticky = own.map(({ attributes }) => (attributes['stickiness.enabled'] === 'true' ? 'on' : 'off'));
    return {
      name: arn.split('/').at(-2) ?? dnsName,
      scheme,
      stickiness: `stickiness ${unique(sticky).join(' and ')}`,
    };
  });
}

function picturedCache(
  cache: ResultCache,
  groupIds: readonly string[],
  nodes: readonly string[],
  groups: readonly SecurityGroup[],
): PicturedCache {
  const { name, engine, engineVersion, cacheNodeType, status, endpoint, transitEncryption } = cache;
  const vpcId = groups.find(({ groupId }) => groupIds.includes(groupId))?.vpcId;
  const size = cacheNodeType === null ? 'serverless' : `${nodes.length} × ${cacheNodeType}`;
  return {
    name,
    is: [engine, engineVersion ?? ''].join(' ').trim() + `, ${size}`,
    status,
    speaks: endpoint ? `TCP ${endpoint.port}, ${transitEncryption ? 'TLS' : 'no TLS'}` : '',
    ...(vpcId === undefined ? {} : { vpcId }),
    securityGroups: namesOf(groupIds, groups),
    nodes,
  };
}

function namesOf(groupIds: readonly string[], groups: readonly SecurityGroup[]): NamedGroup[] {
  return groupIds.map((id) => {
    const groupName = groups.find(({ groupId }) => groupId === id)?.groupName;
    return { groupId: id, ...(groupName === undefined ? {} : { groupName }) };
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

async function orNone<T>(read: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof WizardError) return [];
    throw error;
  }
}
