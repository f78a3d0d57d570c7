/** Our tags on what ElastiCache has of the project: without them neither setup nor destroy would take it for ours. */
import type { Drift, Observation } from '../domain/drift.ts';
import { awsCommand, tagWords } from '../domain/mending.ts';
import { ownerOf, ownershipTags } from '../domain/ownership.ts';
import { toolsTagged } from '../survey/other-tools.ts';
import { drift } from './observer.ts';
import { toolsText, type Watched } from './watched.ts';

export async function lostTags(
  subject: Pick<Drift, 'kind' | 'name'>,
  arn: string,
  { aws, project, where }: Watched,
): Promise<Observation[] | 'unreadable'> {
  const found = await aws.elasticache.readTags(arn);
  if (found === 'unreadable') return found;
  if (found === 'gone' || ownerOf(found, project, subject.name) === 'ours') return [];
  const ours = tagWords(ownershipTags(project, subject.name));
  const command = ['elasticache', 'add-tags-to-resource', '--resource-name', arn, '--tags', ...ours];
  const what = 'has lost our tags: setup and destroy would take it for somebody else’s';
  return [drift(subject, what, awsCommand(where, ...command), { by: toolsText(toolsTagged(found)) })];
}
