/** The result: what scripts read as the last line of `--json`. Fields are added, never changed; no secret is ever in it. */
import type { Identity } from '../domain/app.ts';
import type { Change } from '../domain/change.ts';
import type { ClientLibrary } from '../domain/clients.ts';
import type { DrillReport } from '../domain/drill.ts';
import type { Drift, DriftKind, Observation } from '../domain/drift.ts';
import { causeOf, rungOf, type CheckReport } from '../domain/check.ts';
import { PRICES } from '../domain/cost.ts';
import type { MetricSeries } from '../domain/metrics.ts';
import type { Kind } from '../domain/outputs.ts';
import type { StepOutcome } from '../engine/events.ts';
import type { ErrorCode, WizardError } from '../errors.ts';
import { commandText } from '../domain/shell-word.ts';
import { wayBackCommand } from './way-back-command.ts';

export interface Result {
  readonly type: 'result';
  readonly v: 1;
  readonly command: string;
  readonly ok: boolean;
  /** Of `connect` that of the program which it ran. */
  readonly exitCode: number;
  readonly account: string | null;
  readonly region: string | null;
  readonly project: string | null;
  readonly changes: readonly ResultChange[];
  readonly caches: readonly ResultCache[];
  readonly consumers: readonly ResultConsumer[];
  readonly stickiness: readonly ResultStickiness[];
  /** Of `snapshot` alone: those that were listed, or the one that was taken or restored from. */
  readonly snapshots?: readonly ResultSnapshot[];
  /** Of `status` alone: what differs from what was set up; all of it, where `driftUnseen` is empty. */
  readonly drift?: readonly ResultDrift[];
  /** Where nobody could look. */
  readonly driftUnseen?: readonly ResultNote[];
  /** Worth knowing, and no drift. */
  readonly driftNotes?: readonly ResultNote[];
  /** Of `status --metrics`: the last hour. */
  readonly metrics?: readonly MetricSeries[];
  /** Of a drill alone. */
  readonly drill?: DrillReport;
  /** Of `--client` alone. */
  readonly client?: ResultClient;
  readonly checks: readonly ResultCheck[];
  readonly proven: boolean;
  readonly monthlyUsd: number | null;
  readonly priceAsOf?: string;
  /** Puts the app back to what it was before us. */
  readonly undoCommand?: string;
  readonly awsCalls: { readonly reads: number; readonly writes: number };
  readonly elapsedMs: number;
  readonly error?: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly hint?: string;
    /** One command that mends the cause, to be typed as it stands. */
    readonly fix?: string;
  };
}

/** How a library connects to the cache. */
export interface ResultClient {
  readonly library: ClientLibrary;
  /** The published file that it is made of, in the package. */
  readonly template: string;
  /** The names of variables are in it, and no value. */
  readonly text: string;
}

export type ResultCheck = CheckReport & { readonly asks: string };

export interface ResultChange {
  readonly kind: Kind;
  readonly name: string;
  /** As planned. */
  readonly action: Change<unknown>['action'];
  /** What became of it; absent where nothing was applied. */
  readonly outcome?: StepOutcome | 'failed';
}

export interface ResultCache {
  readonly name: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  readonly status: string;
  readonly endpoint?: {
    readonly address: string;
    readonly port: number;
    readonly kind: 'primary' | 'configuration' | 'serverless';
  };
  readonly readerEndpoint?: { readonly address: string; readonly port: number };
  readonly transitEncryption: boolean;
  readonly auth: 'none' | 'token' | 'rbac';
  readonly arn: string;
  /** Null: serverless. */
  readonly cacheNodeType: string | null;
  readonly nodes: number | null;
}

export type ResultConsumer = ResultService | ResultInstances;

export interface ResultService {
  readonly kind: 'ecs';
  readonly ecsCluster: string;
  readonly service: string;
  readonly taskDefinitionArn: string;
  readonly replaces?: string;
  readonly rolledBack?: boolean;
  readonly variables: readonly { readonly name: string; readonly place: 'environment' | 'secrets' }[];
  readonly rollout: string;
  readonly runningCount: number;
  readonly desiredCount: number;
}

/** An app on EC2 instances. */
export interface ResultInstances {
  readonly kind: 'ec2';
  readonly name: string;
  readonly instances: readonly string[];
  readonly rolledBack?: boolean;
  /** Those that wait for its next start. */
  readonly variables: readonly { readonly name: string; readonly place: 'parameter-store' | 'env-file' }[];
  /** Whether we have restarted it with these; null: nobody told us how. */
  readonly restarted: boolean | null;
}

export interface ResultStickiness {
  readonly targetGroupArn: string;
  readonly enabled: boolean;
  readonly seconds: number | null;
}

export interface ResultSnapshot {
  readonly name: string;
  readonly arn: string;
  /** That it was taken of, and that may be gone. */
  readonly cache: string;
  readonly engine: string;
  readonly engineVersion: string;
  /** Null: of a serverless cache. */
  readonly cacheNodeType: string | null;
  readonly shards: number | null;
  /** Of each shard, as AWS words it. */
  readonly sizes: readonly string[];
  readonly takenAt: string | null;
  readonly source: 'manual' | 'automatic';
  /** AWS's own word. */
  readonly status: string;
  readonly restorableInto: readonly ('nodes' | 'cluster mode' | 'serverless')[];
}

