/** What a plan does to each thing, in few words: alike things and their values together, by where the values come from. */
import type { Detail } from '../domain/change.ts';
import type { Kind, Ref } from '../domain/outputs.ts';
import type { PlannedChange } from '../engine/events.ts';
import type { Piece } from './flow.ts';
import { refNames } from './kind-names.ts';

/** Things to which just the same is done. */
interface Alike {
  readonly refs: readonly [Ref, ...Ref[]];
  readonly action: 'create' | 'update' | 'delete';
  readonly details: readonly Detail[];
}

const MARKS = {
  create: { text: '+', tint: 'good' },
  update: { text: '~', tint: 'careful' },
  delete: { text: '-', tint: 'bad' },
} as const;

/** Tried out beforehand and taken away again: nothing is made by it. */
export const TRIED: readonly Kind[] = ['rehearsal', 'ping'];

/** What is said shorter here than in the list of all; '' where the value says what it is of. */
const FIELDS: Readonly<Record<string, string>> = {
  engine: '',
  'node type': '',
  'Multi-AZ with failover': 'Multi-AZ',
  'encryption in transit': 'TLS',
  'snapshot retention': 'backups',
  ingress: '',
  instances: '',
  subnets: '',
  'sticky sessions': '',
  'task definition': '',
  clients: '',
};

/** Their fields are names of the user's. */
const NAMED_VALUES: readonly Kind[] = ['taskDefinition', 'parameters', 'secrets', 'cacheParameterGroup'];

/** What needs no origin first, and last what nobody has said. */
const ORIGINS = ['', 'flag', 'environment', 'config', 'answer', 'found', 'preset', 'workload', 'default'];

/** Small things that are made for a cache, what they set first: they are one paragraph. */
const AROUND: readonly Kind[] = ['securityGroup', 'cacheParameterGroup', 'cacheSubnetGroup'];

/** A paragraph each. */
export function changePieces(changes: readonly PlannedChange[]): Piece[][] {
  const groups = together(changes);
  const isAround = ({ refs, action }: Alike): boolean => action === 'create' && AROUND.includes(refs[0].kind);
  const around = AROUND.flatMap((kind) =>
    groups.filter((group) => isAround(group) && group.refs[0].kind === kind),
  );
  return [
    ...(around.length > 0 ? [[MARKS.create, ...oneAfterAnother(around.map(besideCache))]] : []),
    ...groups
      .filter((group) => !isAround(group))
      .map((group) => [MARKS[group.action], ...saidOf(group, refNames(group.refs))]),
  ];
}

/** Which groups those are is clear here. */
function besideCache(group: Alike): Piece[] {
  return saidOf(group, refNames(group.refs).replace(/^cache /, ''));
}

function oneAfterAnother(all: readonly (readonly Piece[])[]): Piece[] {
  return all.flatMap((pieces, index) => {
    const last = pieces.at(-1);
    if (!last || index === all.length - 1) return pieces;
    return [...pieces.slice(0, -1), { ...last, text: `${last.text};` }];
  });
}

/** What is made with its password needs none later: of these there is nothing to say while that itself is made. */
const MADE_WITH: Partial<Readonly<Record<Kind, Kind>>> = {
  authToken: 'cache',
  requiredAuthToken: 'cache',
  requiredPassword: 'user',
};

export function withoutMadeWith(changes: readonly PlannedChange[]): PlannedChange[] {
  const isMade = (kind: Kind, name: string): boolean =>
    changes.some(({ ref, change }) => ref.kind === kind && ref.name === name && change.action === 'create');
  return changes.filter(({ ref, change }) => {
    const whole = MADE_WITH[ref.kind];
    return change.action !== 'none' || whole === undefined || !isMade(whole, ref.name);
  });
}

