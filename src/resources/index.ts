/** Everything that a project consists of, in the order in which a person would do it. */
import type { Aws } from '../aws/aws.ts';
import type { TargetGroup } from '../domain/app.ts';
import { networkOf, usersOf, type Consumer, type EcsConsumer } from '../domain/consumer.ts';
import type { Ref } from '../domain/outputs.ts';
import type { RefreshMemory } from '../domain/refresh-memory.ts';
import { stickinessObstacle } from '../domain/stickiness.ts';
import type { CacheSettings, Settings } from '../domain/settings.ts';
import type { AnyResource } from '../engine/resource.ts';
import type { Probe } from '../probe/probe.ts';
import { cacheSubnetGroup } from './cache-subnet-group.ts';
import { ping } from './ping.ts';
import { rehearsal } from './rehearsal.ts';
import { replicationGroup } from './replication-group.ts';
import { rollout } from './rollout.ts';
import { securityGroup } from './security-group.ts';
import { service } from './service.ts';
import { stickiness } from './stickiness.ts';
import { taskDefinition } from './task-definition.ts';

export interface ResourcesOptions {
  readonly settings: Settings;
  readonly consumers: readonly Consumer[];
  readonly aws: Aws;
  readonly probe: Probe;
  /** How refreshes were before the first write, when that was seen. */
  readonly refreshMemory?: RefreshMemory | undefined;
}

export function resources(options: ResourcesOptions): AnyResource[] {
  const { settings, consumers } = options;
  return [
    ...settings.caches.flatMap((cache) => cacheResources(cache, options)),
    ...consumers.flatMap((consumer) => consumerResources(consumer, options)),
    ...stickinessResources(options),
  ];
}

function cacheResources(cache: CacheSettings, { settings, consumers, aws }: ResourcesOptions): AnyResource[] {
  const [first, ...others] = usersOf(cache, consumers);
  // A rule of the inputs has said so before: nobody would be let in.
  if (!first) throw new Error(`no consumer uses ${cache.name}`);
  const network = networkOf([first, ...others]);
  if (cache.kind === 'serverless') throw new Error('serverless');
  return [
    securityGroup(cache, settings, network, aws),
    cacheSubnetGroup(cache, settings, network, aws.elasticache),
    replicationGroup(cache, settings, aws.elasticache),
  ];
}

function consumerResources(consumer: Consumer, options: ResourcesOptions): AnyResource[] {
  return consumer.kind === 'ecs' ? serviceResources(consumer, options) : [];
}

function serviceResources({ settings: consumer, app }: EcsConsumer, options: ResourcesOptions): AnyResource[] {
  const { settings, aws, probe, refreshMemory } = options;
  return [
    rehearsal(consumer, settings, app, probe),
    taskDefinition(consumer, settings, app, aws.ecs),
    ping(consumer, settings, app, probe),
    service({ consumer, settings, app, ec2: aws.ec2, rollout: rollout(app, settings, aws), refreshMemory }),
  ];
}

/** One after another, because each leaves a numbered tag on the anchor; after the services, which matter more. */
function stickinessResources({ settings, consumers, aws }: ResourcesOptions): AnyResource[] {
  const [anchor] = settings.caches;
  if (!settings.stickiness.enabled.value || !anchor) return [];
  let needs: readonly Ref[] = consumers.flatMap(({ kind, settings: { name } }) =>
    kind === 'ecs' ? [{ kind: 'service' as const, name }] : [],
  );
  return targetGroupsOf(consumers)
    .filter((each) => stickinessObstacle(each) === undefined)
    .map((targetGroup) => {
      const resource = stickiness(targetGroup, settings.stickiness, anchor.securityGroupName, needs, aws);
      needs = [resource];
      return resource;
    });
}

/** Two services may stand behind one. */
function targetGroupsOf(consumers: readonly Consumer[]): TargetGroup[] {
  const all = consumers.flatMap(({ app }) => app.targetGroups);
  return [...new Map(all.map((targetGroup) => [targetGroup.targetGroupArn, targetGroup])).values()];
}
