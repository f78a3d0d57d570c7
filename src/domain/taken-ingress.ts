/**
 * The rules that an outage drill has taken out of our security group, as tags on that very group: written before the
 * first of them goes, so that whoever comes next can put them back, from whatever machine.
 */
import { LONGEST_TAG_VALUE, MOST_TAGS } from './limits.ts';
import type { Tags } from './ownership.ts';
import type { Permission } from './security-rules.ts';

const PREFIX = 'elasticache-wizard:outage-';
/** EC2 user guide, "Tag restrictions": what a value may hold. The equals sign is left for what may not. */
const UNFIT = /[^\p{L}\p{N} .:/+@_-]/gu;

/** Undefined where there is no room: nothing may be taken away that is not written down. */
export function takenTags(rules: readonly Permission[], others: Tags): Tags | undefined {
  const tags = Object.fromEntries(rules.map((rule, index) => [`${PREFIX}${index + 1}`, textOf(rule)]));
  const tooLong = Object.values(tags).some((text) => text.length > LONGEST_TAG_VALUE);
  return tooLong || Object.keys({ ...others, ...tags }).length > MOST_TAGS ? undefined : tags;
}

export function takenKeys(tags: Tags): string[] {
  return Object.keys(tags).filter((key) => key.startsWith(PREFIX));
}

export function takenRules(tags: Tags): Permission[] {
  return takenKeys(tags).flatMap((key) => ruleOf(tags[key] ?? '') ?? []);
}

/** Somebody has changed them since: what they stood for is not known any more. */
export function unreadableKeys(tags: Tags): string[] {
  return takenKeys(tags).filter((key) => ruleOf(tags[key] ?? '') === undefined);
}

/** 'tcp 6379 6379 sg-0a1b Tasks of backend' */
function textOf({ protocol, fromPort, toPort, source, description }: Permission): string {
  const words = [protocol, String(fromPort), String(toPort), Object.values(source).join('')];
  return [...words, ...(description === undefined ? [] : [encoded(description)])].join(' ');
}

function ruleOf(text: string): Permission | undefined {
  const [, protocol = '', from, to, source = '', description] =
    /^(\S+) (-?\d+) (-?\d+) (\S+)(?: (.*))?$/.exec(text) ?? [];
  if (source === '') return undefined;
  return {
    protocol,
    fromPort: Number(from),
    toPort: Number(to),
    source: sourceOf(source),
    ...(description === undefined ? {} : { description: decoded(description) }),
  };
}

function sourceOf(text: string): Permission['source'] {
  if (text.startsWith('sg-')) return { groupId: text };
  return text.startsWith('pl-') ? { prefixListId: text } : { cidr: text };
}

function encoded(text: string): string {
  return text.replace(UNFIT, (letter) => `=${letter.codePointAt(0)?.toString(16) ?? ''}=`);
}

function decoded(text: string): string {
  return text.replace(/=([0-9a-f]+)=/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));
}