/** A new revision and the service that it is for are one change to whoever reads it. */
export function withRevisions(changes: readonly PlannedChange[]): PlannedChange[] {
  const updateOf = (kind: Kind, name: string): readonly Detail[] | undefined => {
    const found = changes.find(({ ref }) => ref.kind === kind && ref.name === name)?.change;
    return found?.action === 'update' ? found.details : undefined;
  };
  return changes.flatMap((planned): PlannedChange[] => {
    const { ref, change } = planned;
    if (change.action !== 'update') return [planned];
    if (ref.kind === 'taskDefinition') return updateOf('service', ref.name) ? [] : [planned];
    if (ref.kind !== 'service') return [planned];
    const values = (updateOf('taskDefinition', ref.name) ?? []).map(({ field, ...value }) => ({
      ...value,
      field: `${field} =`,
    }));
    return [{ ref, change: { ...change, details: [...change.details, ...values] } }];
  });
}

function together(changes: readonly PlannedChange[]): Alike[] {
  const groups: Alike[] = [];
  for (const { ref, change } of changes) {
    if (change.action === 'none' || change.action === 'blocked' || TRIED.includes(ref.kind)) continue;
    const { action } = change;
    const details = action === 'create' ? briefly(ref, change.details, changes) : change.details;
    const same = groups.findIndex(
      (group) =>
        group.refs[0].kind === ref.kind &&
        group.action === action &&
        JSON.stringify(group.details) === JSON.stringify(details),
    );
    const found = groups[same];
    if (found) groups[same] = { ...found, refs: [...found.refs, ref] };
    else groups.push({ refs: [ref], action, details });
  }
  return groups;
}

/** What is read with --verbose alone: what follows from the engine, from the nodes or from the lines above, and ids that were found. */
function briefly(
  { kind }: Ref,
  details: readonly Detail[],
  changes: readonly PlannedChange[],
): readonly Detail[] {
  if (kind === 'cacheSubnetGroup') return details.map(withoutFoundIds);
  if (kind === 'cacheParameterGroup') return details.filter(({ field }) => field !== 'family');
  if (kind === 'cache') return details.filter((detail) => !isMadeBefore(detail, changes));
  const metrics = details.filter(({ field }) => field !== 'watched');
  if (kind !== 'alarms' || details.length === metrics.length) return details;
  return [{ field: 'on', to: `${metrics.length} metrics each (--verbose lists their limits)` }];
}

function isMadeBefore({ field, to }: Detail, changes: readonly PlannedChange[]): boolean {
  return (
    field === 'parameter group' &&
    changes.some(
      ({ ref, change }) =>
        ref.kind === 'cacheParameterGroup' && ref.name === to && change.action === 'create',
    )
  );
}

/** `us-east-1a, b, c` for subnets that nobody has named. */
function withoutFoundIds(detail: Detail): Detail {
  const [, zones] = /^subnet-.* in ([a-z0-9-]+(?:, [a-z0-9-]+)*)$/.exec(detail.to) ?? [];
  if (detail.origin !== 'found' || zones === undefined) return detail;
  const [first = '', ...others] = zones.split(', ');
  const region = first.slice(0, -1);
  return { ...detail, to: [first, ...others.map((zone) => zone.replace(region, ''))].join(', ') };
}

function saidOf({ refs, details }: Alike, names: string): Piece[] {
  const origins = [...new Set(details.map(({ origin = '' }) => origin))];
  origins.sort((one, other) => ORIGINS.indexOf(one) - ORIGINS.indexOf(other));
  const groups = origins.map((origin) => ({
    origin,
    values: details.filter((each) => (each.origin ?? '') === origin).map((each) => said(refs[0].kind, each)),
  }));
  return [
    { text: `${names}${groups.length > 0 ? ':' : ''}` },
    ...groups.flatMap(({ origin, values }, index): Piece[] => {
      const text = `${listOf(values)}${index < groups.length - 1 ? ';' : ''}`;
      if (origin === '') return [{ text }];
      const dim = origin === 'default' ? { tint: 'dim' as const } : {};
      return [
        { text: `[${origin}]`, tint: 'dim' },
        { text, ...dim },
      ];
    }),
  ];
}

/** Where a comma could be a value's own. */
function listOf(values: readonly string[]): string {
  return values.join(values.some((value) => value.includes(', ')) ? '; ' : ', ');
}

function said(kind: Kind, { field, from, to }: Detail): string {
  const value = from === undefined ? to : `${from} → ${to}`;
  const name = FIELDS[field] ?? field;
  if (name === '') return value;
  return `${name}${NAMED_VALUES.includes(kind) ? ' = ' : ' '}${value}`;
}
