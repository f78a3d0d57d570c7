/** The Condition element: operators over the values that a request brings (IAM User Guide, "Condition operators"). */
import { BlockList, isIP } from 'node:net';
import { filledIn, matchesArn, matchesPattern } from './pattern.ts';
import type { Texts } from './pattern.ts';

/** One key under one operator. */
export interface Condition {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

export interface Operator {
  readonly name: string;
  /** Over a key of many values: each of them, or one of them, must hold. */
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
}

type Compare = (policyValue: string, requestValue: string, texts: Texts) => boolean;

const sameText: Compare = (pattern, value, texts) => filledIn(pattern, texts) === value;
const sameTextIgnoringCase: Compare = (pattern, value, texts) =>
  filledIn(pattern, texts)?.toLowerCase() === value.toLowerCase();
const numbers = (holds: (request: number, policy: number) => boolean): Compare => {
  return (policy, request) => holds(Number(request), Number(policy));
};
const dates = (holds: (request: number, policy: number) => boolean): Compare => {
  return (policy, request) => holds(instant(request), instant(policy));
};
const equal = (a: number, b: number): boolean => a === b;
const less = (a: number, b: number): boolean => a < b;
const atMost = (a: number, b: number): boolean => a <= b;
const greater = (a: number, b: number): boolean => a > b;
const atLeast = (a: number, b: number): boolean => a >= b;

const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: sameText,
  StringEqualsIgnoreCase: sameTextIgnoringCase,
  StringLike: matchesPattern,
  NumericEquals: numbers(equal),
  NumericLessThan: numbers(less),
  NumericLessThanEquals: numbers(atMost),
  NumericGreaterThan: numbers(greater),
  NumericGreaterThanEquals: numbers(atLeast),
  DateEquals: dates(equal),
  DateLessThan: dates(less),
  DateLessThanEquals: dates(atMost),
  DateGreaterThan: dates(greater),
  DateGreaterThanEquals: dates(atLeast),
  Bool: sameTextIgnoringCase,
  BinaryEquals: sameText,
  IpAddress: inNetwork,
  // The two are the same: "ArnEquals and ArnLike behave identically".
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
};

/** What each of these denies. They hold where the key is absent. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/** 'ForAllValues:StringLikeIfExists' taken apart; undefined where there is no such operator. */
export function parseOperator(text: string): Operator | undefined {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  const known = name === 'Null' ? !ifExists : name in COMPARISONS || name in NEGATIONS;
  if (!known) return undefined;
  return { name, set: set as Operator['set'], ifExists: ifExists !== undefined };
}

export function holds({ key, operator, values }: Condition, texts: Texts): boolean {
  const given = texts.context.get(key.toLowerCase()) ?? [];
  const { name, set, ifExists } = operator;
  if (name === 'Null')
    return values.some((value) => (value.toLowerCase() === 'true') === (given.length === 0));

  const negates = NEGATIONS[name];
  if (given.length === 0) return ifExists || set === 'ForAllValues' || (!set && negates !== undefined);
  const compare = COMPARISONS[negates ?? name];
  const matches = (value: string): boolean =>
    values.some((policyValue) => compare?.(policyValue, value, texts)) !== (negates !== undefined);
  // Without a set operator a negation speaks of all values, whatever else of any.
  const each = set === undefined ? negates !== undefined : set === 'ForAllValues';
  return each ? given.every(matches) : given.some(matches);
}

/** ISO 8601, or seconds since 1970. */
function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inNetwork(network: string, address: string): boolean {
  const [base = '', prefix] = network.split('/');
  const family = isIP(base);
  if (family === 0 || isIP(address) !== family) return false;
  const list = new BlockList();
  const type = family === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(base, Number(prefix ?? (family === 6 ? 128 : 32)), type);
  return list.check(address, type);
}
