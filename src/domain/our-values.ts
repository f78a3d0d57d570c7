/** Which of an app's variables are ours: those that lead to one of the project's caches, or stand in a secret of it. */
import type { JsonObject } from './json.ts';
import type { Tags } from './ownership.ts';
import { isSecretOf } from './secrets.ts';
import { setVariablesIn } from './set-variables.ts';
import { variablesIn, type ContainerVariable, type Variable } from './task-definition.ts';

/** Scheme and credentials may be there or not; credentials end at the last @. */
const PLACE = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:.*@)?([a-z0-9.-]+)(?::\d{1,5})?(?:[/?#].*)?$/i;
const ELASTICACHE = /\.cache\.amazonaws\.com(\.cn)?$/;

/** `addresses` of one that lives; none where it is gone, and then its name in the host name tells. */
export interface CachePlace {
  readonly name: string;
  readonly addresses: readonly string[] | undefined;
  /** Others have made it, and may have used it before us. */
  readonly adopted?: boolean;
}

/** By what the variables of a project are known. */
export interface Possessions {
  readonly project: string;
  readonly places: readonly CachePlace[];
}

export function isOurs(variable: Variable, { project, places }: Possessions): boolean {
  return 'value' in variable ? leadsTo(places, variable.value) : isSecretOf(project, variable.valueFrom);
}

/** What a revision carries of ours; `tags` are its own, or none where those prove nothing. */
export function carriedBy(document: JsonObject, tags: Tags, ours: Possessions): ContainerVariable[] {
  const leading = variablesIn(document).filter(({ variable }) => isOurs(variable, ours));
  const isNew = (each: ContainerVariable): boolean => !leading.some((other) => isSamePlace(each, other));
  return [...leading, ...setVariablesIn(document, tags).filter(isNew)];
}

type VariablePlace = Pick<ContainerVariable, 'container' | 'name'>;

export function isSamePlace(one: VariablePlace, other: VariablePlace): boolean {
  return one.container === other.container && one.name === other.name;
}

export function leadsTo(places: readonly CachePlace[], value: string): boolean {
  const host = PLACE.exec(value)?.[1]?.toLowerCase();
  if (host === undefined) return false;
  return places.some(({ name, addresses }) =>
    addresses === undefined
      ? ELASTICACHE.test(host) && isNamedAfter(host, name)
      : addresses.some((address) => address.toLowerCase() === host),
  );
}

/** `master.<name>.…`, or `<name>-<six letters>.serverless.…`. */
function isNamedAfter(host: string, name: string): boolean {
  const labels = host.split('.');
  return labels.includes(name) || (labels[1] === 'serverless' && labels[0]?.replace(/-[^-]+$/, '') === name);
}
