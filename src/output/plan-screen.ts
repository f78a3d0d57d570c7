/**
 * The plan on a terminal: all that must be known before it is approved, on as few lines as that takes, for the
 * question stands below it. In full, with the reasons for what follows from a workload, it is `format-plan.ts`.
 */
import { formatCostBriefly } from './format-cost.ts';
import { commandLines } from './command-lines.ts';
import { flow, type Piece } from './flow.ts';
import { formatDuration } from './format-duration.ts';
import { restartedBy, type PlanReady } from './format-plan.ts';
import { refName } from './kind-names.ts';
import type { Paint } from './paint.ts';
import { changePieces, TRIED, withoutMadeWith, withRevisions } from './plan-details.ts';

/** Longer lines are hard to follow to their next. */
const WIDEST = 140;

/** What is asked below it: the question, five choices, a blank line and the keys. */
const ROWS_OF_QUESTION = 8;

/** `rows`: of the terminal, where the plan is asked about. The command is left out there if it would push the plan away. */
export function planScreen(event: PlanReady, paint: Paint, columns: number, rows = Infinity): string[] {
  const width = Math.min(columns, WIDEST);
  const changes = withRevisions(withoutMadeWith(event.changes));
  const plan = { ...event, changes };
  const isPending = changes.some(({ change }) => change.action !== 'none');
  const isBlocked = changes.some(({ change }) => change.action === 'blocked');
  const paragraphs: Piece[][] = [
    [{ text: titleOf(plan), tint: 'bold' }],
    ...blockedPieces(plan),
    ...changePieces(changes),
    ...alonePieces(plan),
    ...(isBlocked ? [] : tryPieces(plan)),
    ...(isBlocked ? [] : formatCostBriefly(plan).map(priced)),
    ...(isPending && !isBlocked ? consequencePieces(plan) : []),
  ];
  const lines = paragraphs.flatMap((pieces) => flow(pieces, paint, width));
  const same = isPending && !isBlocked ? equivalentLines(plan, paint, width) : [];
  const fits = lines.length + same.length + ROWS_OF_QUESTION <= rows;
  return fits ? [...lines, ...same] : lines;
}

/** What each mark stands for, where there is one. */
function titleOf({ changes }: PlanReady): string {
  if (changes.every(({ change }) => change.action === 'none')) return 'Plan: nothing to change';
  const counted = changes.filter(({ ref }) => !TRIED.includes(ref.kind));
  const count = (action: string): number => counted.filter(({ change }) => change.action === action).length;
  const parts = [
    [count('blocked'), 'in the way (!)'],
    [count('create'), 'made (+)'],
    [count('update'), 'changed (~)'],
    [count('delete'), 'deleted (-)'],
    [count('none'), 'left alone (=)'],
  ] as const;
  const told = parts.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []));
  return `Plan: ${told.join(', ')}`;
}

function blockedPieces({ changes }: PlanReady): Piece[][] {
  return changes.flatMap(({ ref, change }) =>
    change.action === 'blocked'
      ? [[{ text: '!', tint: 'bad' }, { text: `${refName(ref)}: ${change.reason}. Try: ${change.hint}` }]]
      : [],
  );
}

/** What is as it should be, in one sentence; what is left for a reason, in one each. */
function alonePieces({ changes }: PlanReady): Piece[][] {
  const alone = changes.flatMap(({ ref, change }) =>
    change.action === 'none' && !TRIED.includes(ref.kind) ? [{ name: refName(ref), note: change.note }] : [],
  );
  const plain = alone.filter(({ note }) => note === undefined).map(({ name }) => name);
  const noted = alone.filter(({ note }) => note !== undefined);
  const lines = [
    ...(plain.length > 0 ? [`= as it should be: ${plain.join(', ')}`] : []),
    ...noted.map(({ name, note }) => `= ${name}: ${note}`),
  ];
  return lines.map((text) => [{ text, tint: 'dim' }]);
}

/** Before an app is touched: in each way once. */
function tryPieces({ changes }: PlanReady): Piece[][] {
  const tries = (kind: 'rehearsal' | 'ping'): string[] =>
    changes.flatMap(({ ref, change }) =>
      ref.kind === kind && change.action === 'create' ? change.details.map(({ to }) => to) : [],
    );
  const rehearsals = tries('rehearsal');
  const ways = new Set(rehearsals.length > 0 ? rehearsals : tries('ping'));
  return [...ways].map((way) => [{ text: `PING first: ${way}` }]);
}

function priced(line: string): Piece[] {
  const [, sum, rest = ''] = /^(Price: \$\S+ a month,?) (.*)$/.exec(line) ?? [];
  return sum === undefined ? [{ text: line }] : [{ text: sum, tint: 'bold' }, { text: rest }];
}

function consequencePieces(plan: PlanReady): Piece[][] {
  const { undoneBy = [], permanent = [] } = plan;
  return [
    [...durationOf(plan), { text: restartsOf(plan) }],
    ...undoneBy.map(({ service, tool }): Piece[] => [
      { text: '!', tint: 'careful' },
      { text: `Undone by the next deploy of ${service} by ${tool}, unless its definition says the same` },
    ]),
    ...permanentPieces(permanent),
  ];
}

function durationOf({ usualMs }: PlanReady): Piece[] {
  return usualMs === undefined ? [] : [{ text: `Takes: about ${formatDuration(usualMs)}.` }];
}

function restartsOf(plan: PlanReady): string {
  const { services, apps } = restartedBy(plan);
  const what = [
    ...(services.length > 0 ? [`the tasks of ${services.join(', ')}`] : []),
    ...(apps.length > 0 ? [`the instances’ app ${apps.join(', ')}, one instance after another`] : []),
  ];
  return `Restarts: ${what.join('; ') || 'nothing'}`;
}

function permanentPieces(permanent: NonNullable<PlanReady['permanent']>): Piece[][] {
  const groups = byText(permanent.map(({ cache, what }) => [what.join(', '), cache]));
  return groups.map(([what, caches]) => {
    const of = permanent.length === 1 ? ':' : `, of ${caches}:`;
    return [{ text: `Never changed later${of}`, tint: 'bold' }, { text: what }];
  });
}

/** Names by what is said of them all. */
function byText(said: readonly (readonly [text: string, name: string])[]): [string, string][] {
  const names = new Map<string, string>();
  for (const [text, name] of said) {
    const others = names.get(text);
    names.set(text, others === undefined ? name : `${others}, ${name}`);
  }
  return [...names];
}

function equivalentLines({ equivalent }: PlanReady, paint: Paint, columns: number): string[] {
  if (!equivalent) return [];
  const [first = '', ...others] = commandLines(equivalent, columns - SAME.length);
  return [`${SAME}${paint.name(first)}`, ...others.map((line) => paint.name(line))];
}

const SAME = 'Same: ';
