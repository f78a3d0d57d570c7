/** The package as users get it: packed, installed elsewhere, run without the sources or any dependency. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

let folder: string;
let packed: Packed;
let installed: string;

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args, '--silent'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elasticache-wizard-pack-'));
  [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], process.cwd())) as [Packed];
  // Unpacked by hand: installing would ask the registry for nothing and still need the network.
  execFileSync('tar', ['-xzf', packed.filename, '--strip-components=1'], { cwd: folder });
  installed = join(folder, 'bin', 'elasticache-wizard.js');
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, [installed, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, ...env },
    timeout: 60_000,
  });
}

/** The files of ours that a run loads, and their bytes: Node's own list of the scripts that it has compiled. */
function loadedBy(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const coverage = mkdtempSync(join(folder, 'coverage-'));
  const { status, stderr } = run(args, { ...env, NODE_V8_COVERAGE: coverage });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const scripts = readdirSync(coverage)
    .flatMap(
      (file) =>
        (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }).result,
    )
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url }) => fileURLToPath(url));
  const files = [...new Set(scripts)];
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

async function withSandbox(use: (env: Record<string, string>) => void): Promise<void> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [installed, 'sandbox', '--speed', '600'], {
    env: { PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      use((JSON.parse(line) as { env: Record<string, string> }).env);
      return;
    }
    throw new Error('The sandbox did not start');
  } finally {
    child.kill('SIGTERM');
  }
}

const APP = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend', '--cache-name', 'pack'];

describe('the packed tarball', () => {
  test('needs no dependency', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  });

  test('holds what is run and read, and neither sources nor tests', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'bin/elasticache-wizard.js',
        'dist/start.js',
        'dist/THIRD-PARTY-NOTICES.txt',
        'dist/programs/probe.py',
        'templates/clients/ioredis.js',
        'README.md',
        'LICENSE',
      ]),
    );
    expect(paths.filter((path) => /^(src|test|build)\//.test(path))).toEqual([]);
    expect(packed.size).toBeLessThan(1_300_000);
  });

  test('says its version and its help', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(run(['--version']).stdout.trim()).toBe(version);
    expect(run(['setup', '--help']).stdout).toContain('--cache-name');
    expect(run(['help', 'snapshot', 'create']).stdout).toBe(run(['snapshot', 'create', '-h']).stdout);
  });

  test('runs the demo from where it was unpacked, and proves it', () => {
    const { status, stdout } = run(['demo', '--json']);
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect([status, (JSON.parse(last) as { proven: boolean }).proven]).toEqual([0, true]);
  }, 120_000);
});

/** What is loaded is what starting costs, whichever machine: files, then bytes. */
describe('a command loads no more than it needs', () => {
  test.each([
    ['--version', 4, 5_000],
    ['--help', 4, 5_000],
    ['setup --help', 4, 5_000],
    ['help environment', 4, 5_000],
    ['completion zsh', 6, 45_000],
    ['complete -- setup --eng', 6, 45_000],
  ])('%s', (line, files, bytes) => {
    const loaded = loadedBy(line.split(' '));
    expect(loaded.files).toBeLessThanOrEqual(files);
    expect(loaded.bytes).toBeLessThan(bytes);
  });

  test('plan, setup and a look at the definition', async () => {
    await withSandbox((env) => {
      const plan = loadedBy(['plan', ...APP, '--json'], env);
      const setup = loadedBy(['setup', ...APP, '--yes', '--poll-interval', '0.1', '--json'], env);
      const lint = loadedBy(['verify', ...APP, '--lint', '--json'], env);
      expect(plan.bytes).toBeLessThan(1_030_000);
      expect(setup.bytes).toBeLessThan(1_210_000);
      expect(lint.bytes).toBeLessThan(1_260_000);
      expect(Math.max(plan.files, setup.files, lint.files)).toBeLessThanOrEqual(30);
    });
  }, 60_000);
});
