/** How safe a new cache may be: what each preset means where a node or a zone is lost, and what that costs. */
import { rulesFor } from './alarm-rules.ts';
import { costOf, costOfAlarms, costOfSecrets, type Cost } from './cost.ts';
import type { MonitoredCache } from './monitoring.ts';
import { PRESETS, type Preset, type PresetDefaults } from './presets.ts';
import type { Auth, Engine, Workload } from './settings.ts';
import { defaultsFor, type EvictionPolicy } from './workload.ts';

export interface SafetyOption {
  readonly preset: Preset;
  /** In a few words: how many, and what happens when a zone is lost. */
  readonly summary: string;
  /** One sentence each: what is lost when, what is kept, who is let in, who is told. */
  readonly facts: readonly string[];
  /** Of all nodes together; absent: serverless. */
  readonly nodes?: number;
  /** USD, with nobody using it; absent where the price in the region is not known. */
  readonly monthlyUsd?: number;
  readonly costs: readonly Cost[];
}

export interface SafetyQuestion {
  readonly size: { readonly cacheNodeType: string; readonly shards?: number } | 'serverless';
  readonly engine: Engine;
  readonly region: string;
  readonly workload?: Workload | undefined;
  /** What was said for itself, and holds whatever is chosen here. */
  readonly given?: PresetDefaults;
}

/** What one preset comes to. */
interface Safety {
  readonly replicas: number;
  readonly multiAz: boolean;
  readonly snapshotRetention: number;
  readonly auth: Auth;
  readonly monitoring: boolean;
  readonly refreshes?: number | undefined;
  readonly maxmemoryPolicy: EvictionPolicy;
}

/** One for the password, and one for what the app is handed, as with one app. */
const SECRETS_OF_A_PASSWORD = 2;

export function safetyOptions(question: SafetyQuestion): SafetyOption[] {
  return (Object.keys(PRESETS) as Preset[]).map((preset) => optionOf(preset, question));
}

function optionOf(preset: Preset, question: SafetyQuestion): SafetyOption {
  const { size } = question;
  const safety = safetyOf(preset, question);
  const nodes = size === 'serverless' ? undefined : (size.shards ?? 1) * (1 + safety.replicas);
  const alarms = safety.monitoring ? alarmsOf(safety, question, nodes ?? 1) : 0;
  const costs = costsOf(safety, question, nodes, alarms);
  const monthlyUsd = totalOf(costs);
  return {
    preset,
    summary: summaryOf(safety, nodes),
    facts: [
      ...(size === 'serverless' ? [COPIES_OF_SERVERLESS] : nodeFacts(safety, nodes ?? 1)),
      backupFact(safety),
      passwordFact(safety),
      alarms === 0 ? 'No alarms.' : `${alarms} alarms in CloudWatch.`,
      ...(safety.refreshes === undefined ? [] : [`${safety.refreshes} refreshes in the proof.`]),
    ],
    ...(nodes === undefined ? {} : { nodes }),
    ...(monthlyUsd === undefined ? {} : { monthlyUsd }),
    costs,
  };
}

function safetyOf(preset: Preset, { size, workload, given }: SafetyQuestion): Safety {
  const chosen: PresetDefaults = PRESETS[preset];
  const { maxmemoryPolicy, ...defaults } = workload
    ? defaultsFor(workload, chosen)
    : { ...chosen, maxmemoryPolicy: undefined };
  const {
    replicas = 0,
    multiAz = false,
    snapshotRetention = 0,
    auth = 'none',
    monitoring = false,
    refreshes,
  } = {
    ...defaults,
    ...given,
  };
  return {
    replicas,
    multiAz,
    snapshotRetention,
    auth: size === 'serverless' && auth === 'token' ? 'rbac' : auth,
    monitoring,
    refreshes,
    maxmemoryPolicy: maxmemoryPolicy ?? 'volatile-lru',
  };
}

function alarmsOf({ replicas, maxmemoryPolicy }: Safety, { size }: SafetyQuestion, nodes: number): number {
  const cache: MonitoredCache =
    size === 'serverless'
      ? { kind: 'serverless', name: '' }
      : {
          kind: 'nodes',
          name: '',
          cacheNodeType: size.cacheNodeType,
          members: [],
          hasReplicas: replicas > 0,
          maxmemoryPolicy,
        };
  return rulesFor(cache).length * nodes;
}

function costsOf(
  { auth, snapshotRetention }: Safety,
  { engine, region, size }: SafetyQuestion,
  nodes: number | undefined,
  alarms: number,
): Cost[] {
  const cache = {
    name: 'the cache',
    engine,
    snapshotRetention,
    ...(size === 'serverless' ? {} : { nodes: { cacheNodeType: size.cacheNodeType, count: nodes ?? 1 } }),
  };
  return [
    ...costOf(cache, region),
    ...costOfSecrets(auth === 'none' ? 0 : SECRETS_OF_A_PASSWORD, region),
    ...costOfAlarms(alarms, region),
  ];
}

/** The cache comes first, and without its price there is none. */
function totalOf([cache, ...others]: readonly Cost[]): number | undefined {
  if (cache?.idleMonthlyUsd === undefined) return undefined;
  const usd = others.reduce((sum, { idleMonthlyUsd = 0 }) => sum + idleMonthlyUsd, cache.idleMonthlyUsd);
  return Math.round(usd * 100) / 100;
}

/** "High availability for ElastiCache Serverless", ElastiCache user guide. */
const COPIES_OF_SERVERLESS = 'AWS keeps the data in several zones, and the cache goes on where one is lost.';

function nodeFacts({ replicas, multiAz }: Safety, nodes: number): string[] {
  if (replicas === 0) {
    return [
      nodes === 1 ? '1 node in one zone.' : `${nodes} nodes, each the only one with its data.`,
      'Where the node or its zone is lost, so is the data; AWS makes a new node, some minutes later.',
    ];
  }
  const zones = replicas === 1 ? ' in two zones' : ' in two zones or more';
  const beside = replicas === 1 ? 'a replica' : `${replicas} replicas`;
  return [
    `${nodes} nodes${multiAz ? zones : ''}: ${beside} beside each primary.`,
    multiAz
      ? 'Where a node or its zone is lost, a replica takes over by itself, usually within a minute.'
      : 'A replica keeps the data, and does not take over by itself.',
  ];
}

function backupFact({ snapshotRetention: days }: Safety): string {
  return days === 0 ? 'No backups.' : `A backup each day, kept ${days === 1 ? '1 day' : `${days} days`}.`;
}

function passwordFact({ auth }: Safety): string {
  if (auth === 'none') return 'No password: the security group says who gets in. TLS either way.';
  const what = auth === 'token' ? 'A password (AUTH token)' : 'A user with a password';
  return `${what}, made here and kept as a secret that the app is handed.`;
}

function summaryOf({ replicas, multiAz }: Safety, nodes: number | undefined): string {
  const counted = nodes === undefined ? 'serverless' : nodes === 1 ? '1 node' : `${nodes} nodes`;
  const alone = replicas > 0 ? 'no failover' : 'data is lost with its zone';
  return `${counted}, ${nodes === undefined || (multiAz && replicas > 0) ? 'survives the loss of a zone' : alone}`;
}
