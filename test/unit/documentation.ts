/** Markdown, as far as a test of what it says has to read it. */

const FENCE = /^ *```.*\n([^]*?)^ *```/gm;

/** Of each command of ours, in blocks and in sentences, the words behind its name. */
export function commandsIn(text: string): string[][] {
  const blocks = [...text.matchAll(FENCE)].map(([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.replace(/\s*\\\n\s*/g, ' ').split('\n'));
  return [...lines.flatMap(typed), ...spansIn(text)].flatMap((line) => {
    const [, rest] = /^(?:npx (?:--yes |-y )?)?elasticache-wizard(?:@\w+)?(?=\s|$)(.*)$/.exec(line) ?? [];
    return rest === undefined ? [] : [wordsOf(rest)];
  });
}

/** `code` in a sentence. */
export function spansIn(text: string): string[] {
  const prose = text.replace(FENCE, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
}

/** Files and headings of ours; not the web’s. */
export function linksIn(text: string): string[] {
  const prose = text.replace(FENCE, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)];
  return links.map(([, link, source]) => link ?? source ?? '').filter((target) => !/^[a-z]+:/.test(target));
}

export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.replace(FENCE, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(headings.map(anchorOf));
}

/** As GitHub makes it of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** What is typed at a prompt, runs in a job, or stands on a line of its own; several in a row are several. */
function typed(line: string): string[] {
  const command = line.replace(/^\s*(?:\$ |- )?(?:run: |Same: )?/, '');
  return command.split(/ && /);
}

/** As a shell takes them, without what is piped, written elsewhere, left out (`…`) or remarked, as `Next:` does it. */
export function wordsOf(rest: string): string[] {
  const own = rest.replace(/\s(?:#|\||2?>|&).*$/, '').replace(/\s{2,}\(.*$/, '');
  const words = own.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.filter((word) => word !== '…' && word !== '...').map((word) => word.replace(/['"]/g, ''));
}
