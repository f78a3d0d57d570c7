/** The cache that an app uses already: found by the address that its variable carries. */
import type { Aws } from '../aws/aws.ts';
import type { RunningService } from '../domain/app.ts';
import { variableOf } from '../domain/task-definition.ts';

export async function findCacheInUse(
  app: RunningService,
  variable: string,
  aws: Aws,
): Promise<string | undefined> {
  const found = variableOf(app.taskDefinition.document, app.container, variable);
  if (!found || !('value' in found) || !URL.canParse(found.value)) return undefined;
  const { hostname } = new URL(found.value);
  const caches = await aws.caches.list();
  return caches.find(({ endpoint }) => endpoint?.address.toLowerCase() === hostname.toLowerCase())?.name;
}
