/** The app's own service, moved to the new revision and watched; never ours, so nothing of it but the revision changes. */
import type { Ec2 } from '../../aws/ec2.ts';
import type { App } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import { cachesOf } from '../../domain/consumer.ts';
import { ownerOf, REPLACES_TAG } from '../../domain/ownership.ts';
import type { RefreshMemory } from '../../domain/refresh-memory.ts';
import type { EcsConsumerSettings, Settings } from '../../domain/settings.ts';
import type { Resource } from '../../engine/resource.ts';
import { leaveAnchorTag, rememberRefreshes } from '../ownership/anchor.ts';
import { isSettled, USUAL_MS } from './deployment.ts';
import type { Rollout } from './rollout.ts';

export interface ServiceOptions {
  readonly consumer: EcsConsumerSettings;
  readonly settings: Settings;
  readonly app: App;
  readonly ec2: Ec2;
  readonly rollout: Rollout;
  readonly refreshMemory: RefreshMemory | undefined;
}

export function service(options: ServiceOptions): Resource<'service'> {
  const { consumer, settings, app, ec2, rollout, refreshMemory } = options;
  const { serviceArn, taskDefinitionArn: running } = app.service;
  const family = app.taskDefinition.family;
  const anchors = cachesOf(consumer).map((cache) => anchorOf(settings, cache));

  /** Where a failure leads back to: a run that goes on after an interruption finds our own revision running. */
  function before(wanted: string): string {
    const { tags } = app.taskDefinition;
    const ours = ownerOf(tags, settings.project, family) === 'ours';
    return wanted === running && ours ? (tags[REPLACES_TAG] ?? running) : running;
  }

  return {
    kind: 'service',
    name: consumer.name,
    needs: [
      { kind: 'taskDefinition', name: family },
      { kind: 'ping', name: consumer.name },
      ...anchors.map((name) => ({ kind: 'securityGroup' as const, name })),
    ],
    usualMs: USUAL_MS,

    plan(known) {
      const wanted = known.get('taskDefinition', family)?.taskDefinitionArn;
      if (wanted !== running) {
        const to = wanted === undefined ? 'the new revision' : nameOf(wanted);
        return Promise.resolve({
          action: 'update',
          details: [
            { field: 'task definition', from: nameOf(running), to },
            { field: 'tasks', to: `all ${app.service.desiredCount} replaced, one rolling deployment` },
          ],
        });
      }
      const outputs = { serviceArn, taskDefinitionArn: wanted };
      if (isSettled(app.service)) return Promise.resolve({ action: 'none', outputs });
      const state = app.service.deployments.find(({ status }) => status === 'PRIMARY')?.rolloutState;
      const from = state === 'FAILED' ? 'failed' : 'in progress';
      const details = [{ field: 'rollout', from, to: `${nameOf(wanted)} on every task` }];
      return Promise.resolve({ action: 'update', outputs, details });
    },

    async reconcile(known, step) {
      const wanted = known.need('taskDefinition', family).taskDefinitionArn;
      for (const name of anchors) {
        const { groupId } = known.need('securityGroup', name);
        await leaveAnchorTag(ec2, groupId, 'service', serviceArn);
        await rememberRefreshes(ec2, groupId, refreshMemory);
      }
      await rollout.deploy(wanted, before(wanted), step);
      return { serviceArn, taskDefinitionArn: wanted };
    },
  };
}

function anchorOf(settings: Settings, cache: string): string {
  const found = settings.caches.find(({ name }) => name === cache);
  if (!found) throw new Error(`${cache} is not among the caches`);
  return found.securityGroupName;
}
