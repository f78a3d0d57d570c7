/** The variables that a service is to have, and whether its running revision has them. */
import type { App } from '../domain/app.ts';
import { render } from '../domain/delivery.ts';
import type { Known } from '../domain/outputs.ts';
import type { EcsConsumerSettings } from '../domain/settings.ts';
import { variableOf, type ContainerVariable } from '../domain/task-definition.ts';

/** The names of the caches that its variables speak of. */
export function cachesOf({ variables }: EcsConsumerSettings): string[] {
  return [...new Set(variables.flatMap(({ cache }) => cache ?? []))];
}

/** Undefined until every cache that they come from is known. */
export function wantedVariables(
  consumer: EcsConsumerSettings,
  known: Known,
): readonly ContainerVariable[] | undefined {
  const wanted: ContainerVariable[] = [];
  for (const { name, cache, template, container = consumer.container } of consumer.variables) {
    const outputs = cache === undefined ? undefined : known.get('cache', cache);
    if (cache !== undefined && !outputs) return undefined;
    const value = outputs ? render(template, outputs) : template;
    wanted.push({ container, name: name.value, variable: { value } });
  }
  return wanted;
}

export function hasVariables(app: App, wanted: readonly ContainerVariable[]): boolean {
  return wanted.every(({ container, name, variable }) => {
    const now = variableOf(app.taskDefinition.document, container, name);
    if (!now) return false;
    return 'value' in variable
      ? 'value' in now && now.value === variable.value
      : 'valueFrom' in now && now.valueFrom === variable.valueFrom;
  });
}

/** Those that carry a whole address: what a client would dial. */
export function probeTargets(wanted: readonly ContainerVariable[]): { variable: string; value: string }[] {
  return wanted.flatMap(({ name, variable }) =>
    'value' in variable && /^rediss?:\/\//.test(variable.value) ? [{ variable: name, value: variable.value }] : [],
  );
}
