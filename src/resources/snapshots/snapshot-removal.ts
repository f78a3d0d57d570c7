/** A snapshot that was named, deleted, and seen to be gone. */
import type { CacheSnapshot, Snapshots } from '../../aws/snapshots.ts';
import type { Undoable } from '../../engine/undo.ts';

const POLL_MS = 5_000;
const TIMEOUT_MS = 30 * 60_000;

export function snapshotRemoval(
  snapshot: CacheSnapshot,
  snapshots: Pick<Snapshots, 'named' | 'delete'>,
): Undoable {
  const { snapshotName, kind } = snapshot;
  const read = async (): Promise<CacheSnapshot | undefined> =>
    (await snapshots.named(snapshotName)).find((each) => each.kind === kind);

  return {
    kind: 'snapshot',
    name: snapshotName,
    usualMs: 30_000,

    plan() {
      const { cacheName, takenAt, sizes, status } = snapshot;
      const taken = takenAt === undefined ? '' : `, taken ${new Date(takenAt).toISOString()}`;
      return Promise.resolve({
        action: 'delete',
        details: [
          {
            field: 'of',
            from: `${cacheName}${taken}`,
            to: 'deleted for good: AWS has no way to bring it back',
          },
          ...(sizes.length > 0 ? [{ field: 'size', to: sizes.join(' + ') }] : []),
          ...(status === 'available' ? [] : [{ field: 'status', from: status, to: 'awaited, then deleted' }]),
        ],
      });
    },

    undo: async (step) => {
      await step.wait<undefined>({
        what: `the snapshot ${snapshotName} to be deleted`,
        everyMs: POLL_MS,
        timeoutMs: TIMEOUT_MS,
        probe: async () => {
          const found = await read();
          if (!found) return { state: 'ready', value: undefined };
          if (found.status === 'deleting') return { state: 'pending', detail: 'deleting' };
          const answer = await snapshots.delete(found);
          if (answer === 'gone') return { state: 'ready', value: undefined };
          return { state: 'pending', detail: answer === 'busy' ? found.status : 'deleting' };
        },
      });
    },
  };
}
