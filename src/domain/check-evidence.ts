/** What a check measured, as numbers: its sentence is for reading, these are for drawing. */

/** A value as it may be shown, and how often it was. */
export interface Shown {
  readonly value: string;
  readonly times: number;
}

export interface Latency {
  /** Where it was measured: the zone of the app, where it is known, or another place. */
  readonly from?: string;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface CheckEvidence {
  readonly refreshes?: {
    readonly now: readonly Shown[];
    /** The same, one after the other as they were answered. */
    readonly nowInOrder: readonly string[];
    /** Before the cache; values only in the run that saw them, for they are the app's and are not kept. */
    readonly before?: {
      readonly shown: string;
      readonly counts?: readonly Shown[];
      readonly inOrder?: readonly string[];
    };
  };
  /** Of PING, from where the app runs. */
  readonly latencies?: readonly Latency[];
}

/** Of several answers to one question. */
export function evidenceOf(answers: readonly { readonly evidence?: CheckEvidence }[]): {
  readonly evidence?: CheckEvidence;
} {
  const all = answers.flatMap(({ evidence }) => evidence ?? []);
  const refreshes = all.flatMap((each) => each.refreshes ?? [])[0];
  const latencies = all.flatMap((each) => each.latencies ?? []);
  if (!refreshes && latencies.length === 0) return {};
  return {
    evidence: { ...(refreshes ? { refreshes } : {}), ...(latencies.length > 0 ? { latencies } : {}) },
  };
}
