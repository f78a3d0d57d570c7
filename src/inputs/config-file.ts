/**
 * The project in a file: its caches and consumers, and what is asked of all. Its keys are the names of the inputs, so
 * that one catalogue declares both; only what a flag cannot say (several of a kind, variables with templates) is declared here.
 */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { WizardError } from '../errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { CATALOGUE, type InputName } from './catalogue.ts';
import {
  CONSUMER_KEYS,
  CACHE_KEYS,
  CHECK_KEYS,
  MONITORING_KEYS,
  PROJECT_KEYS,
  STICKINESS_KEYS,
  type Keys,
} from './config-keys.ts';
import { takesPairs, type Input, type Raw } from './input.ts';
import { variableName } from './schemas.ts';

/** A value as it stands in the file, and where. */
export interface ConfigValue {
  readonly raw: Raw;
  /** 'caches[0].replicas' */
  readonly path: string;
}

export type ConfigValues = Readonly<Partial<Record<InputName, ConfigValue>>>;

export interface ConfigFile {
  /** Of the whole project. */
  readonly common: ConfigValues;
  readonly caches: readonly ConfigValues[];
  readonly consumers: readonly ConfiguredConsumer[];
}

export interface ConfiguredConsumer {
  readonly values: ConfigValues;
  /** The cache that its variables speak of where they name none. */
  readonly cache?: string;
  readonly variables: readonly ConfiguredVariable[];
}

export interface ConfiguredVariable {
  readonly name: string;
  readonly template: string;
  readonly cache?: string;
  readonly container?: string;
}

/** Every scalar is read as the text that stands there: as a number the version 7.0 would be 7. */
const scalar = z.string({ error: 'must be a single value' });
const list = z.array(scalar, { error: 'must be a list of values' });
const SHAPES = {
  single: scalar,
  list: z.union([scalar.transform((item) => [item]), list], { error: 'must be a value or a list of values' }),
  pairs: z.union(
    [
      list,
      z
        .record(z.string(), scalar)
        .transform((pairs) => Object.entries(pairs).map(([key, value]) => `${key}=${value}`)),
    ],
    { error: 'must be names with a value each' },
  ),
};
const A_TEMPLATE = 'must be a text, or an object of value, cache and container';
const VARIABLE = z.union(
  [
    scalar.transform((template) => ({ template })),
    z
      .strictObject(
        {
          value: scalar.prefault('{url}'),
          cache: z.exactOptional(scalar.transform((name) => name.toLowerCase())),
          container: z.exactOptional(scalar),
        },
        { error: A_TEMPLATE },
      )
      .transform(({ value, ...rest }) => ({ template: value, ...rest })),
  ],
  { error: A_TEMPLATE },
);

/** Throws one error that names the file, the place in it and what is wrong there. */
export function readConfigFile(path: string): ConfigFile {
  const doing = `Reading ${path}`;
  const problems = new Problems();
  const config = configOf(parse(readText(path, doing), doing), problems);
  problems.throwAny(doing);
  return config;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
};

function readText(path: string, doing: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new WizardError('InvalidInput', `${doing}: ${UNREADABLE[code] ?? message}`, {
      hint: '--config names a YAML or JSON file.',
      cause,
    });
  }
}

/** JSON is YAML. */
function parse(text: string, doing: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe', customTags: ['null'] });
  const [error] = document.errors;
  if (error) throw malformed(doing, error);
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw malformed(doing, error as Error);
  }
}

/** What follows the first line shows the text around it, which may hold a secret. */
function malformed(doing: string, cause: Error): WizardError {
  const [sentence = ''] = cause.message.split('\n');
  return new WizardError('InvalidInput', `${doing}: ${sentence.replace(/:$/, '')}`, {
    hint: 'It must be YAML or JSON.',
    cause,
  });
}

