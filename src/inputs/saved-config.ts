/** What was given and answered, as the config file that says the same: keys in the order of the documentation. */
import { Document } from 'yaml';
import { shellWord } from '../domain/shell-word.ts';
import { isGiven, type EcsConsumerSettings } from '../domain/settings.ts';
import {
  CACHE_KEYS,
  CHECK_KEYS,
  CONSUMER_KEYS,
  MONITORING_KEYS,
  PROJECT_KEYS,
  STICKINESS_KEYS,
  type Keys,
} from './config-keys.ts';
import type { Inputs } from './resolve.ts';

/** What is known by its name once it was found. */
export interface SavedNames {
  readonly project: string;
  readonly region: string;
  readonly account: string;
  readonly cacheName: string;
  /** Undefined: the app is on instances, which the inputs name. */
  readonly service: Pick<EcsConsumerSettings, 'ecsCluster' | 'service' | 'container'> | undefined;
}

type Section = Readonly<Record<string, unknown>>;

/** How the first line of a saved file begins: what it replaces must be one. */
export const SAVED_MARK = '# Saved by elasticache-wizard';

/** `path`: JSON where it ends so, YAML otherwise. */
export function savedConfig(inputs: Inputs, names: SavedNames, path: string): string {
  const config = configOf(inputs, names);
  if (path.endsWith('.json')) return `${JSON.stringify(config, null, 2)}\n`;
  const document = new Document(config);
  document.commentBefore = `${SAVED_MARK.slice(1)}. To use it: npx elasticache-wizard setup --config ${shellWord(path)}`;
  return document.toString({ lineWidth: 0 });
}

function configOf(inputs: Inputs, names: SavedNames): Section {
  const { project, region, account, cacheName, service } = names;
  const said = (keys: Keys, known: Section = {}): Section => sectionOf(inputs, keys, known);
  return {
    ...said(PROJECT_KEYS, { project, region, account }),
    caches: [said(CACHE_KEYS, { name: cacheName })],
    consumers: [{ ...said(CONSUMER_KEYS, namesOf(service)), ...variablesOf(inputs) }],
    ...withoutEmpty({
      stickiness: said(STICKINESS_KEYS),
      checks: said(CHECK_KEYS),
      monitoring: said(MONITORING_KEYS),
    }),
  };
}

function namesOf(service: SavedNames['service']): Section {
  if (!service) return {};
  const { ecsCluster, service: name, container } = service;
  return { ecsCluster, service: name, container };
}

/** The keys that were said, and those that are known whether or not they were. */
function sectionOf(inputs: Inputs, keys: Keys, known: Section): Section {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, name]) => {
      if (key in known) return [[key, known[key]]];
      const said = inputs[name];
      return said && isGiven(said) ? [[key, said.value]] : [];
    }),
  );
}

/** A variable that was named has no key of its own in a file, which knows the templates of all of them. */
function variablesOf({ envVar }: Inputs): Section {
  return isGiven(envVar) ? { variables: { [envVar.value]: '{url}' } } : {};
}

function withoutEmpty(sections: Readonly<Record<string, Section>>): Section {
  return Object.fromEntries(
    Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0),
  );
}
