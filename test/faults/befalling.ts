/** What befalls a run on its way to AWS, and how it has to end where it does not go on. */
import { expect } from 'vitest';
import type { ExitCode } from '../../src/errors.ts';
import type { Faults } from '../../src/sandbox/endpoint/faults.ts';
import type { Ended } from '../sandbox/command-line.ts';
import type { Kind } from './kinds.ts';
import { READ } from './mortal-world.ts';

export interface Cell<K extends Kind> {
  readonly action: string;
  readonly does: string;
  readonly kind: K;
}

/** Every call × every fault; only what is read can be of yesterday. */
export function cells<K extends Kind>(actions: readonly string[], kinds: readonly K[]): Cell<K>[] {
  return actions.flatMap((action) =>
    kinds
      .filter(({ fault }) => fault.kind !== 'stale' || READ.test(action))
      .map((kind) => ({ action, does: kind.does, kind })),
  );
}

export function befall(faults: Faults, action: string, fault: Kind['fault']): void {
  const [service = '', name = ''] = action.split(':');
  faults.add({ ...fault, service, action: name });
}

/** What never answers, or too late, is waited for in real time: the less often, the longer. */
export function patience({ fault }: Kind): { connection: number; response: number } | undefined {
  if (fault.kind === 'timeout') return { connection: 300, response: 300 };
  return fault.kind === 'slow' && fault.nth === 1 ? { connection: 1_000, response: 1_000 } : undefined;
}

export function mustBeUnderstood({ exitCode, result, stderr }: Ended, expected: ExitCode): void {
  expect([exitCode, exitCode === expected ? '' : result.error?.message]).toEqual([expected, '']);
  expect(stderr).not.toMatch(/\n\s+at /);
  if (exitCode === 0) return;
  const { message = '', hint = '' } = result.error ?? {};
  expect(message).not.toMatch(/\n|^Not expected|\bundefined\b|\[object/);
  expect(message.length).toBeLessThan(400);
  expect(hint).not.toBe('');
}
