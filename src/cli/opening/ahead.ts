/**
 * What is wanted as soon as the app is known, read while its network is: whoever asks for it in the same moment has the
 * answer by then (moment.ts). What fails here is asked again, and told there.
 */
import type { Aws } from '../../aws/aws.ts';
import { nameOf } from '../../domain/arn.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { nameProjectOf, readAnchors } from '../../survey/project.ts';

/** `looking`: at what an app has, of which anything may be unsaid. */
export async function readAhead(
  { ecsCluster, service, project }: Inputs,
  caches: readonly Inputs[],
  looking: boolean,
  aws: Aws,
): Promise<void> {
  if (!ecsCluster || !service) return;
  const [cluster, app] = [nameOf(ecsCluster.value), nameOf(service.value)];
  // Whoever misspells the app waits for nothing else.
  const found = await aws.ecs.readService(cluster, app).catch(() => 'no service');
  if (typeof found === 'string') return;
  const called = async (): Promise<string> =>
    project?.value ?? (looking ? nameProjectOf(aws, cluster, app) : app);
  await Promise.allSettled([
    called().then((name) => readAnchors(aws, name)),
    ...caches.flatMap(({ cacheName: name }) => (name ? aws.caches.read(name.value.toLowerCase()) : [])),
  ]);
}
