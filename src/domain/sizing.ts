/** Whether a cache is the right size: what speaks for another one, what against it, and what happens on the way there. */
import { KNOWN_NODE_TYPES, monthlyUsd, usableGib } from './cost.ts';

export interface Size {
  readonly cacheNodeType: string;
  readonly shards: number;
  /** Of each shard. */
  readonly replicas: number;
  readonly multiAz: boolean;
}

/** The highest that any node has had in some span of time; absent: nothing was measured. */
export interface Load {
  readonly memoryPercent?: number;
  /** Of the fullest node. */
  readonly bytes?: number;
  readonly engineCpuPercent?: number;
  readonly cpuPercent?: number;
  /** Keys, all together. */
  readonly evictions?: number;
  readonly connections?: number;
  /** Packets that were held back, all together. */
  readonly networkExceeded?: number;
}

export interface Observed {
  readonly hour?: Load;
  readonly day?: Load;
  /** Of the fullest node, when it was measured last. */
  readonly bytesNow?: number;
}

/** 'stop': AWS would refuse it, or data would be lost, for certain. */
export interface Argument {
  readonly verdict: 'stop' | 'against' | 'for' | 'note';
  readonly message: string;
}

const GIB = 1024 ** 3;
/** ElastiCache user guide, "Which metrics should I monitor?": alarms begin there. */
const FULL_PERCENT = 75;
const BUSY_PERCENT = 70;
const ROOMY_PERCENT = 30;

export function nodesOf({ shards, replicas }: Size): number {
  return shards * (1 + replicas);
}

export function argumentsFor(from: Size, to: Size, observed: Observed): Argument[] {
  return [
    ...memoryArguments(from, to, observed),
    ...busyArguments(from, to, observed),
    ...availabilityArguments(from, to),
  ];
}

function memoryArguments(from: Size, to: Size, { day, bytesNow }: Observed): Argument[] {
  const room = usableGib(to.cacheNodeType);
  const before = usableGib(from.cacheNodeType);
  if (day?.bytes === undefined || bytesNow === undefined) {
    return [
      {
        verdict: 'note',
        message: 'CloudWatch has nothing of the last day: whether the data fits is not known',
      },
    ];
  }
  if (room === undefined) {
    const message = `how much ${to.cacheNodeType} holds is not known here: compare it with ${gib(day.bytes / GIB)} at most in a node`;
    return [{ verdict: 'note', message }];
  }
  // Keys are spread evenly over shards, or nearly so.
  const share = from.shards / to.shards;
  const [now, most] = [(bytesNow / GIB) * share, (day.bytes / GIB) * share];
  const percent = Math.round((most / room) * 100);
  const shrinks = room < (before ?? room) || to.shards < from.shards;
  const grows = room > (before ?? room) || to.shards > from.shards;
  const where = to.shards === 1 ? to.cacheNodeType : `each of ${to.shards} ${to.cacheNodeType}`;
  if (now > room && shrinks) {
    const message = `data of ${gib(now)} does not fit into ${where} (${gib(room)} usable): AWS would refuse it, or keys would be evicted`;
    return [{ verdict: 'stop', message }];
  }
  if (shrinks && percent >= FULL_PERCENT) {
    const message = `it would be ${percent} % full: ${gib(most)} at most in the last day, of ${gib(room)} in ${where}`;
    return [{ verdict: 'against', message }];
  }
  if (shrinks) {
    const message = `the data fits: ${gib(most)} at most in the last day would be ${percent < 1 ? 'less than 1' : percent} % of ${gib(room)}`;
    return [{ verdict: 'for', message }];
  }
  const used = day.memoryPercent;
  if (!grows || used === undefined) return [];
  if (used >= FULL_PERCENT)
    return [{ verdict: 'for', message: `memory was ${used.toFixed(0)} % full in the last day` }];
  return used <= ROOMY_PERCENT && !((day.evictions ?? 0) > 0)
    ? [
        {
          verdict: 'against',
          message: `memory was at most ${Math.max(1, Math.round(used))} % full in the last day: for the data it is not needed`,
        },
      ]
    : [];
}

