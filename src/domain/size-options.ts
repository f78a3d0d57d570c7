/** How large a new cache may be: node types and serverless, with what each costs, holds and is good for. */
import { isBurstable } from './alarm-rules.ts';
import { costOf, KNOWN_NODE_TYPES, monthlyUsd, usableGib } from './cost.ts';
import type { Profile } from './delivery.ts';
import type { Engine, Workload } from './settings.ts';
import { isQueueProfile } from './workload.ts';

export type SizeOption = NodeOption | ServerlessOption;
/** In the order in which they are shown. */
export type SizeGroup = 'burstable' | 'serverless' | 'steady' | 'memory';

interface AnyOption {
  readonly group: SizeGroup;
  /** USD; absent where the price in the region is not known. Of one node, or of a serverless cache that nobody uses. */
  readonly monthlyUsd?: number;
  /** What it is good for. */
  readonly suits: string;
  /** Why it is the one to begin with. */
  readonly recommended?: string;
}

export interface NodeOption extends AnyOption {
  readonly kind: 'nodes';
  readonly cacheNodeType: string;
  readonly isBurstable: boolean;
  /** For data; absent where AWS publishes no figure. */
  readonly usableGib?: number;
}

export interface ServerlessOption extends AnyOption {
  readonly kind: 'serverless';
  /** At the example that `note` tells. */
  readonly typicalMonthlyUsd?: number;
  readonly note: string;
  /** Why it is not for this workload. */
  readonly against?: string;
}

export interface SizeQuestion {
  readonly engine: Engine;
  readonly region: string;
  readonly workload?: Workload | undefined;
  /** The variables of the app may lead to a queue, whatever nobody says. */
  readonly profile?: Profile | undefined;
  /** False where something else is given that only nodes have. */
  readonly serverlessAllowed: boolean;
  /** The type of a cache of which nobody says anything. */
  readonly usual: string;
  /** The types that the region has; absent: not looked at. */
  readonly offered?: ReadonlySet<string>;
}

const SUITS: Readonly<Record<SizeGroup, string>> = {
  burstable: 'small or uneven loads: it is slower once its CPU credits are used up',
  serverless: 'loads that nobody can foresee: nothing to size, and it is never off',
  steady: 'steady loads: all of its CPU all of the time',
  memory: 'much data: about twice the memory for the same CPU',
};
const GROUPS = Object.keys(SUITS) as SizeGroup[];

/** The one to begin with first, then group by group, each by its price. */
export function sizeOptions(question: SizeQuestion): SizeOption[] {
  const { offered, serverlessAllowed, usual } = question;
  // The others of a region whose prices are not known are in the order of those that are.
  const types = KNOWN_NODE_TYPES.filter((type) => offered?.has(type) ?? true);
  const first = types.includes(usual) ? usual : types[0];
  const options = [
    ...types.map((type) => nodeOption(type, question, first)),
    ...(serverlessAllowed ? [serverlessOption(question)] : []),
  ];
  return options.sort(
    (one, other) =>
      Number(other.recommended !== undefined) - Number(one.recommended !== undefined) ||
      GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group),
  );
}

function nodeOption(
  cacheNodeType: string,
  { engine, region, usual }: SizeQuestion,
  first: string | undefined,
): NodeOption {
  const price = monthlyUsd(cacheNodeType, engine, 1, region);
  const memory = usableGib(cacheNodeType);
  const group = groupOf(cacheNodeType);
  const isUsual = cacheNodeType === usual;
  return {
    kind: 'nodes',
    cacheNodeType,
    group,
    isBurstable: group === 'burstable',
    suits: SUITS[group],
    ...(price === undefined ? {} : { monthlyUsd: price }),
    ...(memory === undefined ? {} : { usableGib: memory }),
    ...(cacheNodeType === first
      ? {
          recommended: isUsual
            ? 'enough to begin with; a larger one can be had later, while it serves'
            : 'the smallest that the region has; a larger one can be had later, while it serves',
        }
      : {}),
  };
}

function serverlessOption({ engine, region, workload, profile }: SizeQuestion): ServerlessOption {
  const [cost] = costOf({ name: 'serverless', engine, snapshotRetention: 0 }, region);
  const { idleMonthlyUsd, typicalMonthlyUsd, note = '' } = cost ?? {};
  const isQueue = workload === undefined ? isQueueProfile(profile) : workload === 'queue';
  return {
    kind: 'serverless',
    group: 'serverless',
    suits: SUITS.serverless,
    note,
    ...(idleMonthlyUsd === undefined ? {} : { monthlyUsd: idleMonthlyUsd }),
    ...(typicalMonthlyUsd === undefined ? {} : { typicalMonthlyUsd }),
    ...(isQueue
      ? {
          against:
            'not for a queue: it evicts keys by volatile-lru, jobs among them, and spreads them over slots',
        }
      : {}),
  };
}

function groupOf(cacheNodeType: string): SizeGroup {
  if (isBurstable(cacheNodeType)) return 'burstable';
  return /^cache\.r/.test(cacheNodeType) ? 'memory' : 'steady';
}
