/** The picture as SVG: visitors above, the apps below them, the caches at the bottom; what is broken is red. */
import type { CheckReport } from '../../domain/check.ts';
import { html, type Markup } from './markup.ts';
import {
  nameOfGroup,
  stateOf,
  type NamedGroup,
  type PartState,
  type Picture,
  type PicturedApp,
  type PicturedCache,
  type PicturePart,
} from './picture.ts';
import { BOX_WIDTH, drawBox, drawEdge, drawFrame, heightOf, SIGNS, type Box } from './shapes.ts';

const COLUMN = 360;
const EDGE = 56;
/** It carries a badge and two lines of text. */
const PATH = 84;
/** Between a box and the frame around it, and between frames. */
const INSET = 12;
/** Of a frame: its label stands above what it holds. */
const LABEL = 24;
const VISITORS = 28;
const MOST_LINES = 6;

interface Rows {
  /** Absent: nobody comes in by a load balancer. */
  readonly balancers?: number;
  readonly vpc: number;
  readonly apps: number;
  readonly appsEnd: number;
  readonly caches: number;
  readonly cachesEnd: number;
  readonly end: number;
}

export function drawing(picture: Picture, checks: readonly CheckReport[]): Markup {
  const { apps, caches } = picture;
  const columns = Math.max(apps.length, caches.length, 1);
  const width = columns * COLUMN;
  const middle = (index: number, of: number): number => (width / of) * (index + 0.5);
  const state = (part: PicturePart, app: PicturedApp): PartState => stateOf(part, checks, app, apps);
  const appBoxes = apps.map((app) => appBox(app, state('app', app), state('handing', app)));
  const cacheBoxes = caches.map((cache) => cacheBox(cache, stateOf('cache', checks, cache, caches)));
  const shared = isOneVpc(picture);
  const rows = rowsOf(picture, appBoxes, cacheBoxes, shared);

  const drawApp = (app: PicturedApp, index: number): Markup => {
    const x = middle(index, apps.length);
    const box = appBoxes[index];
    return html`${shared ? undefined : vpcFrame(app.vpcId, x, rows.vpc, rows.appsEnd)}
    ${entry(app, x, rows, state('entry', app))} ${box && framed(box, app.securityGroups, x, rows.apps)}`;
  };
  const drawCache = (cache: PicturedCache, index: number): Markup => {
    const x = middle(index, caches.length);
    const box = cacheBoxes[index];
    const ownVpc = !shared && cache.vpcId !== undefined;
    return html`${ownVpc ? vpcFrame(cache.vpcId, x, rows.caches - LABEL, rows.cachesEnd) : undefined}
    ${box && framed(box, cache.securityGroups, x, rows.caches)}`;
  };
  const path = (app: PicturedApp, index: number, name: string): readonly Markup[] => {
    const at = caches.findIndex((cache) => cache.name === name);
    const cache = caches[at];
    const box = appBoxes[index];
    if (!cache || !box) return [];
    const from = { x: middle(index, apps.length), y: rows.apps + framedHeight(box) };
    const to = { x: middle(at, caches.length), y: rows.caches };
    return [drawEdge(from, to, state('path', app), cache.speaks)];
  };

  return html`<svg
    viewBox="0 0 ${width} ${rows.end}"
    role="img"
    style="min-width: ${columns * 300}px; max-width: ${columns * 460}px"
  >
    <title>${inWords(picture)}</title>
    ${shared && apps[0] ? vpcFrame(apps[0].vpcId, width / 2, rows.vpc, rows.cachesEnd, width) : undefined}
    ${apps.map(drawApp)} ${caches.map(drawCache)}
    ${apps.flatMap((app, index) => app.caches.flatMap((name) => path(app, index, name)))}
  </svg>`;
}

/** Then it is drawn once, around everything. */
function isOneVpc({ apps, caches }: Picture): boolean {
  return new Set([...apps, ...caches].map(({ vpcId }) => vpcId)).size === 1;
}

