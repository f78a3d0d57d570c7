/** The licences of the packages that are part of the bundle, as these ask for: one file of the package beside it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LICENCE = /^(licen[cs]e|copying|notice)/i;

/** Collects from each build that it is given to, and writes what has been found so far. */
export function thirdPartyNotices(path) {
  const packages = new Map();
  return {
    name: 'third-party-notices',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle))
        for (const module of chunk.type === 'chunk' ? chunk.moduleIds : []) add(packages, module);
    },
    writeBundle() {
      writeFileSync(path, noticesOf([...packages.values()]));
    },
  };
}

function add(packages, module) {
  const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module)?.[0];
  if (folder === undefined || packages.has(folder)) return;
  const { name, version, license } = manifestAbove(dirname(module));
  const texts = readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  packages.set(folder, {
    title: `${name} ${version} (${license})`,
    text: texts.join('\n\n') || `No text of its own; see https://spdx.org/licenses/${license}.html`,
  });
}

/** A folder within a package may have a manifest that only says how its modules are written. */
function manifestAbove(folder) {
  const path = join(folder, 'package.json');
  const manifest = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  return manifest.version === undefined ? manifestAbove(dirname(folder)) : manifest;
}

/** Many have the same text: it is written once. */
function noticesOf(packages) {
  const titles = new Map();
  for (const { title, text } of packages) titles.set(text, [...(titles.get(text) ?? []), title]);
  return [...titles]
    .map(([text, those]) => `${those.sort().join('\n')}\n\n${text}\n`)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}
