/** Where each input stands in the config file, and how it is called there. */
import { CATALOGUE, type InputName } from './catalogue.ts';
import type { Group } from './input.ts';

/** Key in the file → input. */
export type Keys = Readonly<Record<string, InputName>>;

/** Under another name than the flag's, which stands alone where the key stands in its section. */
const RENAMED: Partial<Record<InputName, string>> = {
  cacheName: 'name',
  tag: 'tags',
  parameter: 'parameters',
  header: 'headers',
  instance: 'instances',
  securityGroup: 'securityGroupIds',
  stickiness: 'enabled',
  stickinessSeconds: 'seconds',
  monitoring: 'enabled',
};

/** They speak of the whole project, whatever group the help shows them in. */
const OF_THE_PROJECT: readonly InputName[] = [
  'project',
  'region',
  'profile',
  'account',
  'tag',
  'preset',
  'onFailure',
  'secrets',
];
/** A switch of one run, or what `variables` says better. */
const NEVER: readonly InputName[] = ['envVar', 'lint', 'report', 'from', 'tunnel'];

export const PROJECT_KEYS = keysOf(OF_THE_PROJECT);
export const CACHE_KEYS = keysOf(ofGroups('cache', 'network'));
export const CONSUMER_KEYS = keysOf(ofGroups('app', 'delivery'));
export const STICKINESS_KEYS = keysOf(ofGroups('stickiness'));
export const CHECK_KEYS = keysOf(ofGroups('proof'));
export const MONITORING_KEYS = keysOf(ofGroups('monitoring'));

/** Where the entries of one cache and one consumer stand: 'caches[0]', 'consumers[1]'. */
export interface Sections {
  readonly cache?: string;
  readonly consumer?: string;
}

/** The place of an input in the file; undefined for one that has none there. */
export function placeOf(input: InputName, { cache, consumer }: Sections): string | undefined {
  const sections: readonly (readonly [string | undefined, Keys])[] = [
    ['', PROJECT_KEYS],
    ['stickiness', STICKINESS_KEYS],
    ['checks', CHECK_KEYS],
    ['monitoring', MONITORING_KEYS],
    [cache, CACHE_KEYS],
    [consumer, CONSUMER_KEYS],
  ];
  for (const [section, keys] of sections) {
    const key = Object.keys(keys).find((each) => keys[each] === input);
    if (key !== undefined && section !== undefined) return section === '' ? key : `${section}.${key}`;
  }
  return undefined;
}

function ofGroups(...groups: readonly Group[]): InputName[] {
  return (Object.keys(CATALOGUE) as InputName[]).filter(
    (name) =>
      groups.includes(CATALOGUE[name].group) && !OF_THE_PROJECT.includes(name) && !NEVER.includes(name),
  );
}

function keysOf(names: readonly InputName[]): Keys {
  return Object.fromEntries(names.map((name) => [RENAMED[name] ?? name, name]));
}
