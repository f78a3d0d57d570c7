/** What the package weighs: packed, loaded, and on the way from a cold cache of npm to its first words. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PROJECT, SPEED, withLocalAws } from './local-aws.js';
import { OURS, ROOT, run, sideBySide, temporaryFolder } from './measuring.js';
import { atMost, kilobytes, megabytes, milliseconds, times } from './report.js';

const PACKED_GOAL = 1_500_000;
const LOADED_GOAL = 600_000;
const NPX_GOAL = 3;

/** Nothing is asked of a registry, and nothing is said beside. */
const NPM = {
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

export async function packageFigures({ laboratory }) {
  const folder = temporaryFolder();
  const { tarball, size, unpackedSize } = await packed(ROOT, folder);
  const tree = sizeOf(dependencyTree());
  const loaded = await loadedBySetup(laboratory);
  return [
    {
      what: 'the package, packed, with the sandbox',
      figure: `${kilobytes(size)} (unpacked ${megabytes(unpackedSize)})`,
      against: `its dependencies, unbundled and unpacked: ${megabytes(tree)}`,
      ratio: times(unpackedSize / tree),
      ...atMost(PACKED_GOAL, size, megabytes),
    },
    { what: 'loaded by `setup`', figure: kilobytes(loaded), ...atMost(LOADED_GOAL, loaded, kilobytes) },
    await coldFigure(folder, tarball),
  ];
}

async function packed(folder, destination) {
  const { stdout } = await run(['npm', 'pack', '--json', '--pack-destination', destination], {
    cwd: folder,
    env: NPM,
  });
  const [{ filename, size, unpackedSize }] = JSON.parse(stdout);
  return { tarball: join(destination, filename), size, unpackedSize };
}

/** From the tarball, for a registry's answer is not ours to measure; each time with a cache that has nothing. */
async function coldFigure(folder, tarball) {
  const source = join(folder, 'empty-source');
  mkdirSync(source);
  writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0' }));
  const empty = await packed(source, folder);
  const cold = async (command) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'user', version: '1.0.0' }));
    return (await run(command, { cwd, env: { ...NPM, npm_config_cache: temporaryFolder() } })).ms;
  };
  const { npx, install } = await sideBySide(
    {
      npx: () => cold(['npx', '--yes', '--package', `file:${tarball}`, 'elasticache-wizard', '--version']),
      install: () => cold(['npm', 'install', `file:${empty.tarball}`]),
    },
    { rounds: 5, warmUp: false },
  );
  const ratio = npx.median / install.median;
  return {
    what: '`npx` of the tarball from a cold cache to the first output',
    figure: milliseconds(npx),
    against: `installing an empty package: ${milliseconds(install)}`,
    ratio: times(ratio),
    ...atMost(NPX_GOAL, ratio, times),
  };
}

/**
 * The files of the package that a setup loads, as V8 lists them for coverage: by one that leaves AWS to its work, and by
 * one that then checks everything. (Between them, on a fast clock, AWS's work is waited for.)
 */
async function loadedBySetup(laboratory) {
  const folder = temporaryFolder();
  await withLocalAws(async ({ env }) => {
    const setup = ['setup', ...PROJECT, '--yes', '--json'];
    const seen = { env: { ...env, NODE_V8_COVERAGE: folder } };
    await run([...OURS, ...setup, '--detach'], seen);
    await run([...laboratory.fastClient(SPEED), ...setup], { env });
    await run([...OURS, ...setup], seen);
  });
  const files = new Set();
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const { url } of result) if (url.startsWith(pathToFileURL(ROOT).href)) files.add(fileURLToPath(url));
  }
  return [...files].reduce((sum, file) => sum + statSync(file).size, 0);
}

/** The folders of all packages that the sources import, and of those that these need. */
function dependencyTree() {
  const folders = new Set();
  const visit = (name, from) => {
    const folder = folderOf(name, from);
    if (folder === undefined || folders.has(folder)) return;
    folders.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const needed of Object.keys(dependencies)) visit(needed, folder);
  };
  for (const name of importedBySources()) visit(name, ROOT);
  return [...folders];
}

const IMPORTS = [/^import (?!type\b)[^;]*?from '([^'.][^']*)'/gm, /\bimport\('([^'.][^']*)'\)/g];

function importedBySources() {
  const names = new Set();
  for (const file of filesBelow(join(ROOT, 'src')).filter((path) => path.endsWith('.ts'))) {
    const source = readFileSync(file, 'utf8');
    for (const [, specifier] of IMPORTS.flatMap((pattern) => [...source.matchAll(pattern)])) {
      const parts = specifier.split('/');
      names.add(parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return names;
}

/** As Node looks for it; undefined for a module of Node's own, and for what this platform does not need. */
function folderOf(name, from) {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  return dirname(from) === from ? undefined : folderOf(name, dirname(from));
}

/** Without the packages that lie inside: they are counted by themselves. */
function sizeOf(folders) {
  return folders.flatMap((folder) => filesBelow(folder)).reduce((sum, file) => sum + lstatSync(file).size, 0);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
