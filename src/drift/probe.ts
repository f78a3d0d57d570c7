/** What a probe that was killed has left. */
import { nameOf } from '../domain/arn.ts';
import { awsCommand } from '../domain/mending.ts';
import { listLeftProbes } from '../probe/leftovers.ts';
import { drift, type Observer } from './observer.ts';
import type { Watched } from './watched.ts';

export function probe(ecsCluster: string, { aws, project, where }: Watched): Observer {
  return {
    kind: 'taskDefinition',
    name: `the probe in ${ecsCluster}`,
    async look() {
      const left = await listLeftProbes(aws.ecs, ecsCluster, project);
      return left.map((arn) =>
        drift(
          { kind: 'taskDefinition', name: nameOf(arn) },
          'was left by a probe that was cut off, if none is running now; it costs nothing, and destroy removes it too',
          awsCommand(where, 'ecs', 'deregister-task-definition', '--task-definition', nameOf(arn)),
        ),
      );
    },
  };
}
