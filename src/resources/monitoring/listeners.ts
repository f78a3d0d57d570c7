/** Whether anybody hears the alarms. */
import type { Sns, Subscription } from '../../aws/sns.ts';
import type { Monitoring } from '../../domain/monitoring.ts';
import { WizardError } from '../../errors.ts';

/** A subscription that was deleted is listed for a while. */
export function listenersOf(subscriptions: readonly Subscription[]): Subscription[] {
  return subscriptions.filter(({ endpoint }) => endpoint !== '');
}

/** Why nobody would hear them, with what is to be done; undefined where somebody would, or nobody may look. */
export async function silenceOf(
  topicArn: string,
  sns: Pick<Sns, 'listSubscriptions'>,
): Promise<string | undefined> {
  const listeners = await readListeners(topicArn, sns);
  if (!listeners || listeners.some(({ isConfirmed }) => isConfirmed)) return undefined;
  const waiting = listeners.map(({ endpoint }) => endpoint).join(', ');
  return waiting === ''
    ? `nobody is told yet: subscribe somebody to ${topicArn}, or run alarms with --alarm-email <address>`
    : `nobody is told yet: ${waiting} must follow the link in the message that AWS has sent there`;
}

/** What somebody has to do until the alarms are heard. */
export async function hearingSteps(
  { topicArn, topicIsOurs }: Pick<Monitoring, 'topicArn' | 'topicIsOurs'>,
  sns: Pick<Sns, 'listSubscriptions'>,
): Promise<string[]> {
  const listeners = await readListeners(topicArn, sns);
  if (!listeners || listeners.some(({ isConfirmed }) => isConfirmed)) return [];
  if (listeners.length === 0) {
    // To a topic of theirs we subscribe nobody.
    return [
      topicIsOurs
        ? 'have somebody told: the same command with --alarm-email <address>'
        : `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint <address>   (until then nobody is told)`,
    ];
  }
  return listeners.map(
    ({ endpoint }) => `follow the link in the mail to ${endpoint}   (until then nobody is told)`,
  );
}

async function readListeners(
  topicArn: string,
  sns: Pick<Sns, 'listSubscriptions'>,
): Promise<Subscription[] | undefined> {
  try {
    return listenersOf(await sns.listSubscriptions(topicArn));
  } catch (error) {
    if (error instanceof WizardError && error.code === 'AccessDenied') return undefined;
    throw error;
  }
}
