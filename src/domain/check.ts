/** The questions about the result: a ladder, on which one rests on others, and the answer to each. */
import type { CheckEvidence } from './check-evidence.ts';

export type Outcome = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'skip';

export type CheckResult = { readonly evidence?: CheckEvidence } & (
  | {
      readonly outcome: 'pass' | 'skip';
      readonly detail: string;
      /** Not asked at all: this one fails, which it rests on. */
      readonly stoppedBy?: CheckId;
    }
  | ({
      readonly outcome: 'warn' | 'fail' | 'inconclusive';
      /** What was seen. */
      readonly detail: string;
      /** What to do about it. */
      readonly hint: string;
    } & Remedy)
);

export interface Remedy {
  /** What follows from what was seen, where that does not say it by itself. */
  readonly means?: string;
  /** One command that mends it, to be typed as it stands. */
  readonly fix?: string;
}

interface Rung {
  readonly asks: string;
  /** Where one of these fails, this need not be asked: the answer would be the same cause again. */
  readonly restsOn: readonly string[];
}

/** From the bottom up: what is set up, then the network, then the app. */
const LADDER = {
  cache: { asks: 'Is the cache there, and does it serve?', restsOn: [] },
  vpc: { asks: 'Are the app and the cache in one network?', restsOn: ['cache'] },
  ingress: {
    asks: 'Do the security groups let packets out of the app and into the cache?',
    restsOn: ['vpc'],
  },
  'network-acls': {
    asks: 'Do the network ACLs let packets to the cache, and the answers back?',
    restsOn: ['vpc'],
  },
  subnets: {
    asks: 'Do the app’s subnets lead to the cache, and have room for its tasks?',
    restsOn: ['cache'],
  },
  variables: { asks: 'Is the app handed the address of the cache?', restsOn: ['cache'] },
  secrets: { asks: 'Can ECS hand the containers their secrets?', restsOn: [] },
  ping: {
    asks: 'Does the cache answer from where the app runs?',
    restsOn: ['cache', 'vpc', 'ingress', 'network-acls', 'variables', 'secrets'],
  },
  memory: { asks: 'Does the cache keep what the app puts into it?', restsOn: ['ping'] },
  revision: { asks: 'Does every task run the revision that has the variables?', restsOn: [] },
  logs: { asks: 'What does the app itself say about Redis?', restsOn: ['ping', 'revision'] },
  usage: { asks: 'Does the app really use the cache?', restsOn: ['ping', 'revision'] },
  stickiness: { asks: 'Do visitors come back to the task that they were on?', restsOn: [] },
  refresh: { asks: 'Do all tasks show the same?', restsOn: ['ping', 'revision', 'usage'] },
} satisfies Record<string, Rung>;

/** What works and is risky: read from the account alone, and only where somebody asks for it. */
const LINT = {
  exposure: { asks: 'Who else is let in to the cache?', restsOn: [] },
  credentials: { asks: 'Do passwords stand in plain text?', restsOn: [] },
  encryption: { asks: 'Is what is sent and what is kept encrypted?', restsOn: [] },
  availability: { asks: 'What does the loss of a node cost?', restsOn: [] },
  backups: { asks: 'What is left when the data is lost?', restsOn: [] },
  endpoint: { asks: 'Does an address lead to one node alone?', restsOn: [] },
  eviction: { asks: 'What does a full cache throw away?', restsOn: [] },
  alarms: { asks: 'Who hears of it when the cache runs full?', restsOn: [] },
  engine: { asks: 'Is the engine kept up to date?', restsOn: [] },
} satisfies Record<string, Rung>;

export type LadderId = keyof typeof LADDER;
export type LintId = keyof typeof LINT;
export type CheckId = LadderId | LintId;

/** None stands before one that it rests on. */
export const CHECKS = Object.keys(LADDER) as readonly LadderId[];
export const LINT_CHECKS = Object.keys(LINT) as readonly LintId[];
export const ALL_CHECKS: readonly CheckId[] = [...CHECKS, ...LINT_CHECKS];

/** Those that ask the network or the app, and not what is set up. */
const ASKING_THE_APP: ReadonlySet<string> = new Set(['ping', 'memory', 'logs', 'usage', 'refresh']);

export function asksTheApp(id: LadderId): boolean {
  return ASKING_THE_APP.has(id);
}

export function rungOf(id: CheckId): { readonly asks: string; readonly restsOn: readonly CheckId[] } {
  return { ...LADDER, ...LINT }[id] as { asks: string; restsOn: readonly CheckId[] };
}

export type CheckReport = { readonly id: CheckId } & CheckResult;

/** One cause: of what failed, the lowest. With `strict` what could not be seen counts too. */
export function causeOf(reports: readonly CheckReport[], strict: boolean): CheckReport | undefined {
  const inOrder = ALL_CHECKS.flatMap((id) => reports.filter((report) => report.id === id));
  const failed = inOrder.find(({ outcome }) => outcome === 'fail');
  return failed ?? (strict ? inOrder.find(({ outcome }) => outcome === 'inconclusive') : undefined);
}
