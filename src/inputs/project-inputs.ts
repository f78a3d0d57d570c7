/** The inputs of a run: one set for all that is said once, and one for each cache and consumer of a config file. */
import type { Profile } from '../domain/delivery.ts';
import { isQueueProfile } from '../domain/workload.ts';
import { WizardError } from '../errors.ts';
import { CATALOGUE, type InputName } from './catalogue.ts';
import type { ConfigFile, ConfiguredVariable, ConfigValues } from './config-file.ts';
import { flagOf, LIVING_COMMANDS, variableOf, type CommandName, type Group } from './input.ts';
import { resolveInputs, type GivenInputs, type Inputs } from './resolve.ts';

export interface ProjectInputs {
  /** With a config file also what it says of its cache and its consumer, where it has one of each. */
  readonly inputs: Inputs;
  /** Undefined without a config file: flags, variables and answers then describe one cache and one consumer. */
  readonly configured?: Configured;
}

export interface Configured {
  readonly caches: readonly Inputs[];
  readonly consumers: readonly ConsumerInputs[];
}

export interface ConsumerInputs {
  readonly inputs: Inputs;
  /** The cache of the variables that name none; undefined where it could be any of several. */
  readonly cache: string | undefined;
  readonly variables: readonly ConfiguredVariable[];
}

export function resolveProjectInputs(
  command: CommandName,
  given: Omit<GivenInputs, 'config'>,
  config: ConfigFile | undefined,
): ProjectInputs {
  if (!config) return { inputs: resolveInputs(command, given) };
  const { common, caches, consumers } = config;
  // On day two the name of a cache beside the file says which of its several is meant.
  const choosing = caches.length > 1 && LIVING_COMMANDS.some((living) => living === command);
  const ofEach = choosing ? withoutCacheName(given) : given;
  requireOneOf(caches, 'caches', ['cache', 'network'], ofEach);
  requireOneOf(consumers, 'consumers', ['app', 'delivery'], given);
  const resolveBeside = (
    beside: Omit<GivenInputs, 'config'>,
    ...values: readonly (ConfigValues | undefined)[]
  ): Inputs =>
    resolveInputs(command, { ...beside, config: Object.assign({}, common, ...values) as ConfigValues });
  const resolve = (...values: readonly ConfigValues[]): Inputs => resolveBeside(ofEach, ...values);
  const inputsOfCaches = caches.map((values) => resolve(profileFor(values, config), values));
  const onlyCache = only(inputsOfCaches)?.cacheName?.value;
  return {
    inputs: resolveBeside(given, only(caches), only(consumers)?.values),
    configured: {
      caches: inputsOfCaches,
      consumers: consumers.map(({ values, variables, cache = onlyCache }) => {
        return { inputs: resolve(values), cache, variables };
      }),
    },
  };
}

/** What a cache is for may follow from the variables that the app reads, a queue's above all. */
function profileFor({ cacheName }: ConfigValues, { caches, consumers }: ConfigFile): ConfigValues {
  const name = String(cacheName?.raw).toLowerCase();
  const users = consumers.filter(({ cache }) => (cache === undefined ? caches.length === 1 : cache === name));
  const profiles = users.flatMap(({ values: { envProfile } }) => envProfile ?? []);
  const envProfile = profiles.find(({ raw }) => isQueueProfile(raw as Profile)) ?? profiles[0];
  return envProfile ? { envProfile } : {};
}

function withoutCacheName({ flags, environment }: Omit<GivenInputs, 'config'>): Omit<GivenInputs, 'config'> {
  return {
    flags: { ...flags, cacheName: undefined },
    environment: { ...environment, [variableOf('cacheName')]: undefined },
  };
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** A flag beside a file says it of the one thing that is there; of several it could mean any. */
function requireOneOf(
  items: readonly unknown[],
  key: string,
  groups: readonly Group[],
  { flags, environment }: Omit<GivenInputs, 'config'>,
): void {
  if (items.length <= 1) return;
  const ambiguous = (Object.keys(CATALOGUE) as InputName[]).flatMap((name) => {
    if (!groups.includes(CATALOGUE[name].group) || APPLIES_TO_ALL.includes(name)) return [];
    if (flags[name] !== undefined) return [flagOf(name)];
    return (environment[variableOf(name)] ?? '') === '' ? [] : [variableOf(name)];
  });
  if (ambiguous.length === 0) return;
  throw new WizardError(
    'InvalidInput',
    `${ambiguous.join(', ')} speaks of one, and the config file has ${items.length} ${key}`,
    {
      hint: `Say it in the file, under the entry of ${key} that is meant.`,
    },
  );
}

const APPLIES_TO_ALL: readonly InputName[] = ['preset', 'secrets', 'onFailure'];
