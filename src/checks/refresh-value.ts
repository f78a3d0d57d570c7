/** What is compared between refreshes: a JSONPath, the first group of a regular expression, or the whole body. */
import { createHash } from 'node:crypto';
import { JSONPath } from 'jsonpath-plus';
import { WizardError } from '../errors.ts';

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

/** A value that tasks which have just started show too, with or without a cache. */
export function isEmptyValue(value: string): boolean {
  return /^(|0|null|false|""|\[\]|\{\})$/.test(value.trim());
}

/** Short enough for a line; a page's body is only told apart from another. */
export function shownValue(value: string): string {
  if (value.length <= 40 && !/[\r\n]/.test(value)) return value === '' ? '(empty)' : value;
  return `${createHash('sha256').update(value).digest('hex').slice(0, 8)} (${value.length} characters)`;
}
