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
