/**
 * Some partitions and endpoints refuse tags when something is created. It is then made without them, with a mark of
 * ours in its description, and tagged as soon as it can be: a run that is cut off in between knows it by the mark.
 */
import type { ElastiCache } from '../../aws/elasticache.ts';
import { LONGEST_DESCRIPTION } from '../../domain/limits.ts';
import { OF_TAG, ownerOf, type Tags } from '../../domain/ownership.ts';
import { WizardError } from '../../errors.ts';
import { readOwnerNow, takenMeanwhile } from './owner.ts';

interface Labels {
  readonly description: string;
  readonly tags: Tags;
}

type Create = (labels: Labels) => Promise<'created' | 'exists' | 'tags refused'>;

export async function createLabelled(
  create: Create,
  labels: Labels,
  project: string,
): Promise<'created' | 'exists' | 'created untagged'> {
  const made = await create(labels);
  if (made !== 'tags refused') return made;
  await create({ description: marked(labels.description, project), tags: {} });
  return 'created untagged';
}

/** Made by us and not tagged yet. Whatever carries anybody's own tag is what that says. */
export function isUntaggedOurs(thing: { description: string }, tags: Tags, project: string): boolean {
  return tags[OF_TAG] === undefined && thing.description.endsWith(markOf(project));
}

/** Ours by its tags, or by the mark that stands for them until they can be put on. */
export function isOurs(thing: { description: string }, tags: Tags, project: string, of: string): boolean {
  return ownerOf(tags, project, of) === 'ours' || isUntaggedOurs(thing, tags, project);
}

export const LATE_TAGS = { field: 'tags', to: 'ours, which AWS refused at its creation' };

/** Throws where it cannot be tagged later either: without tags it must not be taken for ours for good. */
export async function tagLate(
  elasticache: Pick<ElastiCache, 'addTags'>,
  what: string,
  arn: string,
  tags: Tags,
): Promise<void> {
  try {
    await elasticache.addTags(arn, tags);
  } catch (error) {
    if (!(error instanceof WizardError) || error.transient) throw error;
    throw new WizardError(
      error.code === 'AccessDenied' ? 'AccessDenied' : 'Blocked',
      `${what} was made without tags, which AWS refused at its creation, and cannot be tagged now: ${error.message}`,
      {
        hint: `Nothing uses it yet. Without its tags it would not be known as ours, so the run stops here; once ${arn} can be tagged, run the same command again.`,
        cause: error,
      },
    );
  }
}

interface LabelledThing<Thing> {
  /** 'cache subnet group'. */
  readonly noun: string;
  readonly name: string;
  readonly project: string;
  readonly labels: Labels;
  readonly read: () => Promise<Thing | undefined>;
  readonly create: Create;
}

/** As it was found there, and tagged by now; undefined where it was not there and is made. */
export async function ensureLabelled<Thing extends { readonly arn: string; readonly description: string }>(
  found: Thing | undefined,
  { noun, name, project, labels, read, create }: LabelledThing<Thing>,
  elasticache: Pick<ElastiCache, 'addTags' | 'readTags'>,
): Promise<Thing | undefined> {
  if (!found && (await createLabelled(create, labels, project)) === 'created') return undefined;
  const thing = found ?? (await read());
  const owned = thing && (await readOwnerNow(thing, project, name, elasticache));
  if (thing && owned && isUntaggedOurs(thing, owned.tags, project)) {
    await tagLate(elasticache, `The ${noun} ${name}`, thing.arn, labels.tags);
  } else if (owned?.owner !== 'ours') {
    throw takenMeanwhile(`${noun} ${name}`);
  }
  return thing;
}

function marked(text: string, project: string): string {
  const mark = markOf(project);
  return `${text.slice(0, LONGEST_DESCRIPTION - mark.length)}${mark}`;
}

function markOf(project: string): string {
  return ` [elasticache-wizard ${project}]`;
}
