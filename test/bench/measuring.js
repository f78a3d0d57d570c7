/** Programs run side by side on one machine: their times, medians with spread, and what is cleaned up after them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BIN = join(ROOT, 'bin', 'elasticache-wizard.cjs');
export const OURS = [process.execPath, BIN];

const folders = [];
const children = new Set();

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'elasticache-wizard-bench-'));
  folders.push(folder);
  return folder;
}

/** Also where the bench is cut off: nothing of it outlives it. */
process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** A child that ends with us. */
export function started([program, ...args], options) {
  const child = spawn(program, args, options);
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Reading them is a part of Node's start that has nothing to do with us, and would flatter us. */
const APART = { NODE_EXTRA_CA_CERTS: undefined };

/** Wall milliseconds of a program that must end with `exitCode`, and what it wrote. */
export function run(command, { env = {}, cwd = ROOT, exitCode = 0 } = {}) {
  const startedAt = performance.now();
  const child = started(command, {
    env: { ...process.env, ...APART, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => (written[stream] += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      const ms = performance.now() - startedAt;
      if (status === exitCode) resolve({ ms, ...written });
      else
        reject(
          new Error(
            `${command.join(' ')} ended with ${status}: ${written.stderr || written.stdout.slice(-2000)}`,
          ),
        );
    });
  });
}

/** The figures of each measurement, taken in turns: what else the machine does meets all of them alike. */
export async function sideBySide(measurements, { rounds, warmUp = true }) {
  const times = new Map(Object.keys(measurements).map((name) => [name, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(measurements)) {
      const ms = await measure();
      if (round >= 0) times.get(name).push(ms);
    }
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, spreadOf(list)]));
}

export function spreadOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], fastest: sorted[0], slowest: sorted.at(-1) };
}

/** Milliseconds of processor that a program and all that it started took: what AWS takes is not in it. */
export async function processorTime([program, ...args], options) {
  const { stdout } = await run(['sh', '-c', '"$0" "$@" >/dev/null && times', program, ...args], options);
  const [, user, system] = /\n\s*(\S+)\s+(\S+)\s*$/.exec(stdout);
  return minutes(user) + minutes(system);
}

/** As `times` of a shell writes them: 0m1.250s. */
function minutes(text) {
  const [, whole, seconds] = /^(\d+)m([\d.]+)s$/.exec(text);
  return (Number(whole) * 60 + Number(seconds)) * 1000;
}
