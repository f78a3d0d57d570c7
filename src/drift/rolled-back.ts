/** A project that was rolled back as a whole: that is how it was left, and no drift. */
import { STICKINESS_TAG } from '../domain/ownership.ts';
import { listOwnParameters } from '../resources/instances/parameters-way-back.ts';
import { carriedIn, type Watched } from './watched.ts';

export const ROLLED_BACK =
  'rolled back; the cache stays and is paid for: destroy removes it, setup hands it over again';

/**
 * Nothing is handed the cache, and the tags with the way back of the sticky sessions are gone: rollback takes them away
 * after the apps, while ECS, a person or a rollout that failed, which put a service back too, leave them.
 */
export async function isRolledBack(watched: Watched): Promise<boolean> {
  const { services, goneServices } = watched;
  const isUsed = services.some((running) => carriedIn(running, watched).length > 0 || hasFailed(running));
  if (isUsed || goneServices.length > 0 || !isStickinessForgotten(watched)) return false;
  return !(await hasParameters(watched));
}

function isStickinessForgotten({ anchors, services, instanceApps }: Watched): boolean {
  const arns = anchors.flatMap(({ targetGroupArns }) => targetGroupArns);
  const changed = [...services, ...instanceApps.flatMap(({ app }) => app ?? [])]
    .flatMap(({ targetGroups }) => targetGroups)
    .filter(({ targetGroupArn }) => arns.includes(targetGroupArn));
  return changed.length > 0 && changed.every(({ tags }) => tags[STICKINESS_TAG] === undefined);
}

async function hasParameters({ instanceApps, project, aws }: Watched): Promise<boolean> {
  const left = await Promise.all(
    instanceApps.flatMap(({ place }) =>
      'parameterPath' in place ? [listOwnParameters(place.parameterPath, project, aws)] : [],
    ),
  );
  return left.flat().length > 0;
}

function hasFailed({ service: { deployments } }: Watched['services'][number]): boolean {
  return deployments.some(({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'FAILED');
}
