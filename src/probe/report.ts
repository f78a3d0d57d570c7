/** What the probe's program said: its line in the log, or its exit code where there is no log to read. */
import * as z from 'zod';
import {
  PROBE_STAGES,
  type ProbeReport,
  type ProbeRuntime,
  type ProbeStage,
} from '../domain/probe-report.ts';

const MARK = '"elasticache-wizard-probe"';
const COUNT = z.exactOptional(z.number());
const NODE = z.object({
  usedMemory: COUNT,
  maxmemory: COUNT,
  evictedKeys: COUNT,
  connectedClients: COUNT,
  maxclients: COUNT,
  rejectedConnections: COUNT,
  primary: z.exactOptional(z.string()),
  primaryLink: z.exactOptional(z.string()),
  databases: z.exactOptional(z.array(z.object({ db: z.number(), keys: z.number(), expires: z.number() }))),
});
const CLIENTS = z.union([
  z.object({ notTold: z.string() }),
  z.object({
    addresses: z.array(
      z.object({
        address: z.string(),
        connections: z.number(),
        idle: z.number(),
        age: z.number(),
        commands: z.array(z.string()),
        names: z.array(z.string()),
      }),
    ),
    leftOut: z.number(),
    ownAddress: z.object({ seen: z.string(), real: z.string() }),
  }),
]);
const LINE = z.object({
  variable: z.string(),
  runtime: z.enum(['node', 'python3', 'sh']),
  stages: z.array(
    z.object({ stage: z.enum(PROBE_STAGES), ok: z.boolean(), detail: z.string(), ms: z.number() }),
  ),
  failed: z.exactOptional(z.enum(PROBE_STAGES)),
  address: z.exactOptional(z.string()),
  addresses: z.exactOptional(z.array(z.string())),
  isPublic: z.exactOptional(z.boolean()),
  otherWayAnswers: z.exactOptional(z.boolean()),
  passwordNotAskedFor: z.exactOptional(z.literal(true)),
  withoutUserAnswers: z.exactOptional(z.boolean()),
  role: z.exactOptional(z.string()),
  maxmemoryPolicy: z.exactOptional(z.string()),
  clusterEnabled: z.exactOptional(z.boolean()),
  shards: z.exactOptional(z.number()),
  node: z.exactOptional(NODE),
  sample: z.exactOptional(z.object({ keys: z.number(), withoutTtl: z.number(), denied: z.number() })),
  clients: z.exactOptional(CLIENTS),
  latencyMs: z.exactOptional(z.object({ p50: z.number(), p99: z.number() })),
});

/** Undefined for a line that is not the report. */
export function parseReport(line: string): ProbeReport | undefined {
  if (!line.includes(MARK)) return undefined;
  try {
    return LINE.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The program had not the means to look at everything. What it did look at, only its report could tell. */
const NOT_ALL_LOOKED_AT = 20;
/** The programs' own exit codes. */
const STAGE_OF_EXIT_CODE: Readonly<Record<number, ProbeStage>> = {
  9: 'parse',
  10: 'dns',
  11: 'tcp',
  12: 'tls',
  13: 'auth',
  14: 'ping',
  15: 'keys',
  16: 'info',
};
/** A plain client is sent on to other shards, and each of them answered. */
const SPREAD_OVER_SHARDS = 17;

/** TLS and a password are tried only where the URL has them. */
const ALWAYS_TRIED = PROBE_STAGES.filter((stage) => stage !== 'tls' && stage !== 'auth');

/** Undefined for an exit code that none of the programs ends with. */
export function reportOfExitCode(
  exitCode: number,
  variable: string,
  runtime: ProbeRuntime,
): ProbeReport | undefined {
  const detail = 'told by the exit code alone, for the log could not be read';
  const passed = (stages: readonly ProbeStage[]): ProbeReport['stages'] =>
    stages.map((stage) => ({ stage, ok: true, detail, ms: 0 }));
  if (exitCode === 0) return { variable, runtime, stages: passed(ALWAYS_TRIED) };
  if (exitCode === NOT_ALL_LOOKED_AT) return { variable, runtime, stages: passed(['parse']) };
  const spread = exitCode === SPREAD_OVER_SHARDS;
  const failed = spread ? 'keys' : STAGE_OF_EXIT_CODE[exitCode];
  if (failed === undefined) return undefined;
  const before = ALWAYS_TRIED.filter((stage) => PROBE_STAGES.indexOf(stage) < PROBE_STAGES.indexOf(failed));
  return {
    variable,
    runtime,
    failed,
    stages: [
      ...passed(before),
      { stage: failed, ok: false, detail: spread ? `MOVED ${detail}` : detail, ms: 0 },
    ],
  };
}
