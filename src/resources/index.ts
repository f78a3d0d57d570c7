/** Everything that a project consists of, in the order in which a person would do it. */
import type { Aws } from '../aws/aws.ts';
import type { App } from '../domain/app.ts';
import type { Ref } from '../domain/outputs.ts';
import type { RefreshMemory } from '../domain/refresh-memory.ts';
import { stickinessObstacle } from '../domain/stickiness.ts';
import { isGiven, type CacheSettings, type ConsumerSettings, type Settings } from '../domain/settings.ts';
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
  readonly app: App;
  readonly aws: Aws;
  readonly probe: Probe;
  /** How refreshes were before the first write, when that was seen. */
  readonly refreshMemory?: RefreshMemory | undefined;
}

export function resources(options: ResourcesOptions): AnyResource[] {
  const { settings } = options;
  return [
    ...settings.caches.flatMap((cache) => cacheResources(cache, options)),
    ...settings.consumers.flatMap((consumer) => consumerResources(consumer, options)),
    ...stickinessResources(options),
  ];
}

function cacheResources(cache: CacheSettings, { settings, app, aws }: ResourcesOptions): AnyResource[] {
  const readPort = async (): Promise<number> => {
    const living = isGiven(cache.port) ? undefined : await aws.elasticache.readReplicationGroup(cache.name);
    return living?.endpoint?.port ?? cache.port.value;
  };
  return [
    securityGroup(cache, settings, app, aws.ec2, readPort),
    cacheSubnetGroup(cache, settings, app, aws.elasticache),
    replicationGroup(cache, settings, aws.elasticache),
  ];
}

function consumerResources(consumer: ConsumerSettings, options: ResourcesOptions): AnyResource[] {
  const { settings, app, aws, probe, refreshMemory } = options;
  return [
    rehearsal(consumer, settings, app, probe),
    taskDefinition(consumer, settings, app, aws.ecs),
    ping(consumer, settings, app, probe),
    service({ consumer, settings, app, ec2: aws.ec2, rollout: rollout(app, settings, aws), refreshMemory }),
  ];
}

/** One after another, because each leaves a numbered tag on the anchor; after the service, which matters more. */
function stickinessResources({ settings, app, aws }: ResourcesOptions): AnyResource[] {
  const [anchor] = settings.caches;
  if (!settings.stickiness.enabled.value || !anchor) return [];
  let needs: readonly Ref[] = settings.consumers.map(({ service: name }) => ({ kind: 'service', name }));
  return app.targetGroups
    .filter((each) => stickinessObstacle(each) === undefined)
    .map((targetGroup) => {
      const resource = stickiness(targetGroup, settings.stickiness, anchor.securityGroupName, needs, aws);
      needs = [resource];
      return resource;
    });
}
