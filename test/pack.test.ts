/** The package as users get it: packed, installed elsewhere, run without the sources or any dependency. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

function run(...args: string[]) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, [installed, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH },
    timeout: 60_000,
  });
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
        'bin/elasticache-wizard.js',
        'dist/main.js',
        'dist/programs/probe.py',
        'templates/clients/ioredis.js',
        'README.md',
        'LICENSE',
      ]),
    );
    expect(paths.filter((path) => /^(src|test)\//.test(path))).toEqual([]);
    expect(packed.size).toBeLessThan(1_500_000);
  });

  test('says its version and its help', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(run('--version').stdout.trim()).toBe(version);
    expect(run('setup', '--help').stdout).toContain('--cache-name');
  });

  test('runs the demo from where it was unpacked, and proves it', () => {
    const { status, stdout } = run('demo', '--json');
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect([status, (JSON.parse(last) as { proven: boolean }).proven]).toEqual([0, true]);
  }, 120_000);
});
