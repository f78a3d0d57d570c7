/** The sentence for something that has our name but is not ours. */
import type { Change } from '../../domain/change.ts';
import { PROJECT_TAG, type Owner, type Tags } from '../../domain/ownership.ts';

export function foreign(
  what: string,
  owner: Exclude<Owner, 'ours'>,
  tags: Tags,
  nameFlag: string,
): Extract<Change<never>, { action: 'blocked' }> {
  const whose =
    owner === 'another project'
      ? `belongs to the project ${tags[PROJECT_TAG] ?? ''} of this tool`
      : 'was not made by this tool';
  return {
    action: 'blocked',
    reason: `${what} exists already and ${whose}`,
    hint: `Nothing was changed. Choose another name with ${nameFlag}${owner === 'another project' ? ', or name that project with --project' : ''}.`,
  };
}
