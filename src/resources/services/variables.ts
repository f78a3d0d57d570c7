/** The variables that a service is to have, and whether its running revision has them. */
import type { App } from '../../domain/app.ts';
import { maskPassword } from '../../domain/connection.ts';
import { render } from '../../domain/delivery.ts';
import type { Known, Ref } from '../../domain/outputs.ts';
import { secretVariablesOf } from '../../domain/secrets.ts';
import type { EcsConsumerSettings, Settings } from '../../domain/settings.ts';
import {
  isSameVariable,
  variableOf,
  type ContainerVariable,
  type Variable,
} from '../../domain/task-definition.ts';

/** What its variables refer to, where any does. */
export function secretsOf(
  consumer: EcsConsumerSettings,
  { caches, project }: Pick<Settings, 'project' | 'caches'>,
): Ref[] {
  const some = secretVariablesOf(consumer, caches, project).length > 0;
  return some ? [{ kind: 'secrets', name: consumer.name }] : [];
}

/** Undefined until every cache that they come from is known, and every secret that they refer to. */
export function wantedVariables(
  consumer: EcsConsumerSettings,
  settings: Pick<Settings, 'project' | 'caches'>,
  known: Known,
): readonly ContainerVariable[] | undefined {
  const inSecrets = secretVariablesOf(consumer, settings.caches, settings.project);
  const references = inSecrets.length > 0 ? known.get('secrets', consumer.name)?.references : [];
  if (!references) return undefined;
  const wanted: ContainerVariable[] = [];
  for (const { name: setting, cache, template, container = consumer.container } of consumer.variables) {
    const name = setting.value;
    const reference = references.find((each) => each.container === container && each.name === name);
    const outputs = cache === undefined ? undefined : known.get('cache', cache);
    if (cache !== undefined && !outputs) return undefined;
    const variable = reference
      ? { valueFrom: reference.valueFrom }
      : { value: outputs ? render(template, outputs) : template };
    wanted.push({ container, name, variable });
  }
  return wanted;
}

export function hasVariables(app: App, wanted: readonly ContainerVariable[]): boolean {
  return wanted.every(({ container, name, variable }) => {
    const now = variableOf(app.taskDefinition.document, container, name);
    return now !== undefined && isSameVariable(now, variable);
  });
}

/** Values are handed over when a task starts, and to none that runs: those from before need a deployment of their own. */
export function runsOldSecrets(app: App, consumer: EcsConsumerSettings, known: Known): boolean {
  const primary = app.service.deployments.find(({ status }) => status === 'PRIMARY');
  const changedAt = known.get('secrets', consumer.name)?.changedAt;
  return changedAt !== undefined && primary !== undefined && primary.createdAt < changedAt;
}

/** Fit for the screen. */
export function shownVariable(variable: Variable): string {
  return 'value' in variable ? maskPassword(variable.value) : `secret ${variable.valueFrom}`;
}
