/** Which value an input has, and where it came from: flag, environment, config file, answer, default. */
import type { z } from 'zod';
import { maskPassword } from '../domain/connection.ts';
import type { Profile } from '../domain/delivery.ts';
import { presetOf, type Preset } from '../domain/presets.ts';
import type { Origin, Sourced, Workload } from '../domain/settings.ts';
import { defaultsFor, isQueueProfile } from '../domain/workload.ts';
import { WizardError } from '../errors.ts';
import { CATALOGUE, inputsOf, type HasDefault, type InputName, type InputValue } from './catalogue.ts';
import type { ConfigValues } from './config-file.ts';
import { flagOf, variableOf, type CommandName, type Input, type Raw } from './input.ts';

export type Inputs = {
  readonly [N in InputName]: HasDefault<N> extends true
    ? Sourced<InputValue<N>>
    : Sourced<InputValue<N>> | undefined;
};

export type RawInputs = Readonly<Record<string, Raw | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

type Defaults = Partial<{ [N in InputName]: InputValue<N> }>;

/** An app that reads the variables of a queue has one, whether or not anybody says so. */
const WITHOUT_EVICTION = { maxmemoryPolicy: 'noeviction' } as const satisfies Defaults;

/** What was given, in the order in which one hides the next. */
export interface GivenInputs {
  readonly flags: RawInputs;
  readonly environment: Environment;
  readonly config?: ConfigValues;
}

/** Throws one error for everything that is not as it must be. */
export function resolveInputs(command: CommandName, from: GivenInputs): Inputs {
  const resolved: Record<string, Sourced<unknown> | undefined> = {};
  const problems: string[] = [];
  for (const [name, input] of inputsOf(command)) {
    const given = givenFor(name, input, from);
    if (given) {
      const parsed = input.schema.safeParse(given.raw);
      if (parsed.success) resolved[name] = { value: parsed.data, origin: given.origin };
      else problems.push(problem(given, input, parsed.error));
    }
  }
  if (problems.length > 0) {
    throw new WizardError('InvalidInput', problems.join('; '), {
      hint: `elasticache-wizard ${command} --help says what each input takes.`,
    });
  }
  return withDefaults(resolved);
}

/** What was answered on the terminal, or found in the account, joins what was given. */
export function withAnswer<N extends InputName>(
  inputs: Inputs,
  name: N,
  value: InputValue<N>,
  origin: Origin = 'answer',
): Inputs {
  return withAnswers(inputs, { [name]: value }, origin);
}

export type Answered = Partial<{ [N in InputName]: InputValue<N> | undefined }>;

/** What follows from them by default follows. Undefined takes back what was answered or given. */
export function withAnswers(inputs: Inputs, answers: Answered, origin: Origin = 'answer'): Inputs {
  const known = Object.entries(inputs).filter(
    ([name, input]) => input !== undefined && input.origin !== 'default' && !(name in answers),
  );
  const answered = Object.entries(answers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, { value, origin }] as const],
  );
  return withDefaults(Object.fromEntries([...known, ...answered]));
}

/** The value, or the sentence that says why it is none. */
export function parseInput<N extends InputName>(
  name: N,
  raw: Raw,
): { value: InputValue<N> } | { problem: string } {
  const parsed = CATALOGUE[name].schema.safeParse(raw);
  return parsed.success
    ? { value: parsed.data as InputValue<N> }
    : { problem: parsed.error.issues.map(({ message }) => message).join('; ') };
}

interface Given {
  readonly raw: Raw;
  readonly origin: Origin;
  readonly spelling: string;
}

/** An empty variable counts as not set, as a CI job leaves it. */
function givenFor(name: InputName, input: Input<unknown>, from: GivenInputs): Given | undefined {
  const flag = from.flags[name];
  if (flag !== undefined) return { raw: flag, origin: 'flag', spelling: flagOf(name) };
  const variable = from.environment[variableOf(name)];
  if (variable !== undefined && variable !== '') {
    return { raw: splitAs(input, variable), origin: 'environment', spelling: variableOf(name) };
  }
  const configured = from.config?.[name];
  return configured && { raw: asShape(input, configured.raw), origin: 'config', spelling: configured.path };
}