function busyArguments(from: Size, to: Size, { day }: Observed): Argument[] {
  if (!day) return [];
  const { evictions = 0, engineCpuPercent: engine, cpuPercent: cpu, networkExceeded = 0 } = day;
  const shrinks = isSmaller(to, from);
  const word = shrinks ? 'against' : 'for';
  const sameNodes = to.cacheNodeType === from.cacheNodeType && to.shards === from.shards;
  return [
    ...(evictions > 0 && !sameNodes
      ? [
          {
            verdict: word,
            message: `${evictions.toFixed(0)} keys were evicted in the last day: memory is short`,
          } as const,
        ]
      : []),
    ...(engine !== undefined && engine >= BUSY_PERCENT
      ? [
          {
            verdict: shrinks ? 'against' : 'note',
            message: `the engine’s one core was ${engine.toFixed(0)} % busy in the last day: more shards share that, and replicas the reads; a larger node of the same family has no faster core`,
          } as const,
        ]
      : []),
    ...(cpu !== undefined && cpu >= BUSY_PERCENT && !sameNodes
      ? [{ verdict: word, message: `the CPU was ${cpu.toFixed(0)} % busy in the last day` } as const]
      : []),
    ...(networkExceeded > 0 && !sameNodes
      ? [
          {
            verdict: word,
            message: 'packets were held back in the last day: the node’s network allowance is spent',
          } as const,
        ]
      : []),
  ];
}

function availabilityArguments(from: Size, to: Size): Argument[] {
  if (to.replicas === 0 && from.replicas > 0) {
    return [
      {
        verdict: 'against',
        message:
          'without a replica the loss of a node is the loss of its data, and of the cache until AWS has replaced it',
      },
    ];
  }
  if (from.replicas === 0 && to.replicas > 0) {
    const message = to.multiAz
      ? 'a replica takes over within a minute when the node or its zone is lost; now the data would be lost with it'
      : 'a replica keeps the data; for it to take over by itself add --multi-az';
    return [{ verdict: 'for', message }];
  }
  return from.multiAz && !to.multiAz
    ? [{ verdict: 'against', message: 'without Multi-AZ nothing takes over by itself when a zone is lost' }]
    : [];
}

function isSmaller(to: Size, from: Size): boolean {
  const [room, before] = [usableGib(to.cacheNodeType), usableGib(from.cacheNodeType)];
  if (to.shards !== from.shards) return to.shards < from.shards;
  if (room !== undefined && before !== undefined && room !== before) return room < before;
  return KNOWN_NODE_TYPES.indexOf(to.cacheNodeType) < KNOWN_NODE_TYPES.indexOf(from.cacheNodeType);
}

/** What clients notice, and how long it usually takes, a sentence for each change. */
export function transitionOf(from: Size, to: Size): string[] {
  return [
    // "Scaling up single-node clusters" and "Scaling replica nodes", ElastiCache user guide; times as of Terraform's acceptance tests.
    ...(to.cacheNodeType === from.cacheNodeType
      ? []
      : [
          from.replicas === 0
            ? 'AWS makes a new node beside the old one and copies the data, some 10 to 30 minutes; then its name moves: reads and writes fail for some seconds, and clients must connect anew'
            : 'AWS makes new nodes beside the old ones and copies the data, some 10 to 30 minutes; then a new primary takes over: writes fail for some seconds, and clients must connect anew',
        ]),
    ...(to.replicas > from.replicas
      ? [
          'new replicas copy the data from the primary, some 10 minutes: nothing stops, and the primary works and holds a little more meanwhile',
        ]
      : []),
    ...(to.replicas < from.replicas
      ? [
          'replicas are taken away, some minutes: clients that read from them are cut off and must connect anew',
        ]
      : []),
    ...(to.shards === from.shards
      ? []
      : [
          'keys move between shards while it serves, minutes to hours by how many there are; that takes CPU of the cache, and cluster clients follow by themselves',
        ]),
    ...(to.multiAz === from.multiAz
      ? []
      : [`Multi-AZ is turned ${to.multiAz ? 'on' : 'off'}: nothing stops`]),
  ];
}

/** One way to go from here. */
export interface Neighbour {
  readonly cacheNodeType: string;
  readonly monthlyUsd: number;
  readonly usableGib: number;
  /** Percent of it that the last day's most would take; absent where nothing was measured. */
  readonly filledPercent?: number;
}

const FEW = 3;

/** The types around it whose price and memory are known, by price; with as many nodes as there are. */
export function neighboursOf(
  from: Size,
  engine: 'redis' | 'valkey',
  region: string,
  { day }: Observed,
): Neighbour[] {
  const known = KNOWN_NODE_TYPES.flatMap((cacheNodeType): Neighbour[] => {
    const price = monthlyUsd(cacheNodeType, engine, nodesOf(from), region);
    const usable = usableGib(cacheNodeType);
    if (price === undefined || usable === undefined) return [];
    const filled =
      day?.bytes === undefined ? {} : { filledPercent: Math.round((day.bytes / GIB / usable) * 100) };
    return [{ cacheNodeType, monthlyUsd: price, usableGib: usable, ...filled }];
  });
  const here = known.findIndex(({ cacheNodeType }) => cacheNodeType === from.cacheNodeType);
  return known.slice(Math.max(0, here - FEW), Math.max(here, 0) + FEW + 1);
}

function gib(amount: number): string {
  return `${amount < 0.1 ? amount.toFixed(3) : amount.toFixed(2)} GiB`;
}
