/** The alarms of a cache: all there, on the nodes that there are, as they were made, and with somebody to tell. */
import type { Observation } from '../domain/drift.ts';
import type { Monitoring } from '../domain/monitoring.ts';
import { surveyAlarms, type AlarmSurvey } from '../resources/monitoring/alarm-survey.ts';
import { silenceOf } from '../resources/monitoring/listeners.ts';
import { readMonitoredCache } from '../resources/monitoring/monitored-cache.ts';
import { drift, note, type Observer } from './observer.ts';
import type { Watched } from './watched.ts';

/** `topicArn`: whom they are to tell, as the anchor notes it. */
export function alarms(cacheName: string, topicArn: string, { aws, project, where }: Watched): Observer {
  const subject = { kind: 'alarms', name: cacheName } as const;
  const mend = ['elasticache-wizard', 'alarms', '--project', project, ...where];
  const differs = (what: string, more?: Parameters<typeof drift>[3]): Observation =>
    drift(subject, what, mend, more);

  function tell({ missing, differing, stale, foreign, waiting }: AlarmSurvey): Observation[] {
    const theirs = new Set(foreign.map(({ alarmName }) => alarmName));
    const lacking = missing.filter(({ alarmName }) => !theirs.has(alarmName));
    return [
      ...(lacking.length > 0 ? [differs(`missing: ${namesOf(lacking)}`)] : []),
      ...differing.flatMap(({ alarm, details }) =>
        details.map(({ field, from, to }) =>
          differs(`somebody has changed the ${field} of ${alarm.alarmName}`, { was: to, now: from }),
        ),
      ),
      ...(stale.length > 0 ? [differs(`of what is gone: ${stale.join(', ')}`)] : []),
      ...foreign.map(({ alarmName }) =>
        note(subject, `${alarmName} is not ours, and takes the place of ours`),
      ),
      ...(waiting.length > 0
        ? [
            note(
              subject,
              `not made yet, until CloudWatch knows their metrics: ${waiting.map(({ rule }) => rule.metricName).join(', ')}`,
            ),
          ]
        : []),
    ];
  }

  return {
    ...subject,
    async look() {
      const cache = await readMonitoredCache(cacheName, aws);
      // Of a cache that is gone another observer tells.
      if (!cache) return [];
      const monitoring: Pick<Monitoring, 'topicArn'> = { topicArn };
      const [found, silence] = await Promise.all([
        surveyAlarms(cache, project, monitoring, aws.cloudwatch),
        silenceOf(topicArn, aws.sns),
      ]);
      return [...tell(found), ...(silence === undefined ? [] : [note(subject, silence)])];
    },
  };
}

function namesOf(alarms: readonly { readonly alarmName: string }[]): string {
  return alarms.map(({ alarmName }) => alarmName).join(', ');
}
