/** The topic of the alarms, deleted where it is ours, with its subscriptions; and the note of it on the anchors. */
import type { Aws } from '../../aws/aws.ts';
import { ALARMS_TAG, ownerOf } from '../../domain/ownership.ts';
import type { Undoable } from '../../engine/undo.ts';
import { readAnchor } from '../ownership/anchor.ts';
import { nameOfTopic } from './alarm-topic.ts';

export interface AlarmTopicRemoval {
  /** Ours, by the name that it has or would have. */
  readonly topicArn: string;
  readonly project: string;
  /** Other caches of the project have alarms that tell it. */
  readonly stays: boolean;
  /** The anchors that go on without alarms; those that are deleted need no other note. */
  readonly forgetting: readonly string[];
}

export function alarmTopicRemoval(
  { topicArn, project, stays, forgetting }: AlarmTopicRemoval,
  { sns, ec2 }: Pick<Aws, 'sns' | 'ec2'>,
): Undoable {
  const name = nameOfTopic(topicArn);

  async function isThere(): Promise<boolean> {
    if (stays || !(await sns.readTopic(topicArn))) return false;
    const tags = await sns.readTags(topicArn);
    return tags !== 'gone' && ownerOf(tags, project, name) === 'ours';
  }

  async function listNoted(): Promise<string[]> {
    const notes = await Promise.all(
      forgetting.map(async (groupId) => (await readAnchor(ec2, groupId))[ALARMS_TAG]),
    );
    return forgetting.filter((_, index) => notes[index] !== undefined && notes[index] !== 'none');
  }

  return {
    kind: 'alarmTopic',
    name,

    async plan() {
      if (await isThere()) return { action: 'delete', details: [] };
      if ((await listNoted()).length > 0)
        return { action: 'update', details: [{ field: 'used by', from: project, to: 'nothing of it' }] };
      const note = stays ? 'stays: other caches of the project tell it' : 'there is none of ours';
      return { action: 'none', outputs: undefined, note };
    },

    async undo() {
      if (await isThere()) await sns.deleteTopic(topicArn);
      for (const groupId of await listNoted()) await ec2.createTags(groupId, { [ALARMS_TAG]: 'none' });
    },
  };
}