function rowsOf(
  { apps }: Picture,
  appBoxes: readonly Box[],
  cacheBoxes: readonly Box[],
  shared: boolean,
): Rows {
  const entered = apps.some(({ balancers }) => balancers.length > 0);
  const vpc = entered ? 1 + VISITORS + EDGE - LABEL : 1;
  const balancers = vpc + LABEL + INSET;
  const appsTop = entered
    ? balancers + Math.max(...apps.map((app) => heightOf(balancerBox(app)))) + EDGE
    : vpc + LABEL;
  const appsEnd = appsTop + Math.max(0, ...appBoxes.map(framedHeight)) + INSET;
  const cachesTop = appsEnd - INSET + PATH + (shared ? 0 : INSET + LABEL);
  const cachesEnd =
    cacheBoxes.length === 0 ? appsEnd : cachesTop + Math.max(...cacheBoxes.map(framedHeight)) + INSET;
  return {
    ...(entered ? { balancers } : {}),
    vpc,
    apps: appsTop,
    appsEnd,
    caches: cachesTop,
    cachesEnd,
    end: cachesEnd + 2,
  };
}

function vpcFrame(vpcId: string | undefined, x: number, y: number, end: number, width = COLUMN): Markup {
  return drawFrame('vpc', `VPC ${vpcId ?? ''}`, {
    x: x - width / 2 + 2,
    y,
    width: width - 4,
    height: end - y,
  });
}

function framed(box: Box, groups: readonly NamedGroup[], x: number, y: number): Markup {
  const width = BOX_WIDTH + 2 * INSET;
  const area = { x: x - width / 2, y, width, height: framedHeight(box) };
  return html`${drawFrame('groups', labelOf(groups), area)} ${drawBox(box, x, y + LABEL)}`;
}

function framedHeight(box: Box): number {
  return LABEL + heightOf(box) + INSET;
}

function labelOf(groups: readonly NamedGroup[]): string {
  if (groups.length === 0) return 'security groups: not read';
  return groups.map(nameOfGroup).join(', ');
}

function entry(
  app: PicturedApp,
  x: number,
  { balancers: y, apps }: Rows,
  state: PartState,
): Markup | undefined {
  if (y === undefined || app.balancers.length === 0) return undefined;
  const box = balancerBox(app);
  // What the checks do not like shows behind the load balancer.
  const arrival = { outcome: state.outcome === 'pass' ? 'pass' : 'skip', checks: [] } as const;
  return html`<g class="visitors">
      <rect x="${x - 50}" y="1" width="100" height="${VISITORS}" rx="14" />
      <text x="${x}" y="20">visitors</text>
    </g>
    ${drawEdge({ x, y: 1 + VISITORS }, { x, y }, arrival, '')} ${drawBox(box, x, y)}
    ${drawEdge({ x, y: y + heightOf(box) }, { x, y: apps }, state, '')}`;
}

function balancerBox({ balancers: [first, ...others] }: PicturedApp): Box {
  return {
    title: first?.name ?? '',
    lines: [
      {
        text: `load balancer, ${first?.scheme ?? ''}${others.length > 0 ? `, and ${others.length} more` : ''}`,
      },
      { text: first?.stickiness ?? '' },
    ],
  };
}

function appBox(app: PicturedApp, runs: PartState, handing: PartState): Box {
  const variables = app.variables.length === 0 ? 'nothing of ours' : app.variables.join(', ');
  const subnets = app.subnets.map(({ subnetId, availabilityZone }) =>
    `${availabilityZone} ${subnetId}`.trim(),
  );
  return {
    title: app.name,
    outcome: runs.outcome,
    lines: [
      { text: app.runs },
      {
        text: `${isBad(handing) ? `${SIGNS[handing.outcome]} ` : ''}reads ${variables}`,
        outcome: handing.outcome,
      },
      ...limited(subnets).map((text) => ({ text })),
      ...blameLine(runs),
    ],
  };
}

function cacheBox(cache: PicturedCache, state: PartState): Box {
  return {
    title: cache.name,
    outcome: state.outcome,
    lines: [
      { text: cache.is },
      { text: cache.status },
      ...limited(cache.nodes).map((text) => ({ text })),
      ...blameLine(state),
    ],
  };
}

/** In a box there is no edge to write it beside. */
function blameLine({ outcome, checks }: PartState): Box['lines'] {
  return isBad({ outcome }) ? [{ text: `${SIGNS[outcome]} ${checks.join(', ')}`, outcome }] : [];
}

function isBad({ outcome }: Pick<PartState, 'outcome'>): boolean {
  return outcome === 'fail' || outcome === 'warn' || outcome === 'inconclusive';
}

function limited(texts: readonly string[]): string[] {
  if (texts.length <= MOST_LINES) return [...texts];
  return [...texts.slice(0, MOST_LINES - 1), `and ${texts.length - MOST_LINES + 1} more`];
}

/** For whoever does not see it. */
function inWords({ apps, caches }: Picture): string {
  const names = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(', ');
  return `The way from ${names(apps)} to ${names(caches)}`;
}
