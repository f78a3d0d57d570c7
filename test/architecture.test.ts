/** Who may import whom. A folder that is not in the table may not import anything of ours. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = resolve('src');

/** Folder (or file at the top) and what it may import; `type:` where only types. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'clock.ts': [],
  domain: [],
  engine: ['domain', 'errors.ts', 'clock.ts'],
  aws: ['domain', 'errors.ts', 'clock.ts'],
  probe: ['domain', 'errors.ts', 'clock.ts', 'type:engine', 'type:aws'],
  survey: ['domain', 'errors.ts', 'clock.ts', 'type:engine', 'type:aws'],
  resources: ['domain', 'errors.ts', 'type:engine', 'type:aws', 'type:probe'],
  checks: ['domain', 'errors.ts', 'clock.ts', 'survey', 'resources', 'type:engine', 'type:aws', 'type:probe'],
  drift: ['domain', 'errors.ts', 'survey', 'resources', 'probe', 'type:aws'],
  tunnel: ['domain', 'errors.ts', 'clock.ts', 'type:aws'],
  drills: ['domain', 'errors.ts', 'clock.ts', 'survey', 'resources', 'checks', 'type:engine', 'type:aws'],
  inputs: ['domain', 'errors.ts'],
  output: ['domain', 'errors.ts', 'clock.ts', 'type:engine'],
  cli: [
    'domain',
    'engine',
    'survey',
    'resources',
    'probe',
    'checks',
    'drift',
    'drills',
    'inputs',
    'output',
    'errors.ts',
    'clock.ts',
    'tunnel',
    'type:aws',
    'sandbox',
  ],
  sandbox: ['errors.ts', 'clock.ts'],
  'start.ts': ['cli', 'main.ts'],
  'main.ts': ['cli', 'aws', 'tunnel', 'output', 'inputs', 'errors.ts', 'clock.ts', 'domain', 'engine'],
};

/** Packages that belong to one place, so that nothing else pays for them or depends on them. */
const PACKAGES: readonly { readonly pattern: RegExp; readonly folders: readonly string[] }[] = [
  { pattern: /^@aws-sdk\/|^@smithy\//, folders: ['aws', 'sandbox'] },
  { pattern: /^@inquirer\//, folders: ['inputs', 'cli'] },
  { pattern: /^(chalk|ora)$/, folders: ['output'] },
  { pattern: /^commander$/, folders: ['cli'] },
  { pattern: /^ioredis$/, folders: ['sandbox'] },
];

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^(import|export)\s(type\s)?(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]/gm);
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [
    ...[...statements].map((match) => ({
      from: file,
      specifier: match[3]!,
      typeOnly: match[2] !== undefined,
    })),
    ...[...dynamic].map((match) => ({ from: file, specifier: match[1]!, typeOnly: false })),
  ];
}

function placeOf(file: string): string {
  return relative(SRC, file).split('/')[0]!;
}

const imports = files(SRC).flatMap(importsOf);

/** Of the units that files belong to, those that need themselves in the end. */
function inCircles(unitOf: (file: string) => string | undefined): string[] {
  const uses = new Map<string, Set<string>>();
  for (const { from, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    const [unit, used] = [unitOf(from), unitOf(resolve(dirname(from), specifier))];
    if (unit === undefined || used === undefined || (unit === used && !unit.endsWith('.ts'))) continue;
    uses.set(unit, (uses.get(unit) ?? new Set()).add(used));
  }
  const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
    [...(uses.get(from) ?? [])].some((to) => {
      if (to === wanted) return true;
      if (seen.has(to)) return false;
      seen.add(to);
      return reaches(to, wanted, seen);
    });
  return [...uses.keys()].filter((unit) => reaches(unit, unit));
}

describe('the folders', () => {
  test('import only what the table allows', () => {
    const forbidden = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ from, specifier, typeOnly }) => {
        const [here, there] = [placeOf(from), placeOf(resolve(dirname(from), specifier))];
        const allowed = ALLOWED[here] ?? [];
        return here !== there && !allowed.includes(there) && !(typeOnly && allowed.includes(`type:${there}`));
      })
      .map(({ from, specifier }) => `${relative(SRC, from)} imports ${specifier}`);
    expect(forbidden).toEqual([]);
  });

  /** A circle of types alone runs, and still nobody can read one file without the others. */
  test('have no circles of files, the sandbox aside', () => {
    expect(inCircles((file) => (placeOf(file) === 'sandbox' ? undefined : relative(SRC, file)))).toEqual([]);
  });

  test('have no circles of folders in the command line', () => {
    const folderOf = (file: string): string | undefined => /\/cli\/([^/]+)\//.exec(file)?.[1];
    expect(inCircles(folderOf)).toEqual([]);
  });

  test('keep packages to the place that they are for', () => {
    const forbidden = imports.flatMap(({ from, specifier, typeOnly }) => {
      const rule = PACKAGES.find(({ pattern }) => pattern.test(specifier));
      return rule && !typeOnly && !rule.folders.includes(placeOf(from))
        ? [`${relative(SRC, from)} imports ${specifier}`]
        : [];
    });
    expect(forbidden).toEqual([]);
  });

  test('leave the process to main', () => {
    const readers = files(SRC)
      .filter((file) => !['main.ts', 'start.ts', 'sandbox', 'probe'].includes(placeOf(file)))
      .filter((file) =>
        // Behind a quote it is the text of a program that is shown.
        /(?<!['"`])\bprocess\.(env|argv|exit|stdin|stdout|stderr|on)\b/.test(readFileSync(file, 'utf8')),
      )
      .map((file) => relative(SRC, file));
    expect(readers).toEqual([]);
  });

  test('take the time from the clock', () => {
    const tellers = files(SRC)
      .filter((file) => !['clock.ts', 'sandbox', 'probe'].includes(placeOf(file)))
      .filter((file) => /\bDate\.now\(|\bsetTimeout\(/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(SRC, file));
    expect(tellers).toEqual([]);
  });
});
