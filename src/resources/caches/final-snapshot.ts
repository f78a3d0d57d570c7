/**
 * The last copy of a cache. It is taken and seen to be there before the cache is deleted, for a backup can fail
 * without a word, and a deletion cannot be taken back (ElastiCache User Guide, "Taking manual backups").
 */
import type { ElastiCache, Snapshot } from '../../aws/elasticache.ts';
import type { Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';

const POLL_MS = 10_000;
const TIMEOUT_MS = 60 * 60_000;
/** One that a run which was cut off has taken. An older one may miss what others than the project's apps wrote. */
const RECENT_MS = 60 * 60_000;
/** How long a snapshot that was asked for may stay invisible. */
const UNSEEN_MS = 60_000;

export function finalSnapshotPrefix(cacheName: string): string {
  return `${cacheName}-final-`;
}

export async function finalSnapshot(
  cacheName: string,
  usedUntil: number,
  caches: Pick<ElastiCache, 'listSnapshots' | 'createSnapshot'>,
  step: Step,
): Promise<'taken' | 'not supported'> {
  const prefix = finalSnapshotPrefix(cacheName);
  const isFresh = ({ snapshotName, status, takenAt = step.now() }: Snapshot): boolean =>
    snapshotName.startsWith(prefix) &&
    (status === 'creating' || status === 'available') &&
    takenAt >= usedUntil &&
    step.now() - takenAt < RECENT_MS;

  const found = (await caches.listSnapshots(cacheName)).find(isFresh)?.snapshotName;
  const name = found ?? `${prefix}${timestamp(step.now())}`;
  if (found === undefined && (await take(name)) === 'not supported') return 'not supported';
  await available(name);
  return 'taken';

  function take(snapshotName: string): Promise<'taken' | 'not supported'> {
    return step.wait<'taken' | 'not supported'>({
      what: `the snapshot ${snapshotName} to begin`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const answer = await caches.createSnapshot(cacheName, snapshotName);
        if (answer === 'busy') return { state: 'pending', detail: 'AWS is busy with the cache' };
        return { state: 'ready', value: answer === 'not supported' ? answer : 'taken' };
      },
    });
  }

  function available(snapshotName: string): Promise<undefined> {
    const since = step.now();
    return step.wait<undefined>({
      what: `the snapshot ${snapshotName} to be available`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async (): Promise<Probe<undefined>> => {
        const all = await caches.listSnapshots(cacheName);
        const status = all.find((snapshot) => snapshot.snapshotName === snapshotName)?.status;
        if (status === 'available') return { state: 'ready', value: undefined };
        const unseen = status === undefined && step.now() - since < UNSEEN_MS;
        if (unseen || status === 'creating')
          return { state: 'pending', detail: `snapshot ${snapshotName} ${status ?? 'not visible yet'}` };
        const error = new WizardError(
          'OperationFailed',
          `Taking the snapshot ${snapshotName}: it is ${status ?? 'gone'}, and so ${cacheName} was not deleted`,
          { hint: 'Run the same command again, or add --no-final-snapshot to do without.' },
        );
        return { state: 'failed', error };
      },
    });
  }
}

/** '20261121031500', in UTC. */
function timestamp(now: number): string {
  return new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
}
