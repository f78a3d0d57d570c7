/** Snapshots of serverless caches: by name and life cycle, with the data that their servers held when they were taken. */
import type {
  CopyServerlessCacheSnapshotRequest,
  CreateServerlessCacheSnapshotRequest,
  DeleteServerlessCacheSnapshotRequest,
  DescribeServerlessCacheSnapshotsRequest,
  ServerlessCacheSnapshot,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import type { Contents } from '../redis/contents.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { automaticName, untilAutomaticSnapshot } from './automatic-snapshots.ts';
import { DURATION } from './life-cycle.ts';
import { holds } from './origin.ts';
import type { Origin } from './origin.ts';
import { tokenPage } from './paging.ts';
import { identifier, notInSandbox } from './rejection.ts';
import type { Schedule } from './schedule.ts';
import type { ServerlessCache, ServerlessCaches } from './serverless-cache.ts';
import type { Tags } from './tags.ts';

const LONGEST_NAME = 255;
/** User guide, "Quotas for ElastiCache": of one cache within 24 hours. */
const MOST_A_DAY = 24;
const DAY = 24 * 60 * 60_000;

export interface ServerlessSnapshots {
  /** Throws when the name is taken. Ends when the data has been read. */
  takeFinal(cache: ServerlessCache, name: string): Promise<unknown>;
  /** Throws for an unknown name. */
  requireExists(name: string): void;
  /** What a cache can be made of. Throws for an unknown name, or one that is not finished. */
  origin(name: string): Origin;
  /** The name of the one with this ARN. */
  named(arn: string): string | undefined;
  /** From now on one is taken each day at the cache's time, while its retention is not zero. */
  takeDaily(cache: ServerlessCache): void;
  /** Automatic ones go with their cache. */
  forgetAutomatic(cache: ServerlessCache): void;
  readonly operations: Operations;
}

export interface ServerlessSnapshotsOptions {
  readonly clock: Clock;
  readonly arn: Arn;
  readonly tags: Tags;
  readonly schedule: Pick<Schedule, 'after'>;
  readonly caches: ServerlessCaches;
  readonly readContents: (cache: ServerlessCache) => Promise<Contents>;
}

interface Kept extends Pick<Origin, 'contents' | 'hold' | 'release'> {
  readonly snapshot: ServerlessCacheSnapshot;
  /** As full as the cache told it. */
  readonly engineVersion: string;
}

export function createServerlessSnapshots({
  clock,
  arn,
  tags,
  schedule,
  caches,
  readContents,
}: ServerlessSnapshotsOptions): ServerlessSnapshots {
  const snapshots = new Map<string, Kept>();
  let taken: { readonly name: string; readonly at: number }[] = [];

  const find = (name = ''): Kept => {
    const kept = snapshots.get(name.toLowerCase());
    if (!kept) {
      throw new ServiceError(
        'ServerlessCacheSnapshotNotFoundFault',
        `Serverless cache snapshot ${name} not found.`,
      );
    }
    return kept;
  };

  const finished = (name: string | undefined): Kept => {
    const kept = find(name);
    if (kept.snapshot.Status === 'available') return kept;
    throw new ServiceError(
      'InvalidServerlessCacheSnapshotStateFault',
      `Serverless cache snapshot ${name ?? ''} is not in available state.`,
    );
  };

  const freeName = (parameter: string, requested: string | undefined): string => {
    const name = identifier(parameter, requested, LONGEST_NAME);
    if (snapshots.has(name)) {
      throw new ServiceError(
        'ServerlessCacheSnapshotAlreadyExistsFault',
        `Serverless cache snapshot ${name} already exists.`,
      );
    }
    return name;
  };

  const requireQuota = ({ name }: ServerlessCache): void => {
    taken = taken.filter(({ at }) => clock.now() - at < DAY);
    if (taken.filter((each) => each.name === name).length >= MOST_A_DAY) {
      throw new ServiceError(
        'ServerlessCacheSnapshotQuotaExceededFault',
        `A serverless cache can have at most ${MOST_A_DAY} snapshots taken within 24 hours.`,
      );
    }
    taken.push({ name, at: clock.now() });
  };

  const keep = (
    described: Pick<ServerlessCacheSnapshot, 'KmsKeyId' | 'ServerlessCacheConfiguration' | 'SnapshotType'>,
    name: string,
    status: 'creating' | 'copying',
    { contents, engineVersion }: Pick<Kept, 'contents' | 'engineVersion'>,
  ): Kept => {
    const snapshot: ServerlessCacheSnapshot = {
      ...described,
      ServerlessCacheSnapshotName: name,
      ARN: arn('serverlesscachesnapshot', name),
      Status: status,
      CreateTime: new Date(clock.now()),
    };
    const show = (now: string): void => void (snapshot.Status = now);
    const kept = { snapshot, contents, engineVersion, ...holds(show) };
    snapshots.set(name, kept);
    schedule.after(DURATION.snapshot, async () => {
      try {
        const bytes = (await contents).reduce((sum, { key, value }) => sum + key.length + value.length, 0);
        snapshot.BytesUsedForCache = String(bytes);
        snapshot.Status = 'available';
      } catch {
        snapshot.Status = 'failed';
      }
    });
    return kept;
  };

  const take = (
    cache: ServerlessCache,
    name: string,
    SnapshotType: 'manual' | 'automated',
    KmsKeyId = cache.kmsKeyId,
  ): Kept => {
    const contents = readContents(cache);
    // Reported when its time has come.
    contents.catch(() => undefined);
    const { engine, major, full } = cache.version;
    const ServerlessCacheConfiguration = {
      ServerlessCacheName: cache.name,
      Engine: engine,
      MajorEngineVersion: major,
    };
    return keep({ KmsKeyId, SnapshotType, ServerlessCacheConfiguration }, name, 'creating', {
      contents,
      engineVersion: full,
    });
  };

  const forget = (name: string): void => {
    snapshots.delete(name);
    tags.forget(arn('serverlesscachesnapshot', name));
  };

  const automaticOf = (cache: Pick<ServerlessCache, 'name'>): [string, Kept][] =>
    [...snapshots].filter(
      ([, { snapshot }]) =>
        snapshot.SnapshotType === 'automated' &&
        snapshot.ServerlessCacheConfiguration?.ServerlessCacheName === cache.name,
    );

  const takeAutomatic = (cache: ServerlessCache): void => {
    const keptFor = cache.snapshotRetentionLimit * DAY;
    for (const [name, { snapshot }] of automaticOf(cache)) {
      if (clock.now() - (snapshot.CreateTime?.getTime() ?? 0) >= keptFor) forget(name);
    }
    if (keptFor === 0 || cache.status !== 'available') return;
    const name = automaticName(cache.name, clock.now());
    tags.put(arn('serverlesscachesnapshot', name), []);
    take(cache, name, 'automated');
  };

  const takeDaily = (cache: ServerlessCache, isNew = true): void => {
    const snapshotWindow = cache.dailySnapshotTime ?? '03:00';
    schedule.after(untilAutomaticSnapshot({ snapshotWindow }, clock.now(), isNew), () => {
      if (!caches.all().includes(cache)) return;
      takeAutomatic(cache);
      takeDaily(cache, false);
    });
  };

  const operations = {
    CreateServerlessCacheSnapshot(input: CreateServerlessCacheSnapshotRequest) {
      const name = freeName('ServerlessCacheSnapshotName', input.ServerlessCacheSnapshotName);
      const cache = caches.available(input.ServerlessCacheName);
      requireQuota(cache);
      tags.put(arn('serverlesscachesnapshot', name), input.Tags);
      return { ServerlessCacheSnapshot: { ...take(cache, name, 'manual', input.KmsKeyId).snapshot } };
    },
    DescribeServerlessCacheSnapshots(input: DescribeServerlessCacheSnapshotsRequest) {
      const named = input.ServerlessCacheSnapshotName
        ? [find(input.ServerlessCacheSnapshotName)]
        : [...snapshots.values()];
      const wanted = input.ServerlessCacheName?.toLowerCase();
      const matching = named
        .map(({ snapshot }) => snapshot)
        .filter(
          (one) =>
            (!wanted || one.ServerlessCacheConfiguration?.ServerlessCacheName === wanted) &&
            (!input.SnapshotType || one.SnapshotType === input.SnapshotType),
        );
      const { items, NextToken } = tokenPage(matching, input);
      return { NextToken, ServerlessCacheSnapshots: items };
    },
    CopyServerlessCacheSnapshot(input: CopyServerlessCacheSnapshotRequest) {
      const source = finished(input.SourceServerlessCacheSnapshotName);
      const name = freeName('TargetServerlessCacheSnapshotName', input.TargetServerlessCacheSnapshotName);
      tags.put(arn('serverlesscachesnapshot', name), input.Tags);
      const { KmsKeyId = input.KmsKeyId, ServerlessCacheConfiguration } = source.snapshot;
      const described = { KmsKeyId, ServerlessCacheConfiguration, SnapshotType: 'manual' };
      return { ServerlessCacheSnapshot: { ...keep(described, name, 'copying', source).snapshot } };
    },
    DeleteServerlessCacheSnapshot(input: DeleteServerlessCacheSnapshotRequest) {
      const { snapshot } = finished(input.ServerlessCacheSnapshotName);
      const { ServerlessCacheSnapshotName: name = '' } = snapshot;
      snapshot.Status = 'deleting';
      schedule.after(DURATION.snapshotDeletion, () => forget(name));
      return { ServerlessCacheSnapshot: { ...snapshot } };
    },
    ExportServerlessCacheSnapshot() {
      throw notInSandbox('exports of snapshots to S3');
    },
  } satisfies Operations;

  return {
    operations,
    requireExists: (name) => void find(name),
    origin(name) {
      const kept = find(name);
      // Two caches may be made of one at the same time.
      const { snapshot, ...rest } = kept.snapshot.Status === 'restoring' ? kept : finished(name);
      const engine = snapshot.ServerlessCacheConfiguration?.Engine ?? '';
      // It has one database, and its keys are of no shard: a cache of either mode takes them.
      return {
        ...rest,
        snapshotName: snapshot.ServerlessCacheSnapshotName ?? '',
        engine,
        clusterMode: 'disabled',
      };
    },
    named: (name) => [...snapshots.keys()].find((each) => arn('serverlesscachesnapshot', each) === name),
    takeFinal(cache, requested) {
      const name = freeName('FinalSnapshotName', requested);
      tags.put(arn('serverlesscachesnapshot', name), []);
      return take(cache, name, 'manual').contents.catch(() => undefined);
    },
    takeDaily,
    forgetAutomatic(cache) {
      for (const [name] of automaticOf(cache)) forget(name);
    },
  };
}
