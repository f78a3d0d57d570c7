/** A new revision: a copy of the one that runs, with the cache's variables, and nothing else changed. */
import type { Ecs } from '../../aws/ecs.ts';
import type { App, TaskDefinition } from '../../domain/app.ts';
import type { Detail } from '../../domain/change.ts';
import { cachesOf } from '../../domain/consumer.ts';
import { render } from '../../domain/delivery.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Known } from '../../domain/outputs.ts';
import { ownershipTags, REPLACES_TAG, type Tags } from '../../domain/ownership.ts';
import { refersTo, secretVariablesOf } from '../../domain/secrets.ts';
import { setVariablesTags } from '../../domain/set-variables.ts';
import type { EcsConsumerSettings, Settings, VariableSettings } from '../../domain/settings.ts';
import {
  isSameVariable,
  registrable,
  variableOf,
  withVariables,
  type ContainerVariable,
  type Variable,
} from '../../domain/task-definition.ts';
import type { Resource } from '../../engine/resource.ts';
import { readCopy, registerCopy, userTagsOf } from './revision-copy.ts';
import { hasVariables, runsOldSecrets, secretsOf, shownVariable, wantedVariables } from './variables.ts';

export function taskDefinition(
  consumer: EcsConsumerSettings,
  settings: Settings,
  app: App,
  ecs: Ecs,
): Resource<'taskDefinition'> {
  const running = app.taskDefinition;
  const name = running.family;

  const tagsOf = (variables: readonly ContainerVariable[]): Tags => ({
    ...ownershipTags(settings.project, name),
    [REPLACES_TAG]: running.taskDefinitionArn,
    ...setVariablesTags(variables),
  });

  const inSecrets = secretVariablesOf(consumer, settings.caches, settings.project);

  const wantedDocument = (variables: readonly ContainerVariable[]): JsonObject =>
    withVariables(registrable(running.document), variables);

  /** The revision that an earlier run registered for just this, before it was cut off. */
  const readPrepared = (variables: readonly ContainerVariable[]): Promise<TaskDefinition | undefined> =>
    readCopy(ecs, name, wantedDocument(variables), tagsOf(variables));

  /** Where a secret has another value than the tasks were handed, a revision with the same content brings it to them. */
  const isCurrent = (variables: readonly ContainerVariable[], known: Known): boolean =>
    hasVariables(app, variables) && !runsOldSecrets(app, consumer, known);

  function details(known: Known): Detail[] {
    const wanted = wantedVariables(consumer, settings, known);
    return consumer.variables.flatMap((setting, index): Detail | [] => {
      const { name, cache, template, container = consumer.container } = setting;
      const now = variableOf(running.document, container, name.value);
      const to = wanted?.[index]?.variable ?? plain(setting, known);
      if (!wanted && now && to && isSameVariable(now, to)) return [];
      const field = `${name.value} of ${container}`;
      if (!to && now && isInOurSecret(now, name.value, container)) {
        return { field, to: 'the same secret, read anew by each new task', origin: name.origin };
      }
      return {
        field,
        ...(now ? { from: shownVariable(now) } : {}),
        to: to
          ? shownVariable(to)
          : `${later(name.value, container, template)} of ${cache ?? ''}, ${cache !== undefined && known.get('cache', cache) ? 'with its password' : 'known when it exists'}`,
        origin: name.origin,
      };
    });
  }

  /** Known before the secrets beside it are. */
  function plain(
    { name, cache, template, container = consumer.container }: VariableSettings,
    known: Known,
  ): Variable | undefined {
    const outputs = cache === undefined ? undefined : known.get('cache', cache);
    const isSecret = inSecrets.some((each) => each.name === name.value && each.container === container);
    return outputs && !isSecret ? { value: render(template, outputs) } : undefined;
  }

  function isInOurSecret(now: Variable, variable: string, container: string): boolean {
    const secret = inSecrets.find((each) => each.name === variable && each.container === container);
    return secret !== undefined && 'valueFrom' in now && refersTo(now.valueFrom, secret);
  }

  function later(variable: string, container: string, template: string): string {
    const what = template === '{url}' ? 'the address' : template;
    const isSecret = inSecrets.some((each) => each.name === variable && each.container === container);
    return isSecret ? `a secret with ${what}` : what;
  }

  return {
    kind: 'taskDefinition',
    name,
    needs: [
      ...cachesOf(consumer).map((cache) => ({ kind: 'cache' as const, name: cache })),
      ...secretsOf(consumer, settings),
    ],

    async plan(known) {
      const variables = wantedVariables(consumer, settings, known);
      if (!variables) return { action: 'update', details: details(known) };
      if (isCurrent(variables, known)) {
        return { action: 'none', outputs: { taskDefinitionArn: running.taskDefinitionArn } };
      }
      const prepared = await readPrepared(variables);
      if (!prepared) return { action: 'update', details: details(known) };
      return { action: 'none', outputs: { taskDefinitionArn: prepared.taskDefinitionArn } };
    },

    async reconcile(known) {
      const variables = wantedVariables(consumer, settings, known);
      if (!variables) throw new Error(`${name} was reconciled before its caches`);
      if (isCurrent(variables, known)) return { taskDefinitionArn: running.taskDefinitionArn };
      const document = wantedDocument(variables);
      const revision =
        (await readPrepared(variables)) ??
        (await registerCopy(ecs, running, document, {
          ...userTagsOf(running.tags),
          ...settings.tags,
          ...tagsOf(variables),
        }));
      return { taskDefinitionArn: revision.taskDefinitionArn };
    },
  };
}
