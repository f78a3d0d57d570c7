/** Whom the alarms tell. */
import { isGiven } from '../../domain/settings.ts';
import { givenOf, LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const MONITORING_RULES: readonly Rule[] = [
  ({ inputs: { snsTopic, alarmEmail }, name }) =>
    snsTopic !== undefined &&
    alarmEmail !== undefined && {
      problem: `${name('alarmEmail')} subscribes to the topic that is made, and ${name('snsTopic')} is used as it is`,
      fix: LEAVE_ONE_OUT,
    },
  (of) => {
    const { monitoring } = of.inputs;
    const told = givenOf(of, ['snsTopic', 'alarmEmail']);
    return (
      isGiven(monitoring) &&
      !monitoring.value &&
      told.length > 0 && {
        problem: `${told.join(', ')} has no meaning with ${of.said('monitoring')}`,
        fix: LEAVE_ONE_OUT,
      }
    );
  },
  ({ inputs: { snsTopic, region }, name, said }) =>
    snsTopic !== undefined &&
    region !== undefined &&
    regionOf(snsTopic.value) !== region.value && {
      problem: `${name('snsTopic')} is in ${regionOf(snsTopic.value)}, and ${said('region')}: an alarm tells a topic of its own region alone`,
      fix: 'Name one of that region.',
    },
];

export function regionOf(topicArn: string): string {
  return topicArn.split(':')[3] ?? '';
}
