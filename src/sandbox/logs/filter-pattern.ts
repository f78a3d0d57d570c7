/**
 * The unstructured half of CloudWatch Logs' filter patterns: terms, "quoted phrases", ?one ?of ?these, -excluded.
 * Matching is by substring and case-sensitive. JSON ({...}) and column ([...]) patterns are refused.
 */
import { ServiceError } from '../service.ts';

export type Matches = (message: string) => boolean;

const TERM = /([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g;
/** Unquoted terms may hold letters, digits and underscores only (CloudWatch Logs user guide, filter pattern syntax). */
const PLAIN_TERM = /^\w+$/;

export function compileFilterPattern(pattern: string | undefined): Matches {
  const source = pattern?.trim() ?? '';
  if (/^[{[%]/.test(source)) throw invalidPattern();

  const required: string[] = [];
  const anyOf: string[] = [];
  const excluded: string[] = [];
  for (const [, sign, phrase, plain] of source.matchAll(TERM)) {
    if (plain !== undefined && !PLAIN_TERM.test(plain)) throw invalidPattern();
    const term = plain ?? (phrase ?? '').replace(/\\(.)/g, '$1');
    (sign === '?' ? anyOf : sign === '-' ? excluded : required).push(term);
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    (anyOf.length === 0 || anyOf.some((term) => message.includes(term))) &&
    !excluded.some((term) => message.includes(term));
}

function invalidPattern(): ServiceError {
  return new ServiceError('InvalidParameterException', 'Invalid filter pattern');
}
