/** Copies of a revision: registered once, found again by a run that goes on, and compared with what was sent. */
import type { Ecs } from '../../aws/ecs.ts';
import type { TaskDefinition } from '../../domain/app.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isReservedTag } from '../../domain/limits.ts';
import type { Tags } from '../../domain/ownership.ts';
import { missingFrom, registrable } from '../../domain/task-definition.ts';
import { WizardError } from '../../errors.ts';

/** How many of the newest revisions are looked through for one that a run which was cut off has registered. */
const REVISIONS_LOOKED_THROUGH = 5;

/** The revision with these tags and this content, where there is one already. */
export async function readCopy(
  ecs: Ecs,
  family: string,
  document: JsonObject,
  tags: Tags,
): Promise<TaskDefinition | undefined> {
  for (const arn of await ecs.listTaskDefinitions(family, REVISIONS_LOOKED_THROUGH)) {
    const revision = await ecs.readTaskDefinition(arn);
    if (!revision || !Object.entries(tags).every(([key, value]) => revision.tags[key] === value)) continue;
    if (missingFrom(revision.document, registrable(document)).length === 0) return revision;
  }
  return undefined;
}

export async function registerCopy(
  ecs: Ecs,
  original: TaskDefinition,
  document: JsonObject,
  tags: Tags,
): Promise<TaskDefinition> {
  const wanted = registrable(document);
  const tagList = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const registered = await ecs.registerTaskDefinition({
    ...wanted,
    ...(tagList.length > 0 ? { tags: tagList } : {}),
  });
  const lost = missingFrom(registered.document, wanted);
  if (lost.length === 0) return registered;
  throw new WizardError(
    'OperationFailed',
    `Copying ${original.taskDefinitionArn}: AWS registered ${registered.taskDefinitionArn} without ${lost.join(', ')}`,
    {
      hint: 'The service was not touched. Compare the two revisions; something of yours is not accepted any more.',
    },
  );
}

/** AWS refuses a copy of its own tags. */
export function copiedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !isReservedTag(key)));
}

/** Ours are of the thing that has them; of several things the last one counts. */
export function userTagsOf(...tags: readonly Tags[]): Tags {
  const all = Object.assign({}, ...tags) as Tags;
  return Object.fromEntries(
    Object.entries(copiedTags(all)).filter(([key]) => !key.startsWith('elasticache-wizard:')),
  );
}
