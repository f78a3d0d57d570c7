/** `alarms`: every cache of a project watched, whoever made it, and somebody told; or with --no-monitoring nobody any more. */
import { isGiven } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import { hearingSteps } from '../../resources/monitoring/listeners.ts';
import { readMonitoringOf, removeMonitoring, watch } from '../day-two/living-monitoring.ts';
import { openLiving } from '../opening/living.ts';
import type { Command, Session } from '../session.ts';

export const alarms: Command = async (session) => {
  const living = await openLiving(session, true);
  const { project, caches, aws } = living;
  if (caches.length === 0) {
    throw new WizardError('NotFound', `The project ${project} has no cache to watch`, {
      hint: 'Name one with --cache-name, or run setup first.',
    });
  }
  if (isUnwanted(session)) {
    await removeMonitoring(living, session);
    return 0;
  }
  const monitoring = await readMonitoringOf(living, session.inputs);
  await watch(living, monitoring, session);
  session.record.next = [
    ...(await hearingSteps(monitoring, aws.sns)),
    `elasticache-wizard status --project ${project} --metrics   (the last hour beside the thresholds)`,
  ];
  return 0;
};

/** A file that says so means its setups: only what is typed takes alarms away. */
function isUnwanted({ inputs: { monitoring } }: Session): boolean {
  if (!isGiven(monitoring) || monitoring.value) return false;
  if (monitoring.origin !== 'config') return true;
  throw new WizardError('InvalidInput', 'monitoring.enabled is false in the config file', {
    hint: 'Add --monitoring to have alarms all the same, or --no-monitoring to remove those that are there.',
  });
}
