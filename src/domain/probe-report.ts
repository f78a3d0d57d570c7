/** What the probe saw from where the app runs. */

/** In the order in which they are tried; a stage is tried only when those before it passed. */
export const PROBE_STAGES = ['parse', 'dns', 'tcp', 'tls', 'auth', 'ping', 'keys', 'info'] as const;
export type ProbeStage = (typeof PROBE_STAGES)[number];

export interface StageResult {
  readonly stage: ProbeStage;
  readonly ok: boolean;
  /** What was seen: 'resolved to 10.0.3.17', 'connect ETIMEDOUT after 5 s'. Never a password. */
  readonly detail: string;
  readonly ms: number;
}

export interface ProbeReport {
  /** The variable whose URL was tried. */
  readonly variable: string;
  readonly stages: readonly StageResult[];
  /** The first stage that failed; undefined when all passed. */
  readonly failed?: ProbeStage;
  readonly address?: string;
  /** On a failed TLS stage: whether a plaintext PING was answered, and the reverse on a failed ping. */
  readonly otherWayAnswers?: boolean;
  /** The URL was tried without its user and password, which a task definition would keep readable. */
  readonly credentialsWithheld?: true;
  readonly role?: string;
  readonly maxmemoryPolicy?: string;
  readonly clusterEnabled?: boolean;
  readonly latencyMs?: { readonly p50: number; readonly p99: number };
  /** Which program ran, and the task that it ran in. */
  readonly runtime: ProbeRuntime;
  readonly taskArn?: string;
}

export type ProbeRuntime = 'node' | 'python3' | 'sh';

export type Rehearsal =
  | { readonly possible: true; readonly runtime: ProbeRuntime; readonly image: string }
  /** The network questions cannot be asked, and why; `notWanted`: nobody wanted to. */
  | { readonly possible: false; readonly reason: string; readonly notWanted?: true };
