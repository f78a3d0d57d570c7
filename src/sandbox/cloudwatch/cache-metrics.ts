/**
 * The metrics of caches, from what their servers say of themselves (ElastiCache user guide, "Metrics for Valkey and
 * Redis OSS" and "Host-level metrics"). A metric without a value in a minute has no datapoint there.
 */
import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { HostType } from '../elasticache/node-types.ts';
import { isRead, isWrite } from './command-kinds.ts';
import { countedCommands, hitRate, keyCount, numberOf } from './server-info.ts';
import type { Interval, ServerInfo } from './server-info.ts';

export interface Measurement {
  readonly name: string;
  readonly unit: StandardUnit;
  readonly value: number;
}

/** The machine below a node, of which the server knows nothing. */
export interface Host extends HostType {
  readonly startedAt: number;
}

type Value<Subject> = (interval: Interval, subject: Subject) => number | undefined;
type Metrics<Subject> = Readonly<Record<string, readonly [unit: StandardUnit, value: Value<Subject>]>>;

const HOUR = 3_600_000;

const NODE_METRICS: Metrics<Host> = {
  CPUUtilization: ['Percent', (interval, { vcpus }) => percent(cpuSeconds(interval) / vcpus, interval)],
  CPUCreditBalance: ['Count', creditBalance],
  FreeableMemory: [
    'Bytes',
    ({ info }, { memoryBytes }) => Math.max(0, memoryBytes - numberOf(info, 'used_memory_rss')),
  ],
  SwapUsage: ['Bytes', () => 0],
  NetworkBytesIn: ['Bytes', ({ grown }) => grown('total_net_input_bytes')],
  NetworkBytesOut: ['Bytes', ({ grown }) => grown('total_net_output_bytes')],
  NetworkBandwidthInAllowanceExceeded: ['Count', () => 0],
  NetworkBandwidthOutAllowanceExceeded: ['Count', () => 0],
  EngineCPUUtilization: ['Percent', (interval) => percent(engineSeconds(interval), interval)],
  DatabaseMemoryUsagePercentage: ['Percent', ({ info }) => memoryUsage(info)],
  BytesUsedForCache: ['Bytes', ({ info }) => numberOf(info, 'used_memory')],
  Evictions: ['Count', ({ grown }) => grown('evicted_keys')],
  CurrConnections: ['Count', ({ info }) => numberOf(info, 'connected_clients')],
  NewConnections: ['Count', ({ grown }) => grown('total_connections_received')],
  CurrItems: ['Count', ({ info }) => keyCount(info)],
  CacheHits: ['Count', ({ grown }) => grown('keyspace_hits')],
  CacheMisses: ['Count', ({ grown }) => grown('keyspace_misses')],
  CacheHitRate: ['Percent', hitRate],
  ReplicationLag: ['Seconds', ({ info }) => replicationLag(info)],
  SuccessfulReadRequestLatency: ['Microseconds', (interval) => latency(interval, isRead)],
  SuccessfulWriteRequestLatency: ['Microseconds', (interval) => latency(interval, isWrite)],
};

const SERVERLESS_METRICS: Metrics<undefined> = {
  BytesUsedForCache: ['Bytes', ({ info }) => numberOf(info, 'used_memory')],
  CacheHitRate: ['Percent', hitRate],
  CurrConnections: ['Count', ({ info }) => numberOf(info, 'connected_clients')],
  CurrItems: ['Count', ({ info }) => keyCount(info)],
  // One for each command: how much data each moved, the server does not say.
  ElastiCacheProcessingUnits: ['Count', commandCount],
  ThrottledCmds: ['Count', () => 0],
  TotalCmdsCount: ['Count', commandCount],
};

export function nodeMetrics(interval: Interval, host: Host): Measurement[] {
  return measured(NODE_METRICS, interval, host);
}

/** None of a minute without traffic. */
export function serverlessMetrics(interval: Interval): Measurement[] {
  return commandCount(interval) === 0 ? [] : measured(SERVERLESS_METRICS, interval, undefined);
}

function measured<Subject>(metrics: Metrics<Subject>, interval: Interval, subject: Subject): Measurement[] {
  return Object.entries(metrics).flatMap(([name, [unit, valueOf]]) => {
    const value = valueOf(interval, subject);
    return value === undefined ? [] : { name, unit, value };
  });
}

function percent(busySeconds: number, { seconds }: Interval): number {
  return Math.min(100, (100 * busySeconds) / seconds);
}

function cpuSeconds({ grown }: Pick<Interval, 'grown'>): number {
  return grown('used_cpu_sys') + grown('used_cpu_user');
}

/** One thread runs the commands. */
function engineSeconds({ grown }: Interval): number {
  return grown('used_cpu_sys_main_thread') + grown('used_cpu_user_main_thread');
}

/** One credit is a minute of a vCPU. ElastiCache's burstable nodes start without any, as unlimited EC2 instances do. */
function creditBalance({ at, info }: Interval, { startedAt, credits }: Host): number | undefined {
  if (!credits) return undefined;
  const spent = (numberOf(info, 'used_cpu_sys') + numberOf(info, 'used_cpu_user')) / 60;
  const earned = (credits.anHour * Math.max(0, at - startedAt)) / HOUR;
  return Math.max(0, Math.min(credits.most, earned - spent));
}

function memoryUsage(info: ServerInfo): number | undefined {
  const most = numberOf(info, 'maxmemory');
  return most === 0 ? undefined : (100 * numberOf(info, 'used_memory')) / most;
}

/** Of replicas only; a link that stands carries every write at once on this machine. */
function replicationLag(info: ServerInfo): number | undefined {
  if (info.get('role') !== 'slave') return undefined;
  return Math.max(0, numberOf(info, 'master_link_down_since_seconds'));
}

function latency({ info, grown }: Interval, isOfKind: (command: string) => boolean): number | undefined {
  // The embedded server counts commands without timing them.
  const commands = countedCommands(info).filter((one) => isOfKind(one) && info.has(`cmdstat_${one}.usec`));
  const calls = commands.reduce((sum, command) => sum + grown(`cmdstat_${command}.calls`), 0);
  if (calls === 0) return undefined;
  return commands.reduce((sum, command) => sum + grown(`cmdstat_${command}.usec`), 0) / calls;
}

/** Without those with which connections and the server itself are set up, of which the sandbox sends some. */
function commandCount({ info, grown }: Interval): number {
  return countedCommands(info)
    .filter((command) => !/^(acl|auth|client|cluster|config|hello|info)\b/.test(command))
    .reduce((sum, command) => sum + grown(`cmdstat_${command}.calls`), 0);
}
