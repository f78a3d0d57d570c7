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
};

/** They speak of the whole project, whatever group the help shows them in. */
const OF_THE_PROJECT: readonly InputName[] = ['project', 'region', 'profile', 'account', 'tag', 'preset', 'onFailure', 'secrets'];
/** A switch of one run, or what `variables` says better. */
const NEVER: readonly InputName[] = ['envVar', 'lint'];

export const PROJECT_KEYS = keysOf(OF_THE_PROJECT);
export const CACHE_KEYS = keysOf(ofGroups('cache', 'network'));
export const CONSUMER_KEYS = keysOf(ofGroups('app', 'delivery'));
export const STICKINESS_KEYS = keysOf(ofGroups('stickiness'));
export const CHECK_KEYS = keysOf(ofGroups('proof'));

function ofGroups(...groups: readonly Group[]): InputName[] {
  return (Object.keys(CATALOGUE) as InputName[]).filter(
    (name) =>
      groups.includes(CATALOGUE[name].group) && !OF_THE_PROJECT.includes(name) && !NEVER.includes(name),
  );
}

function keysOf(names: readonly InputName[]): Keys {
  return Object.fromEntries(names.map((name) => [RENAMED[name] ?? name, name]));
}
