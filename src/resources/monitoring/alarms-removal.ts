/** The alarms of one cache, deleted: found by their names, ours by their tags. */
import type { CloudWatch } from '../../aws/cloudwatch.ts';
import type { Undoable } from '../../engine/undo.ts';
import { readAlarms } from './alarm-survey.ts';

export function alarmsRemoval(
  cacheName: string,
  project: string,
  cloudwatch: Pick<CloudWatch, 'listAlarms' | 'readAlarmTags' | 'deleteAlarms'>,
): Undoable {
  async function listOurs(): Promise<string[]> {
    const { ours } = await readAlarms(project, cacheName, cloudwatch);
    return ours.map(({ alarmName }) => alarmName);
  }

  return {
    kind: 'alarms',
    name: cacheName,

    async plan() {
      const ours = await listOurs();
      return ours.length === 0
        ? { action: 'none', outputs: undefined, note: 'there are none' }
        : { action: 'delete', details: [{ field: 'alarms', to: String(ours.length) }] };
    },

    async undo() {
      const ours = await listOurs();
      if (ours.length > 0) await cloudwatch.deleteAlarms(ours);
    },
  };
}
