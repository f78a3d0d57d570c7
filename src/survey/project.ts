/** Finds a project again by nothing but its name: its security groups are tagged, and tell the rest. */
import type { Aws } from '../aws/aws.ts';
import type { SecurityGroup } from '../aws/ec2.ts';
import type { RunningService } from '../domain/app.ts';
import { serviceParts } from '../domain/arn.ts';
import type { CachePlace } from '../domain/our-values.ts';
import {
  ADOPTED_TAG,
  ALARMS_TAG,
  anchoredArns,
  CACHE_TAG,
  OF_TAG,
  ownerOf,
  PARAMETER_GROUP_TAG,
  PROJECT_TAG,
  SECRET_STORES_TAG,
  SERVERLESS_TAG,
  SUBNET_GROUP_OWNER_TAG,
  SUBNET_GROUP_TAG,
  type Tags,
} from '../domain/ownership.ts';
import type { Permission } from '../domain/security-rules.ts';
import type { SecretStore } from '../domain/settings.ts';
import { containerNames } from '../domain/task-definition.ts';
import { WizardError } from '../errors.ts';
import { readTargetGroups } from './load-balancing.ts';
import { suggestion } from '../domain/nearest.ts';
import { readRunningRevision } from './service.ts';

const SECRET_STORES: readonly SecretStore[] = ['secretsmanager', 'ssm'];

/** One security group of ours, and what it says that the project has made and changed. */
export interface Anchor {
  readonly project: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly cacheName: string | undefined;
  readonly serverless: boolean;
  readonly subnetGroupName: string | undefined;
  /** It was there before, and is used as it is. */
  readonly subnetGroupIsTheirs: boolean;
  /** How the names of its parameter groups begin. */
  readonly parameterGroupName: string | undefined;
  /** Of a cache that others have made. */
  readonly adoptedArn: string | undefined;
  /** Whom its alarms tell; undefined: it has none of ours. */
  readonly alarmTopicArn: string | undefined;
  readonly serviceArns: readonly string[];
  readonly targetGroupArns: readonly string[];
  /** Those that got a policy of ours. */
  readonly executionRoleArns: readonly string[];
  readonly secretStores: readonly SecretStore[];
  /** Whom it lets in. */
  readonly ingress: readonly Permission[];
  /** Apps on instances that were handed the cache, as the anchor tells of them. */
  readonly instancePlaces: readonly string[];
  readonly tags: Tags;
}

export async function readAnchors({ ec2 }: Pick<Aws, 'ec2'>, project: string): Promise<Anchor[]> {
  const groups = await ec2.describeSecurityGroups({ tags: { [PROJECT_TAG]: project } });
  return groups.filter(({ tags, groupName }) => ownerOf(tags, project, groupName) === 'ours').map(toAnchor);
}

/** Of the project that has the cache, if one has. */
export async function readAnchorsOfCache({ ec2 }: Pick<Aws, 'ec2'>, cacheName: string): Promise<Anchor[]> {
  return anchorsAmong(await ec2.describeSecurityGroups({ tags: { [CACHE_TAG]: cacheName } }));
}

export async function listProjects(aws: Pick<Aws, 'ec2'>): Promise<string[]> {
  return projectsOf(await readAllAnchors(aws)).sort();
}

async function readAllAnchors({ ec2 }: Pick<Aws, 'ec2'>): Promise<Anchor[]> {
  return anchorsAmong(await ec2.describeSecurityGroups({ tagKey: PROJECT_TAG }));
}

/** Of whatever project: a group with copied tags is none. */
function anchorsAmong(groups: readonly SecurityGroup[]): Anchor[] {
  return groups
    .filter(({ tags, groupName }) => tags[OF_TAG] === groupName && tags[PROJECT_TAG])
    .map(toAnchor);
}

/** Each once. */
function projectsOf(anchors: readonly Anchor[]): string[] {
  return [...new Set(anchors.map(({ project }) => project))];
}

/**
 * A file may call the project otherwise than its service: who names the service means the project that has it. Of none,
 * or of several, it is the one with the service's own name.
 */
export async function nameProjectOf(
  aws: Pick<Aws, 'ec2'>,
  ecsCluster: string,
  service: string,
): Promise<string> {
  const having = (await readAllAnchors(aws)).filter(({ serviceArns }) =>
    serviceArns.some((arn) => isNamed(arn, { ecsCluster, service })),
  );
  const [project, ...others] = projectsOf(having);
  return project !== undefined && others.length === 0 ? project : service;
}

