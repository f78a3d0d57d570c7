/** Whose a thing is that has the name of ours: read from its tags. */
import type { ElastiCache } from '../../aws/elasticache.ts';
import { ownerOf, type Owner, type Tags } from '../../domain/ownership.ts';
import { WizardError } from '../../errors.ts';

export interface Foreign {
  readonly owner: Exclude<Owner, 'ours'>;
  readonly tags: Tags;
}

export type Owned = { readonly owner: 'ours'; readonly tags: Tags } | Foreign;

type TagReads = Pick<ElastiCache, 'readTags'>;

/** Undefined while AWS does not show the tags: the owner is not known yet. */
export async function readOwner(
  { arn }: { readonly arn: string },
  project: string,
  of: string,
  elasticache: TagReads,
): Promise<Owned | undefined> {
  const tags = await elasticache.readTags(arn);
  return typeof tags === 'string' ? undefined : { owner: ownerOf(tags, project, of), tags };
}

/** Of what shows its tags at any time: where it shows none, it is not ours. */
export async function readOwnerNow(...of: Parameters<typeof readOwner>): Promise<Owned> {
  return (await readOwner(...of)) ?? { owner: 'somebody else', tags: {} };
}

/** Between plan and apply somebody else may have made one of our name. `what`: 'user group web-redis'. */
export function takenMeanwhile(what: string): WizardError {
  return new WizardError('NotOurs', `Creating the ${what}: somebody else has just made one of that name`, {
    hint: 'Run the same command again to see whose it is.',
  });
}
