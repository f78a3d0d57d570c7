/** The container that gets the variables. It is often not the first one: sidecars come first as they please. */
import type { EcsService, TaskDefinition } from '../domain/app.ts';
import { containerNames } from '../domain/task-definition.ts';
import { WizardError } from '../errors.ts';
import { suggestion } from '../domain/nearest.ts';

export interface ContainerQuestion {
  container(candidates: readonly string[]): Promise<string>;
}

export async function chooseContainer(
  service: EcsService,
  revision: TaskDefinition,
  named: string | undefined,
  ask: ContainerQuestion,
): Promise<string> {
  const all = containerNames(revision.document);
  const answer = named ?? (await onlyOne(candidatesOf(service, all), ask));
  if (all.includes(answer)) return answer;
  throw new WizardError(
    'InvalidInput',
    `Choosing the container of ${service.serviceName}: ${revision.family} has none called ${answer}`,
    { hint: suggestion(answer, all) },
  );
}

/** Those behind the load balancer; all of them where there is none. */
function candidatesOf(service: EcsService, all: readonly string[]): readonly string[] {
  const balanced = new Set(service.loadBalancers.flatMap(({ containerName }) => containerName ?? []));
  const behind = all.filter((name) => balanced.has(name));
  return behind.length > 0 ? behind : all;
}

async function onlyOne(candidates: readonly string[], ask: ContainerQuestion): Promise<string> {
  const [first] = candidates;
  return first !== undefined && candidates.length === 1 ? first : ask.container(candidates);
}
