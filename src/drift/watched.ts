/** A project as it is looked at: what its anchors name, as far as that is still there. */
import type { Aws } from '../aws/aws.ts';
import type { RunningService } from '../domain/app.ts';
import type { Naming } from '../domain/mending.ts';
import { carriedBy, type Possessions } from '../domain/our-values.ts';
import { instancePlacesOf } from '../domain/instance-place.ts';
import type { CacheSettings, InstanceSelection } from '../domain/settings.ts';
import { variableOf, type ContainerVariable } from '../domain/task-definition.ts';
import type { UndoneInstances } from '../resources/way-back.ts';
import type { Anchor } from '../survey/project.ts';
import type { Tool } from '../survey/other-tools.ts';

export interface Watched extends Possessions {
  readonly aws: Aws;
  readonly anchors: readonly Anchor[];
  readonly services: readonly RunningService[];
  /** Apps on instances. */
  readonly instanceApps: readonly UndoneInstances[];
  /** ARNs of services that were deleted meanwhile. */
  readonly goneServices: readonly string[];
  /** The variable that `setup` gives the address in, where no revision of ours tells. */
  readonly variable: string;
  /** The cache that the app is found to use, whoever made it. */
  readonly cacheInUse: string | undefined;
  /** What is wanted of the caches, where that was said, and the flags that said it. */
  readonly asked:
    { readonly caches: readonly CacheSettings[]; readonly flags: readonly string[] } | undefined;
  readonly where: readonly string[];
}

/** `service`: the one that is to be set up again; the first where it does not matter. */
export function namingOf(watched: Watched, anchor: Anchor, service = watched.services[0]): Naming {
  const { project, where } = watched;
  const [carried] = service ? carriedIn(service, watched) : [];
  const gone = placeOf(anchor.serviceArns[0]);
  const onInstances = service || anchor.serviceArns.length > 0 ? undefined : instancesOf(anchor);
  return {
    project,
    ...(onInstances ? { instances: onInstances } : {}),
    ecsCluster: service?.ecsCluster ?? gone.ecsCluster,
    service: service?.service.serviceName ?? gone.service,
    cacheName: cacheNameOf(anchor),
    variable: carried?.name ?? nameOfHeld(service, watched.variable),
    stickiness: anchor.targetGroupArns.length > 0,
    where,
  };
}

/** Where a file with values is, no project knows. */
function instancesOf({ instancePlaces }: Anchor): string[] | undefined {
  const [found] = instancePlacesOf(instancePlaces);
  if (!found) return undefined;
  const { selection, place } = found;
  const values =
    'parameterPath' in place ? ['--parameter-path', place.parameterPath] : ['--env-file', '<env-file>'];
  return [...selectionWords(selection), ...values];
}

function selectionWords(selection: InstanceSelection): string[] {
  if ('autoScalingGroup' in selection) return ['--auto-scaling-group', selection.autoScalingGroup];
  if ('securityGroup' in selection) return ['--instance-security-group', selection.securityGroup];
  return selection.instances.flatMap((instance) => ['--instance', instance]);
}

/** Whatever else the variable holds, setup replaces it only where it is named. */
function nameOfHeld(service: RunningService | undefined, variable: string): string | undefined {
  if (!service) return undefined;
  const { taskDefinition, container } = service;
  return variableOf(taskDefinition.document, container, variable) ? variable : undefined;
}

/** Of a service that is not there; a setup that was cut off has named none yet. */
export function placeOf(serviceArn: string | undefined): { ecsCluster: string; service: string } {
  if (serviceArn === undefined) return { ecsCluster: '<ecs-cluster>', service: '<service>' };
  const [service = '', ecsCluster = 'default'] = serviceArn.split('/').slice(1).reverse();
  return { service, ecsCluster };
}

/** Tags that were taken away from the rest are believed too: this only looks. */
export function carriedIn(
  { taskDefinition: { document, tags } }: Pick<RunningService, 'taskDefinition'>,
  ours: Possessions,
): ContainerVariable[] {
  return carriedBy(document, tags, ours);
}

/** The names that `setup` gives: by the one that is left, the others are known. */
export function cacheNameOf({ cacheName, groupName }: Anchor): string {
  return cacheName ?? groupName.replace(/-sg$/, '');
}

export function subnetGroupNameOf(anchor: Anchor): string {
  return anchor.subnetGroupName ?? `${cacheNameOf(anchor)}-subnet-group`;
}

/** Undefined where nobody said anything of a cache of that kind. */
export function askedOf<Kind extends CacheSettings['kind']>(
  { asked }: Watched,
  name: string,
  kind: Kind,
): { cache: Extract<CacheSettings, { kind: Kind }>; flags: readonly string[] } | undefined {
  const isMeant = (cache: CacheSettings): cache is Extract<CacheSettings, { kind: Kind }> =>
    cache.name === name && cache.kind === kind;
  const cache = asked?.caches.find(isMeant);
  return asked && cache && { cache, flags: asked.flags };
}

/** 'CloudFormation (tag aws:cloudformation:stack-name=web)' */
export function toolsText(tools: readonly Tool[]): string | undefined {
  if (tools.length === 0) return undefined;
  return tools.map(({ name, evidence }) => `${name} (${evidence})`).join(', ');
}
