/** The SNS topic that the alarms tell: one of theirs as it is, or one of ours with an e-mail address. */
import type { Aws } from '../../aws/aws.ts';
import type { Topic } from '../../aws/sns.ts';
import type { Change, Detail } from '../../domain/change.ts';
import type { Monitoring } from '../../domain/monitoring.ts';
import { ALARMS_TAG, foreign, ownerOf, ownershipTags, type Tags } from '../../domain/ownership.ts';
import type { Known, Outputs, Ref } from '../../domain/outputs.ts';
import type { Resource, Step } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { readAnchor } from '../ownership/anchor.ts';
import { takenMeanwhile } from '../ownership/owner.ts';
import { listenersOf, silenceOf } from './listeners.ts';

type Out = Outputs['alarmTopic'];

const UNSEEN = 'not ours to look at';
/** SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted topics": its policy cannot be changed. */
const AWS_KEY = 'alias/aws/sns';

export interface AlarmTopicOptions {
  readonly project: string;
  readonly userTags: Tags;
  readonly monitoring: Monitoring;
  /** The anchors of the caches, as far as there are any: those note it before there is an alarm. */
  readonly groupIds: (known: Known) => readonly (string | undefined)[];
  readonly needs: readonly Ref[];
  readonly aws: Pick<Aws, 'sns' | 'ec2'>;
}

export function alarmTopic(options: AlarmTopicOptions): Resource<'alarmTopic'> {
  const { project, userTags, monitoring, groupIds, needs, aws } = options;
  const { topicArn, topicIsOurs, alarmEmail } = monitoring;
  const { sns, ec2 } = aws;
  const name = nameOfTopic(topicArn);
  const tags = { ...userTags, ...ownershipTags(project, name) };

  async function isSubscribed(): Promise<boolean> {
    if (alarmEmail === undefined) return true;
    const subscriptions = await sns.listSubscriptions(topicArn);
    return listenersOf(subscriptions).some(({ endpoint }) => endpoint === alarmEmail);
  }

  /** Undefined: not made yet. */
  async function isNoted(groupId: string | undefined): Promise<boolean> {
    return groupId !== undefined && (await readAnchor(ec2, groupId))[ALARMS_TAG] === topicArn;
  }

  async function details(known: Known): Promise<Detail[]> {
    const noted = await Promise.all(groupIds(known).map(isNoted));
    return [
      ...((await isSubscribed()) ? [] : [{ field: 'tells', to: alarmEmail ?? '' }]),
      ...(noted.every(Boolean) ? [] : [{ field: 'used by', to: project }]),
    ];
  }

  async function planTheirs(known: Known): Promise<Change<Out>> {
    const topic = await readTheirs();
    if (!topic) {
      return {
        action: 'blocked',
        reason: `There is no SNS topic ${topicArn}`,
        hint: 'Is its ARN right (aws sns list-topics)? Without --sns-topic one is made.',
      };
    }
    if (topic !== UNSEEN && topic.kmsMasterKeyId === AWS_KEY) {
      return {
        action: 'blocked',
        reason: `The SNS topic ${topicArn} is encrypted with ${AWS_KEY}, which no alarm may use`,
        hint: 'Encrypt it with a key of your own whose policy allows cloudwatch.amazonaws.com, or name another topic.',
      };
    }
    return planThere(known);
  }

  /** Of another account a topic need not be ours to look at, and may yet take our alarms. */
  async function readTheirs(): Promise<Topic | typeof UNSEEN | undefined> {
    try {
      return await sns.readTopic(topicArn);
    } catch (error) {
      if (error instanceof WizardError && error.code === 'AccessDenied') return UNSEEN;
      throw error;
    }
  }

  async function planThere(known: Known): Promise<Change<Out>> {
    const changes = await details(known);
    const outputs = { topicArn };
    if (changes.length > 0) return { action: 'update', details: changes, outputs };
    const note = await silenceOf(topicArn, sns);
    return { action: 'none', outputs, ...(note === undefined ? {} : { note }) };
  }

  async function planOurs(known: Known): Promise<Change<Out>> {
    const topic = await sns.readTopic(topicArn);
    if (!topic) return { action: 'create', details: [toldBy(alarmEmail)] };
    const own = await sns.readTags(topicArn);
    const owner = own === 'gone' ? 'ours' : ownerOf(own, project, name);
    return owner === 'ours' || own === 'gone'
      ? planThere(known)
      : foreign(`The SNS topic ${name}`, owner, own, '--sns-topic');
  }

  async function ensureOurs(): Promise<void> {
    const topic = await sns.readTopic(topicArn);
    // One of others that has no tags would be given to whoever asks for its name.
    const made = topic ?? (await sns.createTopic(name, tags));
    const own = made === 'exists' ? 'gone' : await sns.readTags(topicArn);
    if (own === 'gone' || ownerOf(own, project, name) !== 'ours') throw takenMeanwhile(`SNS topic ${name}`);
  }

  async function warnOfSilence(step: Step): Promise<void> {
    const silence = await silenceOf(topicArn, sns);
    if (silence !== undefined) step.warn('alarms.unheard', silence);
  }

  return {
    kind: 'alarmTopic',
    name,
    needs,

    plan: (known) => (topicIsOurs ? planOurs(known) : planTheirs(known)),

    async reconcile(known, step) {
      for (const groupId of groupIds(known)) {
        if (groupId !== undefined && !(await isNoted(groupId)))
          await ec2.createTags(groupId, { [ALARMS_TAG]: topicArn });
      }
      if (topicIsOurs) await ensureOurs();
      if (alarmEmail !== undefined && !(await isSubscribed())) await sns.subscribeEmail(topicArn, alarmEmail);
      await warnOfSilence(step);
      return { topicArn };
    },
  };
}

function toldBy(alarmEmail: string | undefined): Detail {
  return alarmEmail === undefined
    ? { field: 'alarms tell', to: 'nobody: no e-mail was given' }
    : { field: 'tells', to: alarmEmail };
}

export function nameOfTopic(topicArn: string): string {
  return topicArn.slice(topicArn.lastIndexOf(':') + 1);
}
