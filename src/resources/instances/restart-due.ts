/** On the anchor: since when an app on instances is to be restarted without our values; 'done' once it was. */
import type { Ec2 } from '../../aws/ec2.ts';
import { anchoredNumber, restartDueTag } from '../../domain/ownership.ts';
import { readAnchor } from '../ownership/anchor.ts';

export interface RestartDue {
  /** Written before the values go. One that is due already keeps its time. */
  note(now: number): Promise<void>;
  /** Undefined: nothing is due. */
  read(): Promise<string | undefined>;
  settle(): Promise<void>;
}

const DONE = 'done';

/** `key`: of the tag that belongs to just this app. */
export function restartDue(groupId: string, key: string, ec2: Ec2): RestartDue {
  const read = async (): Promise<string | undefined> => {
    const value = (await readAnchor(ec2, groupId))[key];
    return value === DONE ? undefined : value;
  };
  return {
    read,
    async note(now) {
      if ((await read()) === undefined) await ec2.createTags(groupId, { [key]: `due ${now}` });
    },
    async settle() {
      if ((await read()) !== undefined) await ec2.createTags(groupId, { [key]: DONE });
    },
  };
}

/** Values wait for the app again: a restart without them is no longer what it needs. */
export async function settleRestart(groupId: string, instancePlace: string, ec2: Ec2): Promise<void> {
  const n = anchoredNumber(await readAnchor(ec2, groupId), 'instances', instancePlace);
  if (n !== undefined) await restartDue(groupId, restartDueTag(n), ec2).settle();
}
