/** A new revision: a copy of the one that runs, with the cache's variables, and nothing else changed. */
import type { Ecs } from '../aws/ecs.ts';
import type { App, TaskDefinition } from '../domain/app.ts';
import type { Detail } from '../domain/change.ts';
import { maskPassword } from '../domain/connection.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Known } from '../domain/outputs.ts';
import { ownerOf, ownershipTags, REPLACES_TAG, type Tags } from '../domain/ownership.ts';
import type { ConsumerSettings, Settings } from '../domain/settings.ts';
import { missingFrom, registrable, variableOf, withVariables } from '../domain/task-definition.ts';
import type { Resource } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import { hasVariables, wantedVariables } from './variables.ts';

/** How many of the newest revisions are looked through for one that a run which was cut off has registered. */
const REVISIONS_LOOKED_THROUGH = 5;

export function taskDefinition(
  consumer: ConsumerSettings,
  settings: Settings,
  app: App,
  ecs: Ecs,
): Resource<'taskDefinition'> {
  const running = app.taskDefinition;
  const name = running.family;

  const wantedDocument = (variables: ReadonlyMap<string, string>): JsonObject =>
    withVariables(registrable(running.document), consumer.container, variables);

  /** The revision that an earlier run registered for just this, before it was cut off. */
  async function readPrepared(document: JsonObject): Promise<TaskDefinition | undefined> {
    const arns = await ecs.listTaskDefinitions(running.family, REVISIONS_LOOKED_THROUGH);
    for (const arn of arns) {
      const revision = await ecs.readTaskDefinition(arn);
      if (!revision || revision.tags[REPLACES_TAG] !== running.taskDefinitionArn) continue;
      if (ownerOf(revision.tags, settings.project, name) !== 'ours') continue;
      if (missingFrom(revision.document, document).length === 0) return revision;
    }
    return undefined;
  }

  async function register(document: JsonObject): Promise<TaskDefinition> {
    const tags: Tags = {
      ...userTagsOf(running.tags),
      ...settings.tags,
      ...ownershipTags(settings.project, name),
      [REPLACES_TAG]: running.taskDefinitionArn,
    };
    const registered = await ecs.registerTaskDefinition({
      ...document,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    });
    const lost = missingFrom(registered.document, document);
    if (lost.length === 0) return registered;
    throw new WizardError(
      'OperationFailed',
      `Copying ${running.taskDefinitionArn}: AWS registered ${registered.taskDefinitionArn} without ${lost.join(', ')}`,
      {
        hint: 'The service was not touched. Compare the two revisions; something of yours is not accepted any more.',
      },
    );
  }

  function details(known: Known): Detail[] {
    return consumer.variables.map(({ name: variable, cache }) => {
      const now = variableOf(running.document, consumer.container, variable.value);
      const to = wantedVariables(consumer, known)?.get(variable.value);
      return {
        field: `${variable.value} of ${consumer.container}`,
        ...(now ? { from: 'value' in now ? maskPassword(now.value) : `secret ${now.valueFrom}` } : {}),
        to: to ?? `the address of ${cache}, known when it exists`,
        origin: variable.origin,
      };
    });
  }

  return {
    kind: 'taskDefinition',
    name,
    needs: consumer.variables.map(({ cache }) => ({ kind: 'cache', name: cache })),

    async plan(known) {
      const variables = wantedVariables(consumer, known);
      if (!variables) return { action: 'update', details: details(known) };
      if (hasVariables(app, variables)) {
        return { action: 'none', outputs: { taskDefinitionArn: running.taskDefinitionArn } };
      }
      const prepared = await readPrepared(wantedDocument(variables));
      if (!prepared) return { action: 'update', details: details(known) };
      return { action: 'none', outputs: { taskDefinitionArn: prepared.taskDefinitionArn } };
    },

    async reconcile(known) {
      const variables = wantedVariables(consumer, known);
      if (!variables) throw new Error(`${name} was reconciled before its caches`);
      if (hasVariables(app, variables)) return { taskDefinitionArn: running.taskDefinitionArn };
      const document = wantedDocument(variables);
      const revision = (await readPrepared(document)) ?? (await register(document));
      return { taskDefinitionArn: revision.taskDefinitionArn };
    },

    // A revision is the service's way back: the service's own undo leaves it, and it costs nothing.
    async undo() {},
  };
}

/** AWS refuses a copy of its own tags; ours are of the revision that is copied. */
function userTagsOf(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(([key]) => !key.startsWith('aws:') && !key.startsWith('elasticache-wizard:')),
  );
}
