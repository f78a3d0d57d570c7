/** Why a cache is set up as it is: nothing is said that a flag or a preset has made untrue. */
import { expect, test } from 'vitest';
import type { ReplicationGroupSettings, Workload } from '../../src/domain/settings.ts';
import { reasonFor } from '../../src/domain/workload.ts';
import { cacheOf, from } from './wanted.ts';

const reason = (workload: Workload, more: Partial<ReplicationGroupSettings> = {}): string =>
  reasonFor(workload, cacheOf(more));
const NOEVICTION = { parameters: { 'maxmemory-policy': from('default', 'noeviction') } };

test('a queue with all that follows from it is told all of it', () => {
  const safe = { replicas: from('default', 1), multiAz: from('default', true) };
  expect(reason('queue', { ...NOEVICTION, ...safe, snapshotRetention: from('default', 1) })).toBe(
    'it is a queue: a lost job is never done, so nothing is evicted, one shard holds all keys of a job, there is a replica in another zone, and there is a backup each day',
  );
});

test('what somebody chose otherwise is left out', () => {
  expect(reason('queue', NOEVICTION)).toBe(
    'it is a queue: a lost job is never done, so nothing is evicted and one shard holds all keys of a job',
  );
  expect(reason('sessions')).toBe('it holds sessions: a lost one logs somebody out');
  expect(reason('pubsub', { snapshotRetention: from('flag', 3) })).not.toContain('backed up');
});
