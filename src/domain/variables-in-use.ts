/**
 * The variables by which an app that others have set up is told of its Redis, whatever they are called: known by what
 * they hold, and where that is in a secret, by their names.
 */
import { cacheAddressOf } from './cache-address.ts';
import { handedAddressOf, isRedisScheme } from './handed-address.ts';
import type { JsonObject } from './json.ts';
import { misspelt } from './nearest.ts';
import { variablesIn, type ContainerVariable, type Variable } from './task-definition.ts';

export interface VariableInUse {
  readonly container: string;
  readonly name: string;
  /** As setup would have it: `{url}`, `{host}`, `{port}`, ... */
  readonly template: string;
  /** The name of the cache that it leads to, which may be gone; undefined: elsewhere, or nobody can tell. */
  readonly cache: string | undefined;
}

/** A cache that is there, with all its addresses. */
export interface LivingPlace {
  readonly name: string;
  readonly addresses: readonly string[];
}

const ABOUT_REDIS = /REDIS|VALKEY|ELASTICACHE|CELERY_(BROKER|RESULT)/i;
const OF_URLS = /_?(URL|URI|DSN|CONNECTION_STRING|BROKER|BACKEND)$/i;
const OF_HOSTS = /_?(HOST|HOSTNAME|HOSTS|ENDPOINT|ENDPOINTS|ADDRESS|ADDR|SERVER|NODE|NODES)$/i;
/** What only reads may well be handed the reader endpoint. */
const FOR_READING = /(^|_)(READ|READER|READONLY|REPLICA|RO)(_|$)/i;

/** What stands beside an address, under the same prefix. */
const BESIDE: readonly (readonly [template: string, suffix: RegExp])[] = [
  ['{port}', /^PORT$/i],
  ['{tls}', /^((USE|ENABLE)_)?(TLS|SSL)(_ENABLED?)?$/i],
  ['{password}', /^(PASSWORD|PASSWD|PASS|AUTH|AUTH_TOKEN|TOKEN)$/i],
  ['{db}', /^(DB|DATABASE)(_(INDEX|NUMBER))?$/i],
];
/** By which profiles with addresses of other names call the rest. */
const COMMON_PREFIXES = ['REDIS_', 'ELASTICACHE_'];

/** Those of `container` first. */
export function variablesInUse(
  document: JsonObject,
  container: string,
  places: readonly LivingPlace[],
): VariableInUse[] {
  const all = variablesIn(document);
  const ordered = [
    ...all.filter((each) => each.container === container),
    ...all.filter((each) => each.container !== container),
  ];
  const addresses = ordered.flatMap((each) => addressIn(each, places));
  const taken = new Set(addresses.map(placeOf));
  const parts = addresses.flatMap((address) =>
    partsBeside(address, ordered).filter((part) => {
      const isNew = !taken.has(placeOf(part));
      taken.add(placeOf(part));
      return isNew;
    }),
  );
  return [...addresses, ...parts];
}

function addressIn({ container, name, variable }: ContainerVariable, places: readonly LivingPlace[]) {
  const template = FOR_READING.test(name) ? undefined : templateOf(name, variable, places);
  if (template === undefined) return [];
  const cache = 'value' in variable ? cacheAt(variable.value, places) : undefined;
  return [{ container, name, template, cache }];
}

function templateOf(name: string, variable: Variable, places: readonly LivingPlace[]): string | undefined {
  const byName = ABOUT_REDIS.test(name) ? templateByName(name) : undefined;
  if ('valueFrom' in variable) return byName;
  const address = handedAddressOf(variable.value);
  if (!address) return byName;
  if (address.scheme !== undefined) {
    const isMeant = isRedisScheme(address.scheme) || cacheAt(variable.value, places) !== undefined;
    return isMeant ? '{url}' : undefined;
  }
  if (byName === '{url}') return byName;
  const isKnown = byName !== undefined || cacheAt(variable.value, places) !== undefined;
  if (!isKnown) return undefined;
  return address.ports.length > 0 ? '{endpoints}' : '{host}';
}

function templateByName(name: string): string | undefined {
  if (OF_URLS.test(name)) return '{url}';
  return OF_HOSTS.test(name) ? '{host}' : undefined;
}

/** A living one by its address, or by one that is almost it; else by the name in the address. */
function cacheAt(value: string, places: readonly LivingPlace[]): string | undefined {
  const [first = ''] = value.split(',');
  const host = handedAddressOf(first)?.host;
  if (host === undefined) return cacheIn(value, places);
  const isAt = (address: string | undefined) => (place: LivingPlace) =>
    place.addresses.some((each) => each.toLowerCase() === address?.toLowerCase());
  const meant = places.find(isAt(host)) ? host : undefined;
  const named = cacheAddressOf(host)?.cacheName;
  const almost = misspelt(
    host,
    places.flatMap(({ addresses }) => addresses),
  );
  return (
    places.find(isAt(meant))?.name ??
    places.find(({ name }) => name === named)?.name ??
    places.find(isAt(almost))?.name ??
    named
  );
}

/** What is no address may hold one: in quotes, say. */
function cacheIn(value: string, places: readonly LivingPlace[]): string | undefined {
  const text = value.toLowerCase();
  return places.find(({ addresses }) => addresses.some((each) => text.includes(each.toLowerCase())))?.name;
}

function partsBeside(
  { container, name, template, cache }: VariableInUse,
  all: readonly ContainerVariable[],
): VariableInUse[] {
  const own = name.replace(template === '{url}' ? OF_URLS : OF_HOSTS, '_').replace(/__$/, '_');
  const prefixes = [own, ...COMMON_PREFIXES].filter((prefix) => prefix !== '_');
  return all.flatMap((each) => {
    if (each.container !== container) return [];
    const prefix = prefixes.find((one) => each.name.toUpperCase().startsWith(one.toUpperCase()));
    const suffix = prefix === undefined ? undefined : each.name.slice(prefix.length);
    const [part] = BESIDE.find(([, pattern]) => suffix !== undefined && pattern.test(suffix)) ?? [];
    // A URL says its port and its database itself.
    const isSaid = template === '{url}' && (part === '{port}' || part === '{db}');
    return part === undefined || isSaid ? [] : [{ container, name: each.name, template: part, cache }];
  });
}

function placeOf({ container, name }: Pick<VariableInUse, 'container' | 'name'>): string {
  return `${container}/${name}`;
}
