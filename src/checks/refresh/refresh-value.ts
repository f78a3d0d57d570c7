/** What is compared between refreshes: a JSONPath, the first group of a regular expression, or the whole body. */
import { createHash } from 'node:crypto';
import { JSONPath } from 'jsonpath-plus';
import { WizardError } from '../../errors.ts';

/** Undefined: the value is not in this body. Throws where the expression itself cannot be used. */
export type ReadValue = (body: string) => string | undefined;

export function valueReader(expression: string): ReadValue {
  if (expression === 'body') return (body) => body.trim();
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(expression) ?? [];
  if (source === undefined) return (body) => readPath(body, expression);
  const pattern = new RegExp(source, flags?.replace(/[gy]/g, ''));
  return (body) => {
    const match = pattern.exec(body);
    return match?.[1] ?? match?.[0];
  };
}

function readPath(body: string, path: string): string | undefined {
  const json = parseJson(body);
  if (json === undefined) return undefined;
  const found = search(json, path);
  if (found.length === 0) return undefined;
  const value = found.length === 1 ? found[0] : found;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function search(json: object, path: string): unknown[] {
  try {
    // Filters would be run as JavaScript: what is compared needs none.
    return JSONPath<unknown[]>({ path, json, eval: false });
  } catch (cause) {
    throw new WizardError('InvalidInput', `Reading ${path}: it is no JSONPath that can be used here`, {
      hint: 'Give a plain path such as $.count, without filters.',
      cause,
    });
  }
}

function parseJson(body: string): object | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A value that tasks which have just started show too, with or without a cache. In an answer that counts or lists
 * something, that is what has to be there: names and flags beside it are the same in every task.
 */
export function isEmptyValue(value: string): boolean {
  const json = parseAny(value.trim());
  if (json === undefined) return value.trim() === '';
  const leaves = leavesOf(json);
  const amounts = leaves.filter((leaf) => typeof leaf === 'number' || leaf === 'something in a list');
  const lists = leaves.filter((leaf) => leaf === 'an empty list');
  if (amounts.length + lists.length > 0) return amounts.every((amount) => amount === 0);
  return leaves.every((leaf) => leaf === 'nothing');
}

/** A whole page is known by its digest alone: whether it shows something or the app's first screen cannot be told. */
export function isOpaquePage(value: string, expression: string | undefined): boolean {
  return expression === 'body' && parseAny(value) === undefined && shownValue(value) !== value;
}

type Leaf = number | 'something' | 'something in a list' | 'an empty list' | 'nothing';

function leavesOf(value: unknown): Leaf[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) {
    if (value.length === 0) return ['an empty list'];
    return value.flatMap(leavesOf).map((leaf) => (leaf === 'something' ? 'something in a list' : leaf));
  }
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return value === null || value === false || value === '' ? ['nothing'] : ['something'];
}

function parseAny(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Short enough for a line; a page's body is only told apart from another. */
export function shownValue(value: string): string {
  if (value.length <= 40 && !/[\r\n]/.test(value)) return value === '' ? '(empty)' : value;
  return `${createHash('sha256').update(value).digest('hex').slice(0, 8)} (${value.length} characters)`;
}
