/**
 * What the tool itself costs, as ratios against bare Node on the same machine in the same run: medians of several
 * starts, with the spread beside them. Uses the built bundle and the local AWS; nothing leaves this machine.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/elasticache-wizard.js', import.meta.url));
const RUNS = 15;
const APP = [
  '--ecs-cluster',
  'collabcanvas',
  '--service',
  'collabcanvas-backend',
  '--cache-name',
  'bench-redis',
];

/** Wall milliseconds of a program that must end with `exitCode`. */
function once(args, env, exitCode = 0) {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== exitCode) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

function measure(args, env) {
  once(args, env);
  const times = Array.from({ length: RUNS }, () => once(args, env)).sort((a, b) => a - b);
  return { median: times[Math.floor(RUNS / 2)], fastest: times[0], slowest: times[RUNS - 1] };
}

async function withSandbox(use) {
  const child = spawn(process.execPath, [BIN, 'sandbox', '--speed', '600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) return await use(JSON.parse(line));
    throw new Error('The sandbox did not start');
  } finally {
    child.kill('SIGINT');
  }
}

function report(rows) {
  const baseline = rows[0][1].median;
  const lines = rows.map(([name, { median, fastest, slowest }]) => {
    const ratio = (median / baseline).toFixed(2);
    return `| ${name} | ${median.toFixed(0)} ms | ${fastest.toFixed(0)} to ${slowest.toFixed(0)} ms | ${ratio} × |`;
  });
  process.stdout.write(
    ['| what | median | spread | against bare Node |', '|---|---|---|---|', ...lines, ''].join('\n'),
  );
}

const rows = [
  ['`node -e 0`', measure(['-e', '0'])],
  ['`--version`', measure([BIN, '--version'])],
  ['`--help`', measure([BIN, '--help'])],
];
await withSandbox(({ env }) => {
  once([BIN, 'setup', ...APP, '--yes', '--poll-interval', '0.1', '--json'], env);
  rows.push(
    ['`plan`, nothing to change', measure([BIN, 'plan', ...APP, '--json'], env)],
    ['`verify --lint`', measure([BIN, 'verify', ...APP, '--lint', '--json'], env)],
  );
});
report(rows);
