/** The package as users get it: packed, installed elsewhere, run without the sources or any dependency. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
  installed = join(folder, 'bin', 'elasticache-wizard.cjs');
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

/** The files of ours that runs have loaded: Node's own list of the scripts that it compiled. */
function loadedScripts(coverage: string): Set<string> {
  const scripts = readdirSync(coverage)
    .flatMap(
      (file) =>
        (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }).result,
    )
    // The sandbox's apps are processes of their own that are asked too.
    .filter(({ url }) => url.startsWith(pathToFileURL(folder).href) && !url.includes('/programs/'))
    .map(({ url }) => fileURLToPath(url));
  return new Set(scripts);
}

const bytesOf = (scripts: Iterable<string>): number =>
  [...scripts].reduce((sum, script) => sum + statSync(script).size, 0);

function runCovered(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const coverage = mkdtempSync(join(folder, 'coverage-'));
  const { status, stdout } = run(args, { ...env, NODE_V8_COVERAGE: coverage });
  return { status, stdout, scripts: loadedScripts(coverage) };
}

/** What the sandbox itself loads while `use` has it. */
async function withSandbox(use: (env: Record<string, string>) => void): Promise<Set<string>> {
  const { PATH } = process.env;
  const coverage = mkdtempSync(join(folder, 'coverage-'));
  const child = spawn(process.execPath, [installed, 'sandbox'], {
    env: { PATH, NODE_V8_COVERAGE: coverage },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    use((JSON.parse(line) as { env: Record<string, string> }).env);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return loadedScripts(coverage);
}

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
        'bin/elasticache-wizard.cjs',
        'dist/start.cjs',
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
});

/** What is loaded is what starting costs, whichever machine: files, then bytes. */
describe('a command loads no more than it needs', () => {
  test.each([
    ['--version', 2, 3_500],
    ['--help', 2, 3_500],
    ['setup --help', 2, 3_500],
    ['help environment', 2, 3_500],
    ['completion zsh', 2, 3_500],
    ['complete -- setup --eng', 3, 45_000],
  ])('%s', (line, files, bytes) => {
    const { status, scripts } = runCovered(line.split(' '));
    expect(status).toBe(0);
    expect(scripts.size).toBeLessThanOrEqual(files);
    expect(bytesOf(scripts)).toBeLessThan(bytes);
  });

  test('plan, and setup as the demo runs it from where it was unpacked, and proves it', async () => {
    const app = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend'];
    const plan = { status: -1 as number | null, scripts: new Set<string>() };
    const ofSandbox = await withSandbox((env) =>
      Object.assign(plan, runCovered(['plan', ...app, '--cache-name', 'pack', '--json'], env)),
    );
    const demo = runCovered(['demo', '--json']);
    const last = demo.stdout.trimEnd().split('\n').at(-1) ?? '';
    expect([demo.status, (JSON.parse(last) as { proven: boolean }).proven]).toEqual([0, true]);
    const setup = [...demo.scripts].filter((script) => !ofSandbox.has(script) || plan.scripts.has(script));
    expect(plan.status).toBe(0);
    expect(bytesOf(plan.scripts)).toBeLessThan(910_000);
    expect(bytesOf(setup)).toBeLessThan(1_215_000);
    expect(Math.max(plan.scripts.size, setup.length)).toBeLessThanOrEqual(32);
  }, 120_000);
});
