/** What a drill has measured, and what that means. */

import type { Outcome } from './check.ts';

export type DrillKind = 'failover' | 'outage';

export interface Verdict {
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  readonly detail: string;
  readonly hint?: string;
}

/** What visitors met, from the moment at which it began. */
export interface LoadReport {
  readonly requests: number;
  /** Those that were not answered as before: another status, no answer, or a value that nobody has written. */
  readonly failed: number;
  /** Of these, answers that showed something else than before and after. */
  readonly otherValues: number;
  /** From the first that failed to the end of the last. */
  readonly errorSeconds: number;
  readonly errors: readonly { readonly what: string; readonly times: number }[];
  readonly latencyMs: { readonly usual: number; readonly worst: number };
  /** From the beginning to the first of those that were all good at the end; null: it did not come to that. */
  readonly recoveredAfterSeconds: number | null;
  /** What is shown, where it can be compared; null: it cannot. */
  readonly value: { readonly before: string; readonly after: string | null } | null;
}

/** A known error in the app's own log. */
export interface LoggedError {
  readonly word: string;
  readonly times: number;
  readonly line: string;
}

export interface DrillReport {
  readonly kind: DrillKind;
  readonly cache: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Null: nobody knows where the app answers. */
  readonly url: string | null;
  readonly requests: number;
  readonly failed: number;
  readonly otherValues: number;
  readonly errorSeconds: number;
  /** Null: nobody could see. */
  readonly recovered: boolean | null;
  readonly errors: LoadReport['errors'];
  readonly latencyMs: LoadReport['latencyMs'] | null;
  readonly value: LoadReport['value'];
  /** How many of the app's tasks ECS had to replace. */
  readonly tasksReplaced: number;
  /** By which the error of the app is known: READONLY, ECONNRESET. */
  readonly fingerprint?: string;
  /** Null: the app's log could not be read. */
  readonly log: readonly LoggedError[] | null;
  /** Whether its tasks were connected to the cache at the end; null: that was not asked. */
  readonly usage: { readonly outcome: Outcome; readonly detail: string } | null;
  readonly failover?: {
    readonly nodeGroupId: string;
    readonly from: string;
    readonly to: string;
    /** From the call to AWS's own event; until all nodes were back. */
    readonly seconds: number;
    readonly availableAfterSeconds: number;
  };
  readonly outage?: {
    readonly seconds: number;
    readonly securityGroup: string;
    readonly rules: readonly string[];
  };
  readonly verdict: Verdict;
}
