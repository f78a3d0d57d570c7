/** Revisions of ours that nothing runs any more, deregistered. One that runs stays, and so does all that is theirs. */
import type { Ecs } from '../../aws/ecs.ts';
import type { TaskDefinition } from '../../domain/app.ts';
import { nameOf } from '../../domain/arn.ts';
import type { Undoable } from '../../engine/undo.ts';
import type { History } from './before-us.ts';

/** `service`: absent where it was deleted meanwhile, and so runs none of them. */
export interface RevisionRemoval {
  readonly family: string;
  readonly service?: { readonly ecsCluster: string; readonly name: string };
}

export function revisionRemoval(
  { family, service: place }: RevisionRemoval,
  history: History,
  ecs: Ecs,
): Undoable {
  const namesOf = (revisions: readonly TaskDefinition[]): string =>
    revisions.map(({ taskDefinitionArn }) => nameOf(taskDefinitionArn)).join(', ');

  async function readInUse(): Promise<ReadonlySet<string>> {
    const service = place && (await ecs.readService(place.ecsCluster, place.name));
    if (service === undefined || typeof service === 'string') return new Set();
    const deployed = service.deployments.map(({ taskDefinitionArn }) => taskDefinitionArn);
    return new Set([service.taskDefinitionArn, ...deployed]);
  }

  return {
    kind: 'taskDefinition',
    name: family,

    async plan() {
      const ours = await history.listOurs(family);
      if (ours.length === 0) return { action: 'none', outputs: undefined, note: 'no revision of ours' };
      const details = [{ field: 'revisions', to: `${namesOf(ours)} deregistered; they can still be read` }];
      return { action: 'delete', details };
    },

    async undo(step) {
      const [ours, inUse] = await Promise.all([history.listOurs(family), readInUse()]);
      const stay = ours.filter(({ taskDefinitionArn }) => inUse.has(taskDefinitionArn));
      if (stay.length > 0) step.warn('revision.in-use', `${namesOf(stay)} still runs, and so stays`);
      for (const revision of ours)
        if (!stay.includes(revision)) await ecs.deregisterTaskDefinition(revision.taskDefinitionArn);
    },
  };
}
