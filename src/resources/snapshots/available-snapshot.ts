/** A snapshot that was asked for, waited for until it can be used: AWS can lose one without a word. */
import type { CacheSnapshot, Snapshots, SnapshotSource } from '../../aws/snapshots.ts';
import type { Step } from '../../engine/resource.ts';
import type { WizardError } from '../../errors.ts';

const POLL_MS = 10_000;
const TIMEOUT_MS = 60 * 60_000;
/** How long one that was asked for may stay invisible. */
const UNSEEN_MS = 60_000;

export function availableSnapshot(
  source: SnapshotSource,
  snapshotName: string,
  snapshots: Pick<Snapshots, 'listOf'>,
  step: Step,
  /** Why it will never be; `status` is AWS's own word, or 'gone'. */
  { lost }: { readonly lost: (status: string) => WizardError },
): Promise<CacheSnapshot> {
  const since = step.now();
  return step.wait<CacheSnapshot>({
    what: `the snapshot ${snapshotName} to be available`,
    everyMs: POLL_MS,
    timeoutMs: TIMEOUT_MS,
    probe: async () => {
      const all = await snapshots.listOf(source);
      const found = all.find((each) => each.snapshotName === snapshotName);
      if (found && isUsable(found)) return { state: 'ready', value: found };
      const unseen = !found && step.now() - since < UNSEEN_MS;
      if (unseen || found?.status === 'creating')
        return { state: 'pending', detail: `snapshot ${snapshotName} ${found?.status ?? 'not visible yet'}` };
      return { state: 'failed', error: lost(found?.status ?? 'gone') };
    },
  });
}

/** While it is 'restoring', a cache is made of it already. */
export function isUsable({ status }: Pick<CacheSnapshot, 'status'>): boolean {
  return status === 'available' || status === 'restoring';
}

/** '20261121031500', in UTC. */
export function timestamp(now: number): string {
  return new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
}
