/** What AWS says in a service's events about why nothing moves. */
import type { Deployment, EcsService } from '../../domain/app.ts';

type Told = Pick<EcsService, 'events' | 'serviceName'>;

/** No room, failing health checks, a deployment configuration without play. */
export function newestTrouble(since: number, { events, serviceName }: Told): string | undefined {
  const event = events.find(
    ({ at, message }) => at >= since && /unable|unhealthy|fail|insufficient|error/i.test(message),
  );
  return event && plainly(event.message, serviceName);
}

/**
 * Why tasks cannot be placed, where some are missing, none is on its way, and AWS has tried. It says so once in six
 * hours (ECS developer guide, "Service event messages"), and may have said it before this deployment.
 */
export function roomTrouble(ours: Deployment, { events, serviceName }: Told): string | undefined {
  if (ours.runningCount >= ours.desiredCount || ours.pendingCount > 0) return undefined;
  const event = events.find(({ message }) => message.includes('unable to place a task'));
  return event && plainly(event.message, serviceName);
}

function plainly(message: string, serviceName: string): string {
  return message
    .replace(`(service ${serviceName}) `, '')
    .replace(/\.? For more information, see the Troubleshooting section.*$/, '');
}
