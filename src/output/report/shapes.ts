/** What the picture is made of: boxes with lines of text, frames around them, edges between them. */
import type { Outcome } from '../../domain/check.ts';
import { cut } from '../line-width.ts';
import { html, type Markup } from './markup.ts';
import type { PartState } from './picture.ts';

export const LINE = 18;
export const BOX_WIDTH = 300;
const PADDING = 12;
/** What fits into a box at this size, in letters of middling width. */
const LETTERS = 38;

export interface TextLine {
  readonly text: string;
  readonly outcome?: Outcome;
}

export interface Box {
  readonly title: string;
  readonly lines: readonly TextLine[];
  readonly outcome?: Outcome;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const SIGNS: Readonly<Record<Outcome, string>> = {
  pass: '✔',
  warn: '!',
  fail: '✖',
  inconclusive: '?',
  skip: '–',
};

export function heightOf({ lines }: Box): number {
  return (lines.length + 1) * LINE + 2 * PADDING - 4;
}

/** `x`: its middle. */
export function drawBox(box: Box, x: number, y: number): Markup {
  const left = x - BOX_WIDTH / 2;
  const baseline = y + PADDING + 10;
  return html`<g class="box ${box.outcome ?? ''}">
    <rect x="${left}" y="${y}" width="${BOX_WIDTH}" height="${heightOf(box)}" rx="8" />
    <text class="title" x="${left + PADDING}" y="${baseline}">${cut(box.title, LETTERS - 10)}</text>
    ${box.lines.map(
      ({ text, outcome }, at) =>
        html`<text class="line ${outcome ?? ''}" x="${left + PADDING}" y="${baseline + (at + 1) * LINE}"
          >${cut(text, LETTERS)}</text
        >`,
    )}
  </g>`;
}

export function drawFrame(kind: 'vpc' | 'groups', label: string, { x, y, width, height }: Area): Markup {
  return html`<g class="frame ${kind}">
    <rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" />
    <text x="${x + PADDING}" y="${y + 16}">${cut(label, Math.floor(width / 6.6))}</text>
  </g>`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What it carries stands beside it, and below that which checks do not like it. */
export function drawEdge(from: Point, to: Point, { outcome, checks }: PartState, carries: string): Markup {
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const isMarked = outcome === 'fail' || outcome === 'warn' || outcome === 'inconclusive';
  return html`<g class="edge ${outcome}">
    <path d="M ${from.x} ${from.y} L ${to.x} ${to.y}" />
    <path class="tip" d="${tip(from, to)}" />
    <text class="carries" x="${x + 18}" y="${isMarked ? y - 4 : y + 4}">${carries}</text>
    ${
      isMarked
        ? html`<circle cx="${x}" cy="${y}" r="10" />
            <text class="sign" x="${x}" y="${y + 4.5}">${SIGNS[outcome]}</text>
            <text class="blames" x="${x + 18}" y="${carries === '' ? y + 4 : y + 13}"
              >${cut(checks.join(', '), 24)}</text
            >`
        : undefined
    }
  </g>`;
}

function tip(from: Point, to: Point): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const corner = (turn: number): string =>
    `${(to.x - 9 * Math.cos(angle + turn)).toFixed(1)} ${(to.y - 9 * Math.sin(angle + turn)).toFixed(1)}`;
  return `M ${to.x} ${to.y} L ${corner(0.45)} L ${corner(-0.45)} Z`;
}
