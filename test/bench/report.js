/** Rows of figures: how they are written, what was to be reached, and their place in the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './measuring.js';

const BEGIN = '<!-- bench: written by `npm run bench -- --write` -->';
const END = '<!-- /bench -->';
const HEAD = ['| what | measured | against | ratio | goal |', '|---|---|---|---|---|'];

/** More than this at work at the start, for each core, and the figures say more of the machine than of us. */
const BUSY = 0.5;

export const times = (ratio) => `${ratio < 10 ? ratio.toFixed(2) : Math.round(ratio)} ×`;
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
export const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
export const megabytes = (bytes) => `${(bytes / 1_000_000).toFixed(1)} MB`;

export function milliseconds({ median, fastest, slowest }) {
  return `${median.toFixed(0)} ms (${fastest.toFixed(0)} to ${slowest.toFixed(0)})`;
}

export const atMost = (goal, value, written = String) => ({
  goal: `≤ ${written(goal)}`,
  missed: value > goal,
});
export const atLeast = (goal, value, written = String) => ({
  goal: `≥ ${written(goal)}`,
  missed: value < goal,
});

export function machine() {
  const [load] = loadavg();
  const cores = cpus().length;
  const words = `Node ${process.versions.node}, ${platform()} ${arch()}, ${cores} cores`;
  return {
    busy: load > cores * BUSY,
    words: `${words}, load ${load.toFixed(1)} at the start`,
  };
}

export function tableOf(rows) {
  const lines = rows.map(({ what, figure, against = '', ratio = '', goal = '', missed = false }) =>
    lineOf([what, figure, against, ratio, missed ? `${goal} **missed**` : goal]),
  );
  return [...HEAD, ...lines].join('\n');
}

const lineOf = (cells) => `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;

/** Between its markers, which only this writes. */
export function writeIntoReadme(text) {
  const file = join(ROOT, 'README.md');
  const readme = readFileSync(file, 'utf8');
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`README.md has not ${BEGIN} and ${END}`);
  writeFileSync(file, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
}