/** Two apps in two clusters may have one name: who names the cluster means the one in it. */
export async function findProject(
  aws: Pick<Aws, 'ec2'>,
  project: string,
  only: { readonly ecsCluster?: string | undefined; readonly service?: string | undefined },
): Promise<Anchor[]> {
  const anchors = (await readAnchors(aws, project)).filter(
    // A run that was cut off early has named none yet.
    ({ serviceArns }) => serviceArns.length === 0 || serviceArns.some((arn) => isNamed(arn, only)),
  );
  if (anchors.length > 0) return anchors;
  const others = await listProjects(aws);
  throw new WizardError('NotFound', `There is no project ${project} in this account and region`, {
    hint:
      suggestion(project, others) ??
      'There are no projects here at all: is the region right (--region), and the account (--profile)?',
  });
}

/** 'gone': deleted meanwhile, with its cluster or alone. */
export async function readRunningService(aws: Aws, serviceArn: string): Promise<RunningService | 'gone'> {
  const { ecsCluster, name } = serviceParts(serviceArn);
  const service = await aws.ecs.readService(ecsCluster, name);
  if (typeof service === 'string') return 'gone';
  const [taskDefinition, targetGroups] = await Promise.all([
    readRunningRevision(aws, service),
    readTargetGroups(aws, service),
  ]);
  const behind = service.loadBalancers.flatMap(({ containerName }) => containerName ?? []);
  const container = behind[0] ?? containerNames(taskDefinition.document)[0] ?? '';
  return { ecsCluster, service, taskDefinition, container, targetGroups };
}

/** Where the project's caches are, as far as they are ours. */
export async function readCachePlaces(
  { caches, elasticache }: Pick<Aws, 'caches' | 'elasticache'>,
  project: string,
  anchors: readonly Anchor[],
): Promise<CachePlace[]> {
  const named = anchors.flatMap(({ cacheName: name, adoptedArn }) =>
    name === undefined ? [] : [{ name, adopted: adoptedArn !== undefined }],
  );
  const places = await Promise.all(
    named.map(async ({ name, adopted }): Promise<CachePlace> => {
      const cache = await caches.read(name);
      if (!cache) return { name, adopted, addresses: undefined };
      const tags = await elasticache.readTags(cache.arn);
      const foreign = typeof tags !== 'string' && ownerOf(tags, project, name) !== 'ours';
      const { endpoint, readerEndpoint } = cache;
      const found = [endpoint?.address, readerEndpoint?.address].filter((each) => each !== undefined);
      return { name, adopted, addresses: foreign && !adopted ? [] : found };
    }),
  );
  return places;
}

function toAnchor({ groupId, groupName, tags, ingress }: SecurityGroup): Anchor {
  return {
    project: tags[PROJECT_TAG] ?? '',
    groupId,
    groupName,
    ingress,
    cacheName: tags[CACHE_TAG],
    serverless: tags[SERVERLESS_TAG] !== undefined,
    subnetGroupName: tags[SUBNET_GROUP_TAG],
    subnetGroupIsTheirs: tags[SUBNET_GROUP_OWNER_TAG] === 'theirs',
    parameterGroupName: tags[PARAMETER_GROUP_TAG],
    adoptedArn: tags[ADOPTED_TAG],
    alarmTopicArn: tags[ALARMS_TAG] === 'none' ? undefined : tags[ALARMS_TAG],
    serviceArns: anchoredArns(tags, 'service'),
    targetGroupArns: anchoredArns(tags, 'target-group'),
    executionRoleArns: anchoredArns(tags, 'execution-role'),
    instancePlaces: anchoredArns(tags, 'instances'),
    secretStores: SECRET_STORES.filter((store) => tags[SECRET_STORES_TAG]?.split(' ').includes(store)),
    tags,
  };
}

function isNamed(
  serviceArn: string,
  { ecsCluster, service }: { ecsCluster?: string | undefined; service?: string | undefined },
): boolean {
  const parts = serviceParts(serviceArn);
  return (
    (ecsCluster === undefined || ecsCluster === parts.ecsCluster) &&
    (service === undefined || service === parts.name)
  );
}
