/** Which parameters a listing is about (Systems Manager API reference, ParameterStringFilter and ParametersFilter). */
import type { ParametersFilter, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { ServiceError } from '../service.ts';
import type { StoredParameter } from './parameter-store.ts';

type Selects = (parameter: StoredParameter) => boolean;
type Compare = (text: string, value: string) => boolean;

const COMPARISONS: Readonly<Record<string, Compare>> = {
  Equals: (text, value) => text === value,
  BeginsWith: (text, value) => text.startsWith(value),
  Contains: (text, value) => text.includes(value),
};

/** The options of each key; the first one is meant where none is given. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  Name: ['Equals', 'BeginsWith', 'Contains'],
  Path: ['OneLevel', 'Recursive'],
  Type: ['Equals', 'BeginsWith'],
  KeyId: ['Equals', 'BeginsWith'],
  Tier: ['Equals'],
  DataType: ['Equals'],
  Label: ['Equals'],
  tag: ['Equals', 'BeginsWith'],
};

/** GetParametersByPath knows no more than these. */
export const PATH_FILTER_KEYS: readonly string[] = ['Type', 'KeyId', 'Label'];

export function parameterFilter(
  filters: readonly ParameterStringFilter[] = [],
  keys: readonly string[] = Object.keys(OPTIONS),
): Selects {
  const each = filters.map((filter) => selector(filter, keys));
  return (parameter) => each.every((selects) => selects(parameter));
}

/** The older filters: names by their beginning, the rest exactly. */
export function legacyFilter(filters: readonly ParametersFilter[] = []): Selects {
  return parameterFilter(
    filters.map(({ Key, Values }) => ({ Key, Option: Key === 'Name' ? 'BeginsWith' : 'Equals', Values })),
    ['Name', 'Type', 'KeyId'],
  );
}

/** '/app' has '/app/url' below it, and '/app/db/url' two levels below. */
export function isBelow(name: string, path: string, recursive: boolean): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(folder) && (recursive || !name.slice(folder.length).includes('/'));
}

function selector(filter: ParameterStringFilter, keys: readonly string[]): Selects {
  const { Key: key = '', Values: values = [] } = filter;
  const kind = key.startsWith('tag:') ? 'tag' : key;
  const options = OPTIONS[kind];
  if (!options || !keys.includes(kind)) {
    throw new ServiceError(
      'InvalidFilterKey',
      `The filter key ${key} is not valid. Valid filter keys include: [${keys.join(', ')}].`,
    );
  }
  const option = filter.Option ?? options[0] ?? '';
  if (!options.includes(option)) {
    throw new ServiceError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: [${options.join(', ')}].`,
    );
  }
  if (values.length > 50)
    throw new ServiceError('InvalidFilterValue', 'A filter can have at most 50 values.');
  if (kind === 'Path') {
    for (const path of values) {
      if (!path.startsWith('/'))
        throw new ServiceError('InvalidFilterValue', `The parameter path must begin with a slash: ${path}`);
    }
    return ({ name }) => values.some((path) => isBelow(name, path, option === 'Recursive'));
  }
  const compare = COMPARISONS[option];
  return (parameter) => {
    const text = textOf(parameter, kind, key);
    // A tag filter without values asks for the key alone.
    if (kind === 'tag' && values.length === 0) return text !== undefined;
    return text !== undefined && values.some((value) => compare?.(text, value));
  };
}

function textOf(parameter: StoredParameter, kind: string, key: string): string | undefined {
  switch (kind) {
    case 'Name':
      return parameter.name;
    case 'Type':
      return parameter.type;
    case 'KeyId':
      return parameter.keyId;
    case 'Tier':
      return parameter.tier;
    case 'DataType':
      return parameter.dataType;
    case 'tag':
      return parameter.tags.get(key.slice('tag:'.length));
    default:
      // Labels, which no parameter here has.
      return undefined;
  }
}
