/** `Filters` of the Describe operations: values of one filter are alternatives, several filters must all match. */
import type { Filter } from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import type { Ec2State } from './state.ts';

type FilterValue = string | number | boolean | undefined;

/** For each filter name, what a record says to it. */
export type FilterTable<T> = Readonly<
  Record<string, (record: T, state: Ec2State) => FilterValue | readonly FilterValue[]>
>;

/** EC2 User Guide, "Filtering considerations": at most 200 values a filter. */
const MAX_VALUES = 200;

export function matching<T>(
  state: Ec2State,
  records: readonly T[],
  filters: readonly Filter[] | undefined,
  table: FilterTable<T>,
  idOf: (record: T) => string,
): T[] {
  const conditions = (filters ?? []).map((filter) => {
    const read = reader(state, filter.Name ?? '', table, idOf);
    const patterns = valuesOf(filter).map(wildcardPattern);
    return (record: T) => read(record).some((value) => patterns.some((pattern) => pattern.test(value)));
  });
  return records.filter((record) => conditions.every((condition) => condition(record)));
}

function reader<T>(
  state: Ec2State,
  name: string,
  table: FilterTable<T>,
  idOf: (record: T) => string,
): (record: T) => string[] {
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (record) => texts(state.tags.of(idOf(record)).get(key));
  }
  if (name === 'tag-key') return (record) => [...state.tags.of(idOf(record)).keys()];
  const column = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!column) throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return (record) => texts(column(record, state));
}

function texts(values: FilterValue | readonly FilterValue[]): string[] {
  const list: readonly FilterValue[] = Array.isArray(values) ? values : [values as FilterValue];
  return list.filter((value) => value !== undefined).map(String);
}

function valuesOf(filter: Filter): string[] {
  const values = filter.Values ?? [];
  if (values.length === 0) {
    throw new ServiceError(
      'InvalidParameterValue',
      `The filter '${filter.Name ?? ''}' requires at least one value`,
    );
  }
  if (values.length > MAX_VALUES) {
    throw new ServiceError('FilterLimitExceeded', `The maximum number of filter values is ${MAX_VALUES}`);
  }
  return values;
}

/** `*` is any text, `?` one character, a backslash makes the next one plain. Values are case-sensitive. */
function wildcardPattern(value: string): RegExp {
  const source = value.replace(/\\(.)|[\s\S]/gu, (character: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeForPattern(escaped);
    if (character === '*') return '[\\s\\S]*';
    return character === '?' ? '[\\s\\S]' : escapeForPattern(character);
  });
  return new RegExp(`^${source}$`, 'u');
}

function escapeForPattern(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
