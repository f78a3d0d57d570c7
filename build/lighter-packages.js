/** What packages bring along and this program never runs: left out of the bundle, so that less is fetched and loaded. */
import { readFileSync, readdirSync } from 'node:fs';

const CLIENT_SCHEMAS = /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/;
const REGISTRATION = /^n0_registry\.registerError\((\w+)\$, \w+\);\n/gm;

/**
 * Each client of the SDK registers every error of its service when it is loaded, a class each. One that is not
 * registered still arrives with its name and message, as EC2's do, which models none; so only those stay that
 * `src/aws` calls by their names.
 */
export function namedErrorsOnly() {
  const ours = readdirSync('src/aws')
    .map((file) => readFileSync(`src/aws/${file}`, 'utf8'))
    .join('\n');
  return {
    name: 'named-errors-only',
    transform: {
      filter: { id: CLIENT_SCHEMAS },
      handler: (code) => code.replace(REGISTRATION, (line, name) => (ours.includes(`'${name}'`) ? line : '')),
    },
  };
}

const CLIENT = /^@aws-sdk\/client-/;
const COPY = '?sandbox';

/**
 * The sandbox answers what the program asks, and more: it has the clients' schemas as a copy of its own. One file
 * for both would load what only the sandbox speaks with each command.
 */
export function schemasOfTheSandbox() {
  return {
    name: 'schemas-of-the-sandbox',
    async resolveId(source, importer = '') {
      const isOfCopy = importer.endsWith(COPY) && source.startsWith('.');
      if (!isOfCopy && !(CLIENT.test(source) && /\/src\/sandbox\//.test(importer))) return undefined;
      const found = await this.resolve(source, importer.replace(COPY, ''), { skipSelf: true });
      return found?.id.endsWith('.js') ? { id: found.id + COPY, moduleSideEffects: false } : found;
    },
    load: {
      filter: { id: /\?sandbox$/ },
      handler: (id) => readFileSync(id.replace(COPY, ''), 'utf8'),
    },
  };
}

/**
 * The list of public suffixes keeps one site's cookies from another's: 300 kB. The only jar (`src/checks/refresh`) visits
 * one site, and asks no more than under which domains its cookies may stand.
 */
export function oneSiteAlone() {
  return {
    name: 'one-site-alone',
    resolveId: { filter: { id: /^tldts$/ }, handler: () => '\0one-site' },
    load: {
      filter: { id: /^\0one-site$/ },
      handler: () => `export const getDomain = (host) => host.split('.').slice(-2).join('.');`,
    },
  };
}

/** BullMQ's scripts travel as they were written: two thirds are comments and margins. */
export function luaWithoutComments() {
  return {
    name: 'lua-without-comments',
    transform: {
      filter: { id: /bullmq\/dist\/esm\/scripts\/.*-\d+\.js$/ },
      handler: (code) =>
        code
          .replace(/--\[\[[\s\S]*?\]\]/g, '')
          .replace(/^\s*--.*\n/gm, '')
          .replace(/^\s+/gm, ''),
    },
  };
}

/** What completes at a Tab asserts one thing, when a script is made, with a module of Node that takes long to load. */
export function tabWithoutAssertions() {
  return {
    name: 'tab-without-assertions',
    transform: {
      filter: { id: /@bomb\.sh\/tab\/dist\/index\.mjs$/ },
      handler: (code) => code.replace(/import (\w+) from"node:assert";/, 'const $1 = () => undefined;'),
    },
  };
}

const UNICODE_TABLE = /^const (\w+) = (new Intl\.Segmenter\(\)|\/.*\\p\{.*\/[gv]\w*);$/gm;

/**
 * What letters there are, and what an emoji is, Node reads out of tables that take more time to open than the program
 * itself to load: `string-width` gets them at the first text that needs them, not with each start.
 */
export function unicodeOnUse() {
  return {
    name: 'unicode-on-use',
    transform: {
      filter: { id: /\/string-width\/index\.js$/ },
      handler(code) {
        const names = [...code.matchAll(UNICODE_TABLE)].map(([, name]) => name);
        if (names.length === 0) return undefined;
        const uses = new RegExp(`\\b(${names.join('|')})\\b(?! = )`, 'g');
        return code.replace(uses, '$1()').replace(UNICODE_TABLE, (_, name, value) => onUse(name, value));
      },
    },
  };
}

/** A literal is read with the file that it stands in: it is handed to the constructor instead. */
function onUse(name, value) {
  const [, pattern, flags] = /^\/(.*)\/(\w+)$/.exec(value) ?? [];
  const made = pattern === undefined ? value : `new RegExp(${JSON.stringify(pattern)}, '${flags}')`;
  return `let ${name}Made;\nconst ${name} = () => (${name}Made ??= ${made});`;
}

const JSON_SCHEMA_METHODS =
  /^import \{ (createStandardJSONSchemaMethod), (createToJSONSchemaMethod) \} from .*$/m;

/** The schema of the project's file is written when that changes (`npm run schema`), and never by the program. */
export function withoutJsonSchema() {
  return {
    name: 'without-json-schema',
    transform: {
      filter: { id: /\/zod\/v4\/classic\/schemas\.js$/ },
      handler: (code) =>
        code
          .replace(/^ *inst\._zod\.processJSONSchema = .*;$/gm, '')
          .replace(JSON_SCHEMA_METHODS, 'const $1 = () => undefined;\nconst $2 = () => undefined;'),
    },
  };
}