function configOf(document: unknown, problems: Problems): ConfigFile {
  const root = problems.object(document, '', [
    ...Object.keys(PROJECT_KEYS),
    'caches',
    'consumers',
    'stickiness',
    'checks',
    'monitoring',
  ]);
  const { caches, consumers, stickiness, checks, monitoring, ...project } = root;
  return {
    common: {
      ...valuesOf(project, PROJECT_KEYS, '', problems),
      ...sectionOf(stickiness, STICKINESS_KEYS, 'stickiness', problems),
      ...sectionOf(checks, CHECK_KEYS, 'checks', problems),
      ...sectionOf(monitoring, MONITORING_KEYS, 'monitoring', problems),
    },
    caches: problems.list(caches, 'caches').map((cache, index) => {
      const path = `caches[${index}]`;
      const values = sectionOf(cache, CACHE_KEYS, path, problems);
      if (!values.cacheName) problems.add(path, 'has no name');
      return values;
    }),
    consumers: problems
      .list(consumers, 'consumers')
      .map((each, index) => consumerOf(each, `consumers[${index}]`, problems)),
  };
}

function consumerOf(value: unknown, path: string, problems: Problems): ConfiguredConsumer {
  const known = [...Object.keys(CONSUMER_KEYS), 'cache', 'variables'];
  const { variables, cache, ...rest } = problems.object(value, path, known);
  if (isGiven(cache) && typeof cache !== 'string')
    problems.add(`${path}.cache`, 'must be the name of a cache');
  return {
    values: valuesOf(rest, CONSUMER_KEYS, path, problems),
    variables: isGiven(variables) ? variablesOf(variables, `${path}.variables`, problems) : [],
    ...(typeof cache === 'string' ? { cache: cache.toLowerCase() } : {}),
  };
}

function variablesOf(value: unknown, path: string, problems: Problems): ConfiguredVariable[] {
  return Object.entries(problems.object(value, path)).flatMap(([name, each]) => {
    const at = `${path}.${name}`;
    const wrongName = variableName.safeParse(name);
    if (!wrongName.success) problems.addAll(at, wrongName.error);
    const parsed = VARIABLE.safeParse(each);
    if (parsed.success) return [{ name, ...parsed.data }];
    problems.addAll(at, parsed.error);
    return [];
  });
}

function sectionOf(value: unknown, keys: Keys, path: string, problems: Problems): ConfigValues {
  return isGiven(value)
    ? valuesOf(problems.object(value, path, Object.keys(keys)), keys, path, problems)
    : {};
}

function valuesOf(
  section: Readonly<Record<string, unknown>>,
  keys: Keys,
  path: string,
  problems: Problems,
): ConfigValues {
  const values: Partial<Record<InputName, ConfigValue>> = {};
  for (const [key, value] of Object.entries(section)) {
    const name = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (name === undefined || !isGiven(value)) continue;
    const at = path === '' ? key : `${path}.${key}`;
    const parsed = schemaOf(CATALOGUE[name]).safeParse(value);
    if (parsed.success) values[name] = { raw: parsed.data, path: at };
    else problems.addAll(at, parsed.error);
  }
  return values;
}

function schemaOf(input: Pick<Input<unknown>, 'shape' | 'placeholder'>): z.ZodType<Raw> {
  if (takesPairs(input)) return SHAPES.pairs;
  return input.shape === 'list' ? SHAPES.list : SHAPES.single;
}

/** A key without a value counts as not there, as an empty variable does. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** All that is wrong is said at once. */
class Problems {
  private readonly sentences: string[] = [];

  add(path: string, what: string): void {
    this.sentences.push(`${path === '' ? 'the file' : path} ${what}`);
  }

  addAll(path: string, { issues }: z.ZodError): void {
    for (const { path: inner, message } of issues) {
      const steps = inner.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
      this.add(`${path}${steps.join('')}`, message);
    }
  }

  /** `known` undefined: any key is one. */
  object(value: unknown, path: string, known?: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(path, 'must be an object of keys and values');
      return {};
    }
    for (const key of Object.keys(value)) {
      if (!known || known.includes(key)) continue;
      this.add(
        path === '' ? key : `${path}.${key}`,
        `is no key here. ${suggestion(key, known) ?? ''}`.trim(),
      );
    }
    return { ...value };
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value;
    this.add(path, 'must be a list with at least one entry');
    return [];
  }

  throwAny(doing: string): void {
    if (this.sentences.length === 0) return;
    throw new WizardError('InvalidInput', `${doing}: ${this.sentences.join('; ')}`, {
      hint: 'templates/config.schema.json of this package has all keys.',
    });
  }
}
