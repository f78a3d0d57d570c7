/** The snapshot that a new cache begins with, of nodes or of a serverless cache: each may become either. */
import type { Contents } from '../redis/contents.ts';
import type { ClusterMode } from './cache.ts';
import { invalidCombination } from './rejection.ts';

export interface Origin {
  readonly snapshotName: string;
  /** Rejects where the snapshot could not be taken. */
  readonly contents: Promise<Contents>;
  readonly engine: string;
  /** As full as it is known: 7.1.0. */
  readonly engineVersion: string;
  readonly cacheNodeType?: string;
  readonly clusterMode: ClusterMode;
  /** Its status is 'restoring' until each cache that is made of it has called `release`. */
  hold(): void;
  release(): void;
}

/** How requests name one. */
export interface OriginRequest {
  readonly SnapshotName?: string | undefined;
  readonly ServerlessCacheSnapshotName?: string | undefined;
  readonly SnapshotArns?: readonly string[] | undefined;
}

interface Beginning {
  readonly engine: string;
  readonly engineVersion: string;
  readonly clusterMode: ClusterMode;
}

/** User guide, "Restoring from a backup into a new cache"; the texts are the sandbox's own. */
export function checkOrigin(origin: Origin, { engine, engineVersion, clusterMode }: Beginning): void {
  const { snapshotName } = origin;
  // Valkey counts on where Redis OSS ends, so that one order holds for both.
  if (isBefore(engineVersion, origin.engineVersion)) {
    throw invalidCombination(
      `The snapshot ${snapshotName} is of ${origin.engine} ${origin.engineVersion} and cannot be restored into ${engine} ${engineVersion}.`,
    );
  }
  if (origin.clusterMode === 'enabled' && clusterMode === 'disabled') {
    throw invalidCombination(
      `The snapshot ${snapshotName} is of a cluster with cluster mode enabled and cannot be restored into one with cluster mode disabled.`,
    );
  }
}

/** By major and minor number. */
function isBefore(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** What `hold` and `release` come to. */
export function holds(show: (status: 'restoring' | 'available') => void): Pick<Origin, 'hold' | 'release'> {
  let held = 0;
  const change = (by: number): void => {
    held += by;
    show(held > 0 ? 'restoring' : 'available');
  };
  return { hold: () => change(1), release: () => change(-1) };
}
