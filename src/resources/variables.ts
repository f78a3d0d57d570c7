/** The variables that a consumer is to have, and whether its running revision has them. */
import type { App } from '../domain/app.ts';
import { redisUrl } from '../domain/connection.ts';
import type { Known } from '../domain/outputs.ts';
import type { ConsumerSettings } from '../domain/settings.ts';
import { variableOf } from '../domain/task-definition.ts';

/** Undefined until every cache that they come from is known. */
export function wantedVariables(
  consumer: ConsumerSettings,
  known: Known,
): ReadonlyMap<string, string> | undefined {
  const wanted = new Map<string, string>();
  for (const { name, cache } of consumer.variables) {
    const outputs = known.get('cache', cache);
    if (!outputs) return undefined;
    wanted.set(name.value, redisUrl(outputs.endpoint));
  }
  return wanted;
}

export function hasVariables(app: App, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([name, value]) => {
    const variable = variableOf(app.taskDefinition.document, app.container, name);
    return variable !== undefined && 'value' in variable && variable.value === value;
  });
}
