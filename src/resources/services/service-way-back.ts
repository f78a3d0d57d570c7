/** A service of theirs, brought back to what it ran before us and watched like any rollout. */
import type { Aws } from '../../aws/aws.ts';
import type { Deployment, RunningService } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import { cacheAddressOf } from '../../domain/cache-address.ts';
import type { Change, Detail } from '../../domain/change.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import { UNDOES_TAG } from '../../domain/ownership.ts';
import { variableOf, type ContainerVariable } from '../../domain/task-definition.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { Destination, History } from './before-us.ts';
import { isSettled, USUAL_MS } from './deployment.ts';
import { readCopy, registerCopy, userTagsOf } from './revision-copy.ts';
import { rollout } from './rollout.ts';
import { shownVariable } from './variables.ts';

type ServiceAws = Pick<Aws, 'caches' | 'ecs' | 'elbv2' | 'logs'>;

export function serviceWayBack(running: RunningService, history: History, aws: ServiceAws): Undoable {
  const { ecs } = aws;
  const { service, taskDefinition } = running;
  const { serviceName } = service;
  const rolling = rollout(running, { onFailure: 'rollback' }, aws);
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');

  /** A run that was cut off has begun it: beside the new deployment there is still one that carries what is ours. */
  async function readUnfinished(): Promise<Deployment | undefined> {
    if (isSettled(service)) return undefined;
    for (const deployment of service.deployments) {
      if (deployment === primary) continue;
      const revision = await ecs.readTaskDefinition(deployment.taskDefinitionArn);
      if (revision && history.carriedBy(revision).length > 0) return deployment;
    }
    return undefined;
  }

  /** Where the app is led back to a cache that has been deleted since, it should be known before. */
  async function readGoneCaches({ document }: Destination): Promise<ReadonlySet<string>> {
    const values = history.carriedBy(taskDefinition).flatMap(({ container, name }) => {
      const before = variableOf(document, container, name);
      return before && 'value' in before ? [before.value] : [];
    });
    const names = new Set(values.flatMap((value) => cacheNameIn(value) ?? []));
    const gone = new Set<string>();
    for (const name of names) if (!(await aws.caches.read(name))) gone.add(name);
    return gone;
  }

  async function planMove(destination: Destination): Promise<Change<unknown>> {
    const { base } = destination;
    if (base === taskDefinition && primary?.rolloutState === 'IN_PROGRESS') {
      return {
        action: 'blocked',
        reason: `Somebody is deploying ${nameOf(base.taskDefinitionArn)} to ${serviceName}`,
        hint: 'Nothing was changed. Run the same command again when their deployment is done.',
      };
    }
    const gone = await readGoneCaches(destination);
    const to = isReady(destination)
      ? nameOf(base.taskDefinitionArn)
      : `a copy of ${nameOf(base.taskDefinitionArn)}`;
    return {
      action: 'update',
      details: [
        { field: 'task definition', from: nameOf(taskDefinition.taskDefinitionArn), to },
        ...history.carriedBy(taskDefinition).map((variable) => detailOf(variable, destination, gone)),
        { field: 'tasks', to: `all ${service.desiredCount} replaced, one rolling deployment` },
      ],
    };
  }

  /** A deregistered revision runs on, but a service cannot be updated to it: then it is registered again. */
  async function makeReady(destination: Destination): Promise<string> {
    const { base, document } = destination;
    if (isReady(destination)) return base.taskDefinitionArn;
    const mark = { [UNDOES_TAG]: base.taskDefinitionArn };
    const copy =
      (await readCopy(ecs, base.family, document, mark)) ??
      (await registerCopy(ecs, base, document, { ...userTagsOf(base.tags), ...mark }));
    return copy.taskDefinitionArn;
  }

  return {
    kind: 'service',
    name: serviceName,
    usualMs: USUAL_MS,

    async plan() {
      const destination = await history.readDestination(taskDefinition);
      if (destination) return planMove(destination);
      if (!(await readUnfinished())) {
        const note = `runs ${nameOf(taskDefinition.taskDefinitionArn)}, which carries nothing of ours`;
        return { action: 'none', outputs: undefined, note };
      }
      const to = `${nameOf(taskDefinition.taskDefinitionArn)} on every task`;
      return { action: 'update', details: [{ field: 'rollout', from: 'in progress', to }] };
    },

    async undo(step) {
      const { taskDefinitionArn } = taskDefinition;
      const destination = await history.readDestination(taskDefinition);
      if (destination) return rolling.deploy(await makeReady(destination), taskDefinitionArn, step);
      const before = await readUnfinished();
      if (before) await rolling.deploy(taskDefinitionArn, before.taskDefinitionArn, step);
    },
  };
}

function isReady({ base, document }: Destination): boolean {
  return base.document === document && base.status !== 'INACTIVE';
}

function cacheNameIn(value: string): string | undefined {
  const host = handedAddressOf(value)?.host;
  return host === undefined ? undefined : cacheAddressOf(host)?.cacheName;
}

function detailOf(
  { container, name, variable }: ContainerVariable,
  { document }: Destination,
  gone: ReadonlySet<string>,
): Detail {
  const before = variableOf(document, container, name);
  const cacheName = before && 'value' in before ? cacheNameIn(before.value) : undefined;
  const isGone = cacheName !== undefined && gone.has(cacheName);
  return {
    field: `${name} of ${container}`,
    from: shownVariable(variable),
    to: `${before ? shownVariable(before) : 'not set'}${isGone ? ', a cache that is gone' : ''}`,
  };
}
