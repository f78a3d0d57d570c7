/**
 * What a service is to run again: what was there before us, and never older code. A revision of ours leads back to
 * the one that it replaces; somebody's later one, which carries our variables on, to itself without them.
 */
import type { Ecs } from '../../aws/ecs.ts';
import type { TaskDefinition } from '../../domain/app.ts';
import type { JsonObject } from '../../domain/json.ts';
import { carriedBy, isSamePlace, leadsTo, type Possessions } from '../../domain/our-values.ts';
import { ownerOf, REPLACES_TAG } from '../../domain/ownership.ts';
import {
  haveSameContent,
  isSameVariable,
  variableOf,
  withVariable,
  withVariables,
  type ContainerVariable,
  type Variable,
} from '../../domain/task-definition.ts';
import { WizardError } from '../../errors.ts';

/** Of a family that others register into many times a day. */
const REVISIONS_LOOKED_THROUGH = 100;

export interface History {
  /** What a revision carries of ours. */
  carriedBy(revision: TaskDefinition): readonly ContainerVariable[];
  /** Undefined: the revision is not ours and carries nothing of ours, so there is no way to go. */
  readDestination(running: TaskDefinition): Promise<Destination | undefined>;
  /** The newest active revision of the family that has our tags and carries something of ours. */
  readNewestCarrying(family: string): Promise<TaskDefinition | undefined>;
  /** Revisions of ours among the family's active ones, newest first. */
  listOurs(family: string): Promise<TaskDefinition[]>;
}

export interface Destination {
  /** The last revision of theirs. */
  readonly base: TaskDefinition;
  /** Its content, with our variables as they were before us. */
  readonly document: JsonObject;
}

export function history(ecs: Ecs, ours: Possessions): History {
  const { project, places } = ours;
  const adopted = places.filter((place) => place.adopted === true);
  /** A value that leads to a cache of theirs: they may have had it before us. */
  const mayBeTheirs = (variable: Variable): boolean =>
    'value' in variable && leadsTo(adopted, variable.value);

  const hasOurTags = ({ tags, family }: TaskDefinition): boolean => ownerOf(tags, project, family) === 'ours';

  const carriedByRevision = (revision: TaskDefinition): ContainerVariable[] =>
    carriedBy(revision.document, hasOurTags(revision) ? revision.tags : {}, ours);

  const readReplaced = async ({ tags }: TaskDefinition): Promise<TaskDefinition | undefined> => {
    const arn = tags[REPLACES_TAG];
    return arn === undefined ? undefined : ecs.readTaskDefinition(arn);
  };

  /**
   * The revision that this one of ours replaces; undefined when it is not ours. A pipeline that copies a revision
   * copies its tags, so they prove nothing alone: ours differs from what it replaces in our variables and nothing else.
   */
  async function readReplacedByUs(revision: TaskDefinition): Promise<TaskDefinition | undefined> {
    const replaced = hasOurTags(revision) ? await readReplaced(revision) : undefined;
    if (!replaced) return undefined;
    const ours = withVariables(replaced.document, carriedByRevision(revision));
    return haveSameContent(ours, revision.document) ? replaced : undefined;
  }

  async function readLastOfTheirs(running: TaskDefinition): Promise<TaskDefinition> {
    const seen = new Set<string>();
    let at = running;
    for (;;) {
      seen.add(at.taskDefinitionArn);
      const replaced = await readReplacedByUs(at);
      if (!replaced) return at;
      if (seen.has(replaced.taskDefinitionArn)) {
        throw new WizardError(
          'OperationFailed',
          `The revisions of ${at.family} point at each other: no way back is known`,
          { hint: `Deploy a revision without our variables by hand, then run the same command again.` },
        );
      }
      at = replaced;
    }
  }

  async function listActive(family: string): Promise<TaskDefinition[]> {
    const arns = await ecs.listTaskDefinitions(family, REVISIONS_LOOKED_THROUGH);
    const found: TaskDefinition[] = [];
    // One after another: AWS gives this call few times a second.
    for (const arn of arns) {
      const revision = await ecs.readTaskDefinition(arn);
      if (revision) found.push(revision);
    }
    return found;
  }

  /** Theirs may carry none of our tags: then the newest revision of ours in the family tells. */
  async function readBefore(
    base: TaskDefinition,
    { container, name, variable: carried }: ContainerVariable,
  ): Promise<Variable | undefined> {
    const carries = (revision: TaskDefinition): boolean =>
      carriedByRevision(revision).some((each) => isSamePlace(each, { container, name }));
    const isOfOurs = (revision: TaskDefinition): boolean => hasOurTags(revision) && carries(revision);
    let at: TaskDefinition | undefined = isOfOurs(base)
      ? base
      : (await listActive(base.family)).find(isOfOurs);
    const seen = new Set<string>();
    while (at && !seen.has(at.taskDefinitionArn)) {
      seen.add(at.taskDefinitionArn);
      const variable = variableOf(at.document, container, name);
      if (!variable || !carries(at)) return variable;
      at = await readReplaced(at);
    }
    return mayBeTheirs(carried) ? carried : undefined;
  }

  async function readNewestCarrying(family: string): Promise<TaskDefinition | undefined> {
    for (const arn of await ecs.listTaskDefinitions(family, REVISIONS_LOOKED_THROUGH)) {
      const revision = await ecs.readTaskDefinition(arn);
      if (revision && hasOurTags(revision) && carriedByRevision(revision).length > 0) return revision;
    }
    return undefined;
  }

  /** A pipeline may copy our variables and not our tags: what stands beside an address as we wrote it came with it. */
  async function readCarried(base: TaskDefinition): Promise<ContainerVariable[]> {
    const carried = carriedByRevision(base);
    if (carried.length === 0 || hasOurTags(base)) return carried;
    const newest = await readNewestCarrying(base.family);
    const besides = (newest ? carriedByRevision(newest) : []).filter((each) => {
      const now = variableOf(base.document, each.container, each.name);
      const isNew = !carried.some((other) => isSamePlace(each, other));
      return isNew && now !== undefined && isSameVariable(now, each.variable);
    });
    return [...carried, ...besides];
  }

  return {
    carriedBy: carriedByRevision,

    async readDestination(running) {
      const base = await readLastOfTheirs(running);
      let { document } = base;
      for (const carried of await readCarried(base)) {
        const before = await readBefore(base, carried);
        if (before !== carried.variable)
          document = withVariable(document, carried.container, carried.name, before);
      }
      return base === running && document === base.document ? undefined : { base, document };
    },

    readNewestCarrying,

    async listOurs(family) {
      const ours: TaskDefinition[] = [];
      for (const revision of await listActive(family))
        if (await readReplacedByUs(revision)) ours.push(revision);
      return ours;
    },
  };
}