/** In a file one value needs no list around it. */
function asShape({ shape }: Input<unknown>, raw: Raw): Raw {
  return (shape === 'list' || shape === 'entries') && typeof raw === 'string' ? [raw] : raw;
}

function splitAs(input: Input<unknown>, value: string): Raw {
  if (input.shape === 'list') return splitList(value);
  return input.shape === 'entries' ? value.split('\n').filter((line) => line !== '') : value;
}

export function splitList(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}

function problem({ spelling, raw }: Given, input: Input<unknown>, error: z.ZodError): string {
  const sentences = new Map<string, Set<string>>();
  for (const { message, path } of error.issues) {
    const what = `${spelling} ${shown(raw, path[0], input)}`;
    sentences.set(what, (sentences.get(what) ?? new Set()).add(message));
  }
  return [...sentences].map(([what, messages]) => `${what} ${[...messages].join(', ')}`).join('; ');
}

/** What was typed may be a secret in the wrong place: of an entry only its name is shown, of an address not its password. */
function shown(raw: Raw, at: PropertyKey | undefined, { shape }: Input<unknown>): string {
  const faulty: unknown = Array.isArray(raw) && typeof at === 'number' ? raw[at] : raw;
  if (typeof faulty !== 'string') return JSON.stringify(faulty);
  if (/^(entries|list)$/.test(shape) && faulty.includes('=')) return nameOfEntry(faulty, at);
  if (shape === 'entries') return `(entry ${Number(at) + 1})`;
  return JSON.stringify(/[@]|:\/\//.test(faulty) ? maskPassword(faulty) : faulty);
}

function nameOfEntry(entry: string, at: PropertyKey | undefined): string {
  const name = entry.slice(0, entry.indexOf('=')).trim();
  return /^[\w.:/-]{1,128}$/.test(name) ? `"${name}=…"` : `(entry ${Number(at) + 1})`;
}

function withDefaults(said: Record<string, Sourced<unknown> | undefined>): Inputs {
  const given = { ...said, ...asFormatAndJson(said) };
  const derived = derivedDefaults(given);
  const defaults = Object.entries(CATALOGUE).flatMap(([name, input]) => {
    const value = derived[name as InputName] ?? input.default;
    return value === undefined
      ? []
      : [[name, { value, origin: 'default', ...derivedBy(name as InputName, value, given) }]];
  });
  // The loop over the catalogue is what makes this true; the types cannot see it.
  return { ...(Object.fromEntries(defaults) as Record<string, never>), ...given } as unknown as Inputs;
}

/** One wish with two spellings: whoever reads either of them sees both. Where they contradict, a rule says so. */
function asFormatAndJson({
  format,
  json,
}: Record<string, Sourced<unknown> | undefined>): Record<string, Sourced<unknown>> {
  if (format?.value === 'json') return { json: { ...format, value: true } };
  return json?.value === true && format === undefined ? { format: { ...json, value: 'json' } } : {};
}

function derivedBy(
  name: InputName,
  value: unknown,
  given: Record<string, Sourced<unknown> | undefined>,
): Pick<Sourced<unknown>, 'by'> {
  const preset: Defaults = presetOf(given['preset']?.value as Preset | undefined);
  const workload = given['workload']?.value as Workload | undefined;
  const usual: Defaults = workload === undefined ? {} : defaultsFor(workload, {});
  if (preset[name] === value) return { by: 'preset' };
  return usual[name] === value ? { by: 'workload' } : {};
}

/** What follows from a preset and from what the cache is for. */
function derivedDefaults(given: Record<string, Sourced<unknown> | undefined>): Defaults {
  const preset: Defaults = presetOf(given['preset']?.value as Preset | undefined);
  const workload = given['workload']?.value as Workload | undefined;
  const profile = given['envProfile']?.value as Profile | undefined;
  if (workload === undefined) return { ...preset, ...(isQueueProfile(profile) ? WITHOUT_EVICTION : {}) };
  // Without the replica that somebody has refused there is nothing to fail over to.
  const alone = given['replicas']?.value === 0 && given['preset'] === undefined;
  return { ...defaultsFor(workload, preset), ...(alone ? { multiAz: false } : {}) };
}
