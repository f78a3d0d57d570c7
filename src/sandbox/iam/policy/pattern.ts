/**
 * Texts in policies: wildcards and policy variables. `*` is any characters, `?` is one; `${aws:username}` stands for
 * a value of the request, `${key, 'default'}` for one that may be absent, `${*}` for the character itself (IAM User
 * Guide, "Policy variables").
 */
import type { Context } from './context.ts';

type Token = { readonly text: string } | { readonly wildcard: '*' | '?' };

export interface Texts {
  readonly context: Context;
  /** Variables exist since version 2012-10-17 of the policy language; before, they are plain text. */
  readonly variables: boolean;
}

/** Without variables a pattern is always the same, and each call is asked of all patterns of a policy. */
const compiled = new Map<string, RegExp>();

/** Whether a text matches a pattern. A pattern with a variable that has no value matches nothing. */
export function matchesPattern(
  pattern: string,
  text: string,
  texts: Texts,
  { ignoreCase = false } = {},
): boolean {
  if (pattern.includes('$')) return expressionOf(pattern, texts, ignoreCase)?.test(text) ?? false;
  const key = `${ignoreCase ? 'any' : 'this'} case: ${pattern}`;
  const known = compiled.get(key) ?? expressionOf(pattern, texts, ignoreCase);
  if (!known) return false;
  compiled.set(key, known);
  return known.test(text);
}

function expressionOf(pattern: string, texts: Texts, ignoreCase: boolean): RegExp | undefined {
  const source = tokensOf(pattern, texts)?.map((token) =>
    'wildcard' in token ? (token.wildcard === '*' ? '.*' : '.') : escaped(token.text),
  );
  return source && new RegExp(`^${source.join('')}$`, ignoreCase ? 'is' : 's');
}

/** The text with its variables filled in and its wildcards as they are; undefined when a variable has no value. */
export function filledIn(pattern: string, texts: Texts): string | undefined {
  return tokensOf(pattern, texts)
    ?.map((token) => ('wildcard' in token ? token.wildcard : token.text))
    .join('');
}

/**
 * ARNs match part by part: a wildcard does not reach over a colon, but for those in the resource itself. Parts that
 * the pattern leaves out are any (IAM User Guide, "Resource": incomplete ARNs are completed with wildcards).
 */
export function matchesArn(pattern: string, arn: string, texts: Texts): boolean {
  if (pattern === '*') return true;
  const parts = arnParts(arn);
  const patterns = arnParts(pattern);
  return parts.every((part, index) => matchesPattern(patterns[index] ?? '*', part, texts));
}

/** Six parts; the last one holds the rest, colons included. Those inside `${...}` do not separate. */
function arnParts(arn: string): string[] {
  const pieces = arn.match(/(?:\$\{[^}]*\}|[^:])+:?|:/g) ?? [];
  const parts = pieces.slice(0, 5).map((piece) => piece.replace(/:$/, ''));
  return pieces.length > 5 ? [...parts, pieces.slice(5).join('')] : parts;
}

function tokensOf(pattern: string, { context, variables }: Texts): Token[] | undefined {
  const tokens: Token[] = [];
  for (const [piece] of pattern.matchAll(/\$\{[^}]*\}|[*?]|[^*?$]+|\$/g)) {
    if (piece === '*' || piece === '?') {
      tokens.push({ wildcard: piece });
    } else if (variables && piece.startsWith('${')) {
      const value = variable(piece.slice(2, -1), context);
      if (value === undefined) return undefined;
      tokens.push({ text: value });
    } else {
      tokens.push({ text: piece });
    }
  }
  return tokens;
}

/** Only a key with one value can stand in a text. */
function variable(expression: string, context: Context): string | undefined {
  if (['*', '?', '$'].includes(expression)) return expression;
  const [, key = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'(.*)')?\s*$/.exec(expression) ?? [];
  const values = context.get(key.toLowerCase()) ?? [];
  return values.length === 1 ? values[0] : fallback;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
