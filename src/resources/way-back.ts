/** The way back of a whole project, in stages: what is theirs as it was before us, then what is ours removed. */
import type { Aws } from '../aws/aws.ts';
import { nameOf } from '../domain/arn.ts';
import type { Identity, RunningService } from '../domain/app.ts';
import type { RunningInstances } from '../domain/instance-app.ts';
import type { Tags } from '../domain/ownership.ts';
import { topicArnOf } from '../domain/monitoring.ts';
import type { Possessions } from '../domain/our-values.ts';
import type { Ref } from '../domain/outputs.ts';
import type { SecretStore } from '../domain/settings.ts';
import { takenKeys } from '../domain/taken-ingress.ts';
import type { Stages, Undoable } from '../engine/undo.ts';
import { adoptedCacheWayBack } from './caches/adopted-cache-way-back.ts';
import { history } from './services/before-us.ts';
import { cacheParameterGroupRemoval } from './caches/cache-parameter-group-removal.ts';
import { cacheSubnetGroupRemoval } from './network/cache-subnet-group-removal.ts';
import { executionRolePolicyRemoval } from './access/execution-role-policy-removal.ts';
import { alarmsRemoval } from './monitoring/alarms-removal.ts';
import { alarmTopicRemoval } from './monitoring/alarm-topic-removal.ts';
import { parametersWayBack, type ParametersWayBack } from './instances/parameters-way-back.ts';
import { replicationGroupRemoval } from './caches/replication-group-removal.ts';
import { restartWayBack } from './instances/restart-way-back.ts';
import { revisionRemoval, type RevisionRemoval } from './services/revision-removal.ts';
import { secretsRemoval, type Staying } from './access/secrets-removal.ts';
import { userTagsOf } from './services/revision-copy.ts';
import { securityGroupRemoval } from './network/security-group-removal.ts';
import { takenIngressWayBack } from './network/taken-ingress.ts';
import { serverlessCacheRemoval } from './caches/serverless-cache-removal.ts';
import { serviceWayBack } from './services/service-way-back.ts';
import { stickinessWayBack } from './stickiness/stickiness-way-back.ts';
import { userGroupRemoval, userRemoval } from './access/user-removal.ts';

export interface WayBackOptions extends Possessions {
  readonly anchors: readonly {
    readonly groupId: string;
    readonly groupName: string;
    readonly cacheName: string | undefined;
    readonly serverless: boolean;
    readonly subnetGroupName: string | undefined;
    readonly parameterGroupName: string | undefined;
    readonly adoptedArn: string | undefined;
    readonly alarmTopicArn: string | undefined;
    readonly targetGroupArns: readonly string[];
    readonly executionRoleArns: readonly string[];
    readonly secretStores: readonly SecretStore[];
    readonly tags: Tags;
  }[];
  /** What of the project is not meant, and stays. */
  readonly staying: Staying;
  /** Apps on instances, each once. */
  readonly instanceApps: readonly UndoneInstances[];
  readonly services: readonly RunningService[];
  /** Services that were deleted meanwhile, by name. */
  readonly goneServices: readonly string[];
  readonly aws: Aws;
}

export interface UndoneInstances extends Omit<ParametersWayBack, 'project'> {
  /** Undefined: none of its instances is there any more. */
  readonly app: RunningInstances | undefined;
  readonly restartCommand: string | undefined;
}

/** What is theirs: the app first (its values, and then the restart that takes them from it), then stickiness, which matters less; the right to read what no task reads by then. */
export function wayBack(options: WayBackOptions, { final }: { readonly final: boolean }): Stages {
  const { project, services, goneServices, instanceApps, anchors, aws } = options;
  const values = instanceApps.map((each) => parametersWayBack({ project, ...each }, aws));
  const past = history(aws.ecs, options);
  const cutOff = anchors.filter(({ tags }) => takenKeys(tags).length > 0);
  const targetGroupArns = new Set(anchors.flatMap((anchor) => anchor.targetGroupArns));
  const executionRoleArns = new Set(anchors.flatMap((anchor) => anchor.executionRoleArns));
  return [
    [
      ...services.map((service) => serviceWayBack(service, past, aws)),
      ...goneServices.map((name) => asItIs({ kind: 'service', name }, 'is gone')),
      ...values,
      ...cutOff.map((anchor) => takenIngressWayBack(anchor, aws.ec2)),
    ],
    instanceApps.map(({ name, app, due, restartCommand: command }, index) => {
      const hasValues = async (): Promise<boolean> => (await values[index]?.plan())?.action === 'delete';
      return restartWayBack({ project, name, app, command, due, hasValues, final }, aws);
    }),
    [...targetGroupArns].map((arn) => stickinessWayBack(arn, aws.elbv2)),
    [...executionRoleArns].map((arn) =>
      options.staying.executionRoleArns.includes(arn)
        ? asItIs(
            { kind: 'executionRolePolicy', name: nameOf(arn) },
            'stays: services that stay have the same',
          )
        : executionRolePolicyRemoval(arn, project, aws),
    ),
  ];
}

