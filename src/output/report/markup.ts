/** Text that is HTML: whatever is put into it is escaped, unless it is such text itself. */
import { stripVTControlCharacters } from 'node:util';

export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | undefined | readonly Markup[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((text, next, at) => `${text}${rendered(parts[at - 1])}${next}`) };
}

function rendered(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Lines of logs bring colours and control characters along, which no document may hold. */
function escape(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/(?![\t\n])\p{Cc}/gu, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
