/** The app's own service, moved to the new revision and watched; never ours, so nothing of it but the revision changes. */
import type { Ec2 } from '../aws/ec2.ts';
import type { App, EcsService } from '../domain/app.ts';
import { ownerOf, REPLACES_TAG } from '../domain/ownership.ts';
import type { RefreshMemory } from '../domain/refresh-memory.ts';
import type { ConsumerSettings, Settings } from '../domain/settings.ts';
import type { Resource, Step } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import type { Ecs } from '../aws/ecs.ts';
import { leaveAnchorTag, rememberRefreshes } from './anchor.ts';
import { revisionName, type Rollout } from './rollout.ts';

export interface ServiceOptions {
  readonly consumer: ConsumerSettings;
  readonly settings: Settings;
  readonly app: App;
  readonly aws: { readonly ecs: Ecs; readonly ec2: Ec2 };
  readonly rollout: Rollout;
  readonly refreshMemory: RefreshMemory | undefined;
}

export function service(options: ServiceOptions): Resource<'service'> {
  const { consumer, settings, app, aws, rollout, refreshMemory } = options;
  const { ecs, ec2 } = aws;
  const { serviceArn } = app.service;
  const family = app.taskDefinition.family;
  const anchors = consumer.variables.map(({ cache }) => anchorOf(settings, cache));
  const before = app.service.taskDefinitionArn;

  async function read(): Promise<EcsService> {
    const found = await ecs.readService(consumer.ecsCluster, consumer.service);
    if (typeof found === 'string') {
      throw new WizardError(
        'OperationFailed',
        `The service ${consumer.service} is gone while it was being changed`,
      );
    }
    return found;
  }

  /** Between our reading and our writing somebody may have deployed: theirs stays. */
  function mustBeUntouched(now: EcsService, wanted: string): void {
    if (now.taskDefinitionArn === before || now.taskDefinitionArn === wanted) return;
    throw new WizardError(
      'SomebodyElseDeployed',
      `Updating ${consumer.service}: somebody else has deployed ${revisionName(now.taskDefinitionArn)} meanwhile`,
      {
        hint: 'Their deployment was left alone. When it is done, run the same command again to build on it.',
      },
    );
  }

  return {
    kind: 'service',
    name: consumer.service,
    needs: [
      { kind: 'taskDefinition', name: family },
      { kind: 'ping', name: consumer.service },
      ...anchors.map((name) => ({ kind: 'securityGroup' as const, name })),
    ],
    usualMs: 6 * 60_000,

    plan(known) {
      const wanted = known.get('taskDefinition', family)?.taskDefinitionArn;
      if (wanted === app.service.taskDefinitionArn) {
        const outputs = { serviceArn, taskDefinitionArn: wanted };
        const primary = app.service.deployments.find(({ status }) => status === 'PRIMARY');
        if (primary?.rolloutState !== 'IN_PROGRESS') return Promise.resolve({ action: 'none', outputs });
        const to = `${revisionName(wanted)} on every task`;
        return Promise.resolve({
          action: 'update',
          outputs,
          details: [{ field: 'rollout', from: 'in progress', to }],
        });
      }
      const to = wanted === undefined ? 'the new revision' : revisionName(wanted);
      return Promise.resolve({
        action: 'update',
        details: [
          { field: 'task definition', from: revisionName(before), to },
          { field: 'tasks', to: `all ${app.service.desiredCount} replaced, one rolling deployment` },
        ],
      });
    },

    async reconcile(known, step) {
      const wanted = known.need('taskDefinition', family).taskDefinitionArn;
      for (const name of anchors) {
        const { groupId } = known.need('securityGroup', name);
        await leaveAnchorTag(ec2, groupId, 'service', serviceArn);
        await rememberRefreshes(ec2, groupId, refreshMemory);
      }
      const now = await read();
      mustBeUntouched(now, wanted);
      const deployed =
        now.taskDefinitionArn === wanted
          ? now
          : await ecs.updateService(consumer.ecsCluster, consumer.service, wanted);
      await rollout.watch(deployed, wanted, before, step);
      step.emit({
        type: 'service.deployed',
        serviceArn,
        taskDefinitionArn: wanted,
        replaces: before,
        rolledBack: false,
      });
      return { serviceArn, taskDefinitionArn: wanted };
    },

    async undo(step) {
      const now = await read();
      const previous = await readBeforeUs(now.taskDefinitionArn, step);
      if (previous === undefined) return;
      const deployed = await ecs.updateService(consumer.ecsCluster, consumer.service, previous);
      await rollout.watch(deployed, previous, now.taskDefinitionArn, step);
    },
  };

  /** Follows the way back to the first revision that is not ours; undefined when the running one is not ours. */
  async function readBeforeUs(taskDefinitionArn: string, step: Step): Promise<string | undefined> {
    const seen = new Set<string>();
    let at = taskDefinitionArn;
    while (!seen.has(at)) {
      step.signal.throwIfAborted();
      seen.add(at);
      const revision = await ecs.readTaskDefinition(at);
      const ours = revision && ownerOf(revision.tags, settings.project, revision.family) === 'ours';
      const replaces = ours ? revision.tags[REPLACES_TAG] : undefined;
      if (replaces === undefined) return at === taskDefinitionArn ? undefined : at;
      at = replaces;
    }
    throw new WizardError(
      'OperationFailed',
      `The revisions of ${consumer.service} point at each other: no way back is known`,
    );
  }
}

function anchorOf(settings: Settings, cache: string): string {
  const found = settings.caches.find(({ name }) => name === cache);
  if (!found) throw new Error(`${cache} is not among the caches`);
  return found.securityGroupName;
}