/** What rollback leaves: the cache, and all by which the way there is found again. */
export function staying({ anchors }: WayBackOptions): Stages {
  return [
    anchors.flatMap(({ cacheName: name, adoptedArn }) => {
      if (name === undefined) return [];
      const note = adoptedArn === undefined ? 'stays; `destroy` removes it' : 'was made by others: it stays';
      return [asItIs({ kind: 'cache', name }, note)];
    }),
  ];
}

/** `leftovers`: what else of ours may be there. The security groups go last: by them the rest is found. */
export function removal(
  options: WayBackOptions & {
    readonly identity: Identity;
    readonly snapshot: boolean;
    readonly leftovers: readonly Undoable[];
  },
): Stages {
  const { project, anchors, aws, snapshot, leftovers } = options;
  const { elasticache, ec2, ecs } = aws;
  const past = history(aws.ecs, options);
  const usedUntil = (): Promise<number> => readUsedUntil(options);
  const caches = anchors.flatMap(({ cacheName: name, groupId: securityGroupId, serverless, ...anchor }) => {
    if (name === undefined) return [];
    if (anchor.adoptedArn !== undefined)
      return [adoptedCacheWayBack({ name, arn: anchor.adoptedArn, securityGroupId }, aws)];
    const userTags = userTagsOf(anchor.tags);
    const common = { name, project, userTags, securityGroupId, snapshot, usedUntil };
    if (serverless) return [serverlessCacheRemoval(common, aws)];
    return [replicationGroupRemoval({ ...common, subnetGroupName: anchor.subnetGroupName }, aws)];
  });
  // Users have passwords, and of passwords the anchor knows.
  const guarded = anchors.flatMap(({ cacheName, secretStores }) =>
    cacheName !== undefined && secretStores.length > 0 ? [cacheName] : [],
  );
  const watched = anchors.flatMap(({ cacheName, alarmTopicArn }) =>
    cacheName === undefined || alarmTopicArn === undefined ? [] : [cacheName],
  );
  const stores = new Set(anchors.flatMap(({ secretStores }) => secretStores));
  const parameterGroups = new Set(anchors.flatMap(({ parameterGroupName }) => parameterGroupName ?? []));
  const subnetGroups = new Set(anchors.flatMap(({ subnetGroupName }) => subnetGroupName ?? []));
  return [
    [
      ...familiesOf(options).map((family) => revisionRemoval(family, past, ecs)),
      ...leftovers,
      // A cache that is deleted is no reason to wake anybody.
      ...watched.map((name) => alarmsRemoval(name, project, aws.cloudwatch)),
    ],
    [...caches, ...(watched.length > 0 ? [topicRemoval(options)] : [])],
    guarded.map((name) => userGroupRemoval(name, project, aws)),
    guarded.map((name) => userRemoval(name, project, aws)),
    stores.size > 0 ? [secretsRemoval(project, [...stores], options.staying, aws)] : [],
    [
      ...[...subnetGroups].map((name) => cacheSubnetGroupRemoval(name, project, elasticache)),
      ...[...parameterGroups].map((name) => cacheParameterGroupRemoval(name, project, elasticache)),
    ],
    anchors.map((anchor) => securityGroupRemoval(anchor, project, ec2)),
  ];
}

/** The notes of it go with the anchors. */
function topicRemoval({
  project,
  staying,
  identity,
  aws,
}: WayBackOptions & { readonly identity: Identity }): Undoable {
  const topicArn = topicArnOf(project, identity);
  const stays = staying.watchedCacheNames.length > 0;
  return alarmTopicRemoval({ topicArn, project, stays, forgetting: [] }, aws);
}

/** Of a service that is gone nothing says the family any more; most have the name of their service. */
function familiesOf({ services, goneServices }: WayBackOptions): RevisionRemoval[] {
  const gone = goneServices.map((family): [string, RevisionRemoval] => [family, { family }]);
  const running = services.map(
    ({ ecsCluster, service, taskDefinition: { family } }): [string, RevisionRemoval] => [
      family,
      { family, service: { ecsCluster, name: service.serviceName } },
    ],
  );
  return [...new Map([...gone, ...running]).values()];
}

/** The app was on the cache until its service's present deployment began. */
async function readUsedUntil({ services, aws }: WayBackOptions): Promise<number> {
  const now = await Promise.all(
    services.map(({ ecsCluster, service }) => aws.ecs.readService(ecsCluster, service.serviceName)),
  );
  const deployments = now.flatMap((service) => (typeof service === 'string' ? [] : service.deployments));
  return Math.max(0, ...deployments.map(({ createdAt }) => createdAt));
}

function asItIs(ref: Ref, note: string): Undoable {
  return {
    ...ref,
    plan: () => Promise.resolve({ action: 'none', outputs: undefined, note }),
    undo: () => Promise.resolve(),
  };
}
