/** Snapshots of serverless caches, by name and life cycle. They hold no data: the sandbox does not restore from them. */
import type {
  CopyServerlessCacheSnapshotRequest,
  CreateServerlessCacheSnapshotRequest,
  DeleteServerlessCacheSnapshotRequest,
  DescribeServerlessCacheSnapshotsRequest,
  ServerlessCacheSnapshot,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { DURATION } from './life-cycle.ts';
import { tokenPage } from './paging.ts';
import { identifier, notInSandbox } from './rejection.ts';
import type { Schedule } from './schedule.ts';
import type { ServerlessCache, ServerlessCaches } from './serverless-cache.ts';
import type { Tags } from './tags.ts';

const LONGEST_NAME = 255;

export interface ServerlessSnapshots {
  /** Throws when the name is taken. */
  takeFinal(cache: ServerlessCache, name: string): void;
  /** Throws for an unknown name. */
  requireExists(name: string): void;
  readonly operations: Operations;
}

export interface ServerlessSnapshotsOptions {
  readonly clock: Clock;
  readonly arn: Arn;
  readonly tags: Tags;
  readonly schedule: Pick<Schedule, 'after'>;
  readonly caches: ServerlessCaches;
}

export function createServerlessSnapshots({
  clock,
  arn,
  tags,
  schedule,
  caches,
}: ServerlessSnapshotsOptions): ServerlessSnapshots {
  const snapshots = new Map<string, ServerlessCacheSnapshot>();

  const find = (name = ''): ServerlessCacheSnapshot => {
    const snapshot = snapshots.get(name.toLowerCase());
    if (!snapshot) {
      throw new ServiceError(
        'ServerlessCacheSnapshotNotFoundFault',
        `Serverless cache snapshot ${name} not found.`,
      );
    }
    return snapshot;
  };

  const finished = (name: string | undefined): ServerlessCacheSnapshot => {
    const snapshot = find(name);
    if (snapshot.Status !== 'available') {
      throw new ServiceError(
        'InvalidServerlessCacheSnapshotStateFault',
        `Serverless cache snapshot ${name ?? ''} is not in available state.`,
      );
    }
    return snapshot;
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

  const add = (
    name: string,
    status: 'creating' | 'copying',
    rest: Pick<ServerlessCacheSnapshot, 'KmsKeyId' | 'ServerlessCacheConfiguration'>,
  ): ServerlessCacheSnapshot => {
    const snapshot: ServerlessCacheSnapshot = {
      ...rest,
      ServerlessCacheSnapshotName: name,
      ARN: arn('serverlesscachesnapshot', name),
      SnapshotType: 'manual',
      Status: status,
      CreateTime: new Date(clock.now()),
    };
    snapshots.set(name, snapshot);
    schedule.after(DURATION.snapshot, () => {
      snapshot.Status = 'available';
    });
    return snapshot;
  };

  const take = (cache: ServerlessCache, name: string, kmsKeyId = cache.kmsKeyId): ServerlessCacheSnapshot =>
    add(name, 'creating', {
      KmsKeyId: kmsKeyId,
      ServerlessCacheConfiguration: {
        ServerlessCacheName: cache.name,
        Engine: cache.version.engine,
        MajorEngineVersion: cache.version.major,
      },
    });

  const operations = {
    CreateServerlessCacheSnapshot(input: CreateServerlessCacheSnapshotRequest) {
      const name = freeName('ServerlessCacheSnapshotName', input.ServerlessCacheSnapshotName);
      const cache = caches.available(input.ServerlessCacheName);
      tags.put(arn('serverlesscachesnapshot', name), input.Tags);
      return { ServerlessCacheSnapshot: { ...take(cache, name, input.KmsKeyId) } };
    },
    DescribeServerlessCacheSnapshots(input: DescribeServerlessCacheSnapshotsRequest) {
      const named = input.ServerlessCacheSnapshotName
        ? [find(input.ServerlessCacheSnapshotName)]
        : [...snapshots.values()];
      const wanted = input.ServerlessCacheName?.toLowerCase();
      const matching = named.filter(
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
      const { KmsKeyId = input.KmsKeyId, ServerlessCacheConfiguration } = source;
      return {
        ServerlessCacheSnapshot: { ...add(name, 'copying', { KmsKeyId, ServerlessCacheConfiguration }) },
      };
    },
    DeleteServerlessCacheSnapshot(input: DeleteServerlessCacheSnapshotRequest) {
      const snapshot = finished(input.ServerlessCacheSnapshotName);
      const { ServerlessCacheSnapshotName: name = '' } = snapshot;
      snapshots.delete(name);
      tags.forget(arn('serverlesscachesnapshot', name));
      return { ServerlessCacheSnapshot: { ...snapshot, Status: 'deleting' } };
    },
    ExportServerlessCacheSnapshot() {
      throw notInSandbox('exports of snapshots to S3');
    },
  } satisfies Operations;

  return {
    operations,
    requireExists: (name) => void find(name),
    takeFinal(cache, requested) {
      const name = freeName('FinalSnapshotName', requested);
      tags.put(arn('serverlesscachesnapshot', name), []);
      take(cache, name);
    },
  };
}
