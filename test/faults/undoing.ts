/** What the matrices of rollback and destroy have in common. */
import { callsOf } from './photograph.ts';
import { SETUP, type Scene } from './scene.ts';

/** The way back does not depend on what was proven. */
export const SETUP_ALONE = [...SETUP, '--no-probe', '--no-verify'];

/** The status of each. */
export async function finalSnapshots({ account }: Scene): Promise<string[]> {
  const { Snapshots } = await callsOf(account)<{ Snapshots: { SnapshotStatus: string }[] }>(
    'elasticache',
    'DescribeSnapshots',
    {},
  );
  return Snapshots.map(({ SnapshotStatus }) => SnapshotStatus);
}

/** What is asked when all is done and the lease is given back is for the result alone: a destroy is done without it. */
export function isLastLook(command: string, action: string, calls: readonly string[]): boolean {
  return command === 'destroy' && calls.indexOf(action) > calls.lastIndexOf('ssm:DeleteParameter');
}