export type ResultDrift = Omit<Drift, 'command'> & { readonly command: string };

export interface ResultNote {
  readonly kind: DriftKind;
  readonly name: string;
  readonly what: string;
  readonly by?: string;
}

/** What a run came to know. It has holes when the run ended early. */
export interface Facts {
  readonly identity?: Identity | undefined;
  readonly project?: string | undefined;
  /** Flags that the way back takes besides the project's name. */
  readonly again?: readonly string[];
  readonly changes: readonly ResultChange[];
  readonly caches: readonly ResultCache[];
  readonly consumers: readonly ResultConsumer[];
  readonly stickiness: readonly ResultStickiness[];
  readonly snapshots?: readonly ResultSnapshot[] | undefined;
  /** Absent where nobody looked for drift. */
  readonly observations?: readonly Observation[] | undefined;
  readonly metrics?: readonly MetricSeries[] | undefined;
  readonly drill?: DrillReport | undefined;
  readonly client?: ResultClient | undefined;
  readonly checks: readonly CheckReport[];
  readonly monthlyUsd?: number | undefined;
  readonly awsCalls: { readonly reads: number; readonly writes: number };
  readonly elapsedMs: number;
}

export function resultOf(command: string, facts: Facts, exitCode: number, error?: WizardError): Result {
  const { identity, monthlyUsd } = facts;
  return {
    type: 'result',
    v: 1,
    command,
    ok: exitCode === 0 || exitCode === 10,
    exitCode,
    account: identity?.account ?? null,
    region: identity?.region ?? null,
    project: facts.project ?? null,
    changes: facts.changes,
    caches: facts.caches,
    consumers: facts.consumers,
    stickiness: facts.stickiness,
    ...(facts.snapshots ? { snapshots: facts.snapshots } : {}),
    ...driftOf(facts.observations),
    ...(facts.drill ? { drill: facts.drill } : {}),
    ...(facts.client ? { client: facts.client } : {}),
    ...(facts.metrics ? { metrics: facts.metrics } : {}),
    checks: facts.checks.map((report) => ({ ...report, asks: rungOf(report.id).asks })),
    proven: isProven(facts.checks),
    monthlyUsd: monthlyUsd ?? null,
    ...(monthlyUsd === undefined ? {} : { priceAsOf: PRICES.asOf }),
    ...undoCommandOf(command, facts),
    awsCalls: { reads: facts.awsCalls.reads, writes: facts.awsCalls.writes },
    elapsedMs: Math.round(facts.elapsedMs),
    ...(error ? { error: errorOf(error, facts.checks) } : {}),
  };
}

/** Asked and answered from where the app runs, the same on every refresh, and nothing that speaks against it. */
export function isProven(checks: readonly CheckReport[]): boolean {
  const passed = (id: CheckReport['id']): boolean =>
    checks.some((check) => check.id === id && check.outcome === 'pass');
  return passed('ping') && passed('refresh') && !checks.some(({ outcome }) => outcome === 'fail');
}

function driftOf(observations: Facts['observations']): Pick<Result, 'drift' | 'driftUnseen' | 'driftNotes'> {
  if (!observations) return {};
  return {
    drift: observations.flatMap((each) => {
      if (each.outcome !== 'drift') return [];
      const { kind, name, what, was, now, by, command } = each;
      return [
        {
          kind,
          name,
          what,
          ...(was === undefined ? {} : { was }),
          ...(now === undefined ? {} : { now }),
          ...(by === undefined ? {} : { by }),
          command: commandText(command),
        },
      ];
    }),
    driftUnseen: notesOf(observations, 'unseen'),
    driftNotes: notesOf(observations, 'note'),
  };
}

function notesOf(observations: readonly Observation[], wanted: 'unseen' | 'note'): ResultNote[] {
  return observations.flatMap((each) => {
    if (each.outcome !== wanted) return [];
    const { kind, name, what } = each;
    const by = 'by' in each ? each.by : undefined;
    return [{ kind, name, what, ...(by === undefined ? {} : { by }) }];
  });
}

function undoCommandOf(
  command: string,
  { consumers, identity, project, again = [] }: Facts,
): Pick<Result, 'undoCommand'> {
  const isChanged = consumers.some((consumer) =>
    consumer.kind === 'ecs'
      ? consumer.replaces !== undefined && !consumer.rolledBack
      : consumer.variables.length > 0 && !consumer.rolledBack,
  );
  const isUndone = command === 'rollback' || command === 'destroy';
  if (!isChanged || isUndone || !identity || project === undefined) return {};
  return { undoCommand: wayBackCommand('rollback', project, identity.region, again) };
}

/** Why the run failed, where a check was why: an inconclusive one only under `--strict`. */
export function causeOfFailure({ checks, error }: Pick<Result, 'checks' | 'error'>): ResultCheck | undefined {
  const cause = error?.code === 'CheckFailed' ? causeOf(checks, true) : undefined;
  return checks.find(({ id }) => id === cause?.id);
}

function errorOf(
  { code, message, hint }: WizardError,
  checks: readonly CheckReport[],
): NonNullable<Result['error']> {
  const cause = code === 'CheckFailed' ? causeOf(checks, true) : undefined;
  const fix = cause && 'fix' in cause ? cause.fix : undefined;
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(fix === undefined ? {} : { fix }) };
}
