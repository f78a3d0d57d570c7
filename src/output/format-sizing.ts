/** What a cache is, what it could be, and what speaks for that. */
import { usableGib } from '../domain/cost.ts';
import {
  nodesOf,
  type Argument,
  type Load,
  type Neighbour,
  type Observed,
  type Size,
} from '../domain/sizing.ts';
import { wrap } from './line-width.ts';
import type { Paint } from './paint.ts';

export interface Sizing {
  readonly cache: string;
  readonly engine: string;
  readonly from: Priced;
  /** Absent: nothing else was asked for. */
  readonly to?: Priced;
  readonly observed: Observed;
  readonly arguments: readonly Argument[];
  /** What happens on the way, for clients. */
  readonly meanwhile: readonly string[];
  readonly neighbours: readonly Neighbour[];
}

export interface Priced extends Size {
  /** Absent: not known here. */
  readonly monthlyUsd?: number;
}

export function formatSizing(sizing: Sizing, paint: Paint): string[] {
  const { cache, from, to, observed } = sizing;
  return [
    paint.bold(cache),
    ...labelled('now', `${sizeText(from)}: ${priceText(from)}`),
    ...(to ? labelled('then', `${sizeText(to)}: ${priceText(to)}${differenceText(from, to)}`) : []),
    ...loadLines(observed),
    ...sizing.arguments.flatMap(({ verdict, message }) => hanging(`  ${MARKS[verdict](paint)} `, 4, message)),
    ...sizing.meanwhile.flatMap((sentence) => hanging(`  ${paint.dim('~')} `, 4, sentence)),
    ...(to ? [] : formatNeighbours(sizing, paint)),
    '',
  ];
}

const MARKS: Readonly<Record<Argument['verdict'], (paint: Paint) => string>> = {
  stop: (paint) => paint.bad('✖'),
  against: (paint) => paint.careful('!'),
  for: (paint) => paint.good('+'),
  note: (paint) => paint.dim('–'),
};

/** As wide as the narrowest terminal: how wide this one is, nobody knows here. */
const WIDTH = 80;
const LABEL = 12;

function labelled(label: string, text: string): string[] {
  return hanging(`  ${label}`.padEnd(LABEL), LABEL, text);
}

function hanging(head: string, indent: number, text: string): string[] {
  return wrap(text, WIDTH - indent).map((line, index) =>
    index === 0 ? `${head}${line}` : `${' '.repeat(indent)}${line}`,
  );
}

function sizeText(size: Size): string {
  const { cacheNodeType, shards, replicas, multiAz } = size;
  const usable = usableGib(cacheNodeType);
  const layout = [
    ...(shards > 1 ? [`${shards} shards`] : []),
    replicas === 0
      ? 'no replica'
      : `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}${shards > 1 ? ' each' : ''}`,
    ...(multiAz ? ['Multi-AZ'] : []),
    ...(usable === undefined ? [] : [`${(usable * shards).toFixed(2)} GiB for data`]),
  ];
  return [`${nodesOf(size)} × ${cacheNodeType}`, ...layout].join(', ');
}

function priceText({ monthlyUsd }: Priced): string {
  return monthlyUsd === undefined ? 'price not known here' : `$${monthlyUsd.toFixed(2)} a month`;
}

function differenceText({ monthlyUsd: before }: Priced, { monthlyUsd: after }: Priced): string {
  if (before === undefined || after === undefined) return '';
  const difference = after - before;
  if (Math.abs(difference) < 0.005) return ', the same price';
  return `, $${Math.abs(difference).toFixed(2)} ${difference > 0 ? 'more' : 'less'}`;
}

function loadLines({ hour, day }: Observed): string[] {
  const [lately, today] = [hour && loadText(hour), day && loadText(day)];
  return [
    ...labelled('last hour', lately ?? 'CloudWatch has nothing of it'),
    ...(today === undefined || today === lately ? [] : labelled('last day', today)),
  ];
}

function loadText(load: Load): string {
  const { memoryPercent, engineCpuPercent, cpuPercent, connections, evictions, networkExceeded } = load;
  const figures = [
    ...(memoryPercent === undefined ? [] : [`memory ${percent(memoryPercent)}`]),
    ...(engineCpuPercent === undefined ? [] : [`engine ${percent(engineCpuPercent)}`]),
    ...(cpuPercent === undefined ? [] : [`CPU ${percent(cpuPercent)}`]),
    ...(connections === undefined ? [] : [`${connections.toFixed(0)} connections`]),
    ...(evictions === undefined ? [] : [`${evictions.toFixed(0)} evicted`]),
    ...((networkExceeded ?? 0) > 0 ? ['network allowance spent'] : []),
  ];
  return `at most ${figures.join(', ')}`;
}

function percent(value: number): string {
  return value > 0 && value < 1 ? '<1 %' : `${value.toFixed(0)} %`;
}

function formatNeighbours({ neighbours, from }: Sizing, paint: Paint): string[] {
  if (neighbours.length === 0) return [];
  const count = nodesOf(from);
  const rows = neighbours.map(({ cacheNodeType, monthlyUsd, usableGib: usable, filledPercent }) => {
    const isHere = cacheNodeType === from.cacheNodeType;
    const filled = filledPercent === undefined ? '' : `   ${filledText(filledPercent)}`;
    const row = `${isHere ? '=' : ' '} ${cacheNodeType.padEnd(18)}${monthlyUsd.toFixed(2).padStart(9)}${usable.toFixed(2).padStart(10)}${filled}`;
    return `  ${isHere ? paint.bold(row) : row}`;
  });
  return [
    '',
    paint.dim(`    ${`${count} ×`.padEnd(18)}${'$ a month'.padStart(9)}${'GiB each'.padStart(10)}`),
    ...rows,
  ];
}

function filledText(filledPercent: number): string {
  if (filledPercent > 100) return 'the data does not fit';
  return filledPercent < 1 ? '<1 % full' : `${filledPercent} % full`;
}

/** It has no size, only limits. */
export function serverlessLines(cache: string): string[] {
  return [
    `${cache} is serverless and scales by itself; what it may grow to is bounded by --data-storage-maximum (GB) and --ecpu-maximum.`,
  ];
}
