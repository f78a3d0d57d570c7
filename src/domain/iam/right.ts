/** One permission: which commands need it, on what, under which conditions, and why. */
import type { Kind } from '../outputs.ts';
import type { Condition } from './conditions.ts';
import type { Resources } from './scope.ts';

export const POLICY_COMMANDS = [
  'setup',
  'plan',
  'verify',
  'status',
  'rollback',
  'destroy',
  'alarms',
  'snapshot',
  'rotate-token',
  'connect',
  'drill',
  'scale',
  'logs',
] as const;
export type PolicyCommand = (typeof POLICY_COMMANDS)[number];

export interface Right {
  readonly action: string;
  readonly commands: readonly PolicyCommand[];
  readonly on: Resources;
  readonly if?: readonly Condition[];
  readonly why: string;
  /** The call that takes this right besides its own; absent: it is a call of its own. */
  readonly partOf?: string;
  /** Needed in this situation only. */
  readonly when?: string;
  /** What the run does without, with a warning, where it is not allowed. */
  readonly feature?: Feature;
  /** The planned changes that fail without it, if only after minutes: it is asked for before the first write. */
  readonly changes?: readonly PlannedKind[];
}

export type Feature =
  | 'the probe'
  | 'the logs'
  | 'the metrics'
  | 'the lease'
  | 'the check of permissions'
  | 'the check of node types'
  | 'the check of the network'
  | 'what is said of a choice';
export type PlannedKind = `${'create' | 'update'} ${Kind}`;
