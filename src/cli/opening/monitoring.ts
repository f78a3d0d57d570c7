/** Whether the caches of a project are watched, and whom their alarms tell: as it was said, else as it is. */
import type { Identity } from '../../domain/app.ts';
import { topicArnOf, type Monitoring } from '../../domain/monitoring.ts';
import { isGiven } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { regionOf } from '../../inputs/rules/monitoring.ts';
import type { Anchor } from '../../survey/project.ts';

type Noted = Pick<Anchor, 'alarmTopicArn'>;

/** Undefined: nobody asks for alarms, and there are none. What is there is kept right without being asked for again. */
export function wantedMonitoring(
  inputs: Inputs,
  project: string,
  identity: Identity,
  anchors: readonly Noted[],
): Monitoring | undefined {
  const { monitoring, snsTopic, alarmEmail } = inputs;
  const isAsked = snsTopic !== undefined || alarmEmail !== undefined || isGiven(monitoring);
  const isThere = anchors.some(({ alarmTopicArn }) => alarmTopicArn !== undefined);
  if (isGiven(monitoring) && !monitoring.value) return undefined;
  if (!isAsked && !isThere && !monitoring.value) return undefined;
  return monitoringOf(inputs, project, identity, anchors, !isAsked);
}

export function monitoringOf(
  { snsTopic, alarmEmail }: Inputs,
  project: string,
  identity: Identity,
  anchors: readonly Noted[],
  optional = false,
): Monitoring {
  const noted = anchors.flatMap(({ alarmTopicArn }) => alarmTopicArn ?? [])[0];
  const ours = topicArnOf(project, identity);
  if (snsTopic) requireRegion(snsTopic.value, identity);
  // An address is of the topic that we make, whatever was told before.
  const topicArn = snsTopic?.value ?? (alarmEmail ? ours : (noted ?? ours));
  return {
    topicArn,
    topicIsOurs: topicArn === ours,
    optional,
    ...(alarmEmail ? { alarmEmail: alarmEmail.value } : {}),
    ...(noted === undefined || noted === topicArn ? {} : { replacedTopicArn: noted }),
  };
}

/** CloudWatch API reference, PutMetricAlarm: actions are of the alarm's own region. */
function requireRegion(topicArn: string, { region }: Identity): void {
  if (regionOf(topicArn) === region) return;
  throw new WizardError('InvalidInput', `--sns-topic ${topicArn} is not in ${region}, where the cache is`, {
    hint: `An alarm tells a topic of its own region alone: name one in ${region}.`,
  });
}
