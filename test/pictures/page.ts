/**
 * A page with transcripts. Behind the comment `<!-- transcript -->` stands a block whose lines with `$` are commands, and
 * below each what it said: the page is the list of its own commands. In the comment, `exit=6` says how the last one ends, and
 * `only="Plan|Price"` which lines are shown, each with what is indented below it; an ellipsis stands for the others.
 */
export interface Page {
  readonly scenario: string;
  readonly transcripts: readonly Transcript[];
}

export interface Transcript {
  readonly commands: readonly Command[];
  readonly exitCode: number;
  readonly only?: RegExp;
  /** As it stands on the page, without its fences. */
  readonly text: string;
}

export interface Command {
  /** As a shell reads it, in one line. */
  readonly line: string;
  /** As it is written, the dollar sign included, in one or several lines. */
  readonly written: string;
}

const SCENARIO = /^<!-- .*on the scenario ([\w-]+).* -->$/m;
const BLOCK = /(?<=<!-- transcript(.*?) -->\n```console\n)([\s\S]*?)(?=\n```)/g;

export function readPage(markdown: string): Page {
  const [, scenario] = SCENARIO.exec(markdown) ?? [];
  if (scenario === undefined) throw new Error('The page does not say on which scenario it was recorded');
  const transcripts = [...markdown.matchAll(BLOCK)].map(([, options = '', text = '']) => {
    const [, exitCode = '0'] = /exit=(\d+)/.exec(options) ?? [];
    const [, only] = /only="(.*?)"/.exec(options) ?? [];
    const shown = only === undefined ? {} : { only: new RegExp(only) };
    return { commands: commandsIn(text), exitCode: Number(exitCode), text, ...shown };
  });
  return { scenario, transcripts };
}

function commandsIn(text: string): Command[] {
  const commands = text.match(/^\$ (?:.*\\\n)*.*$/gm) ?? [];
  return commands.map((written) => ({ written, line: written.slice(2).replaceAll(/\\\n\s*/g, '') }));
}

/** The page with new texts in its transcripts, in their order. */
export function withTranscripts(markdown: string, texts: readonly string[]): string {
  let at = 0;
  return markdown.replaceAll(BLOCK, (text) => texts[at++] ?? text);
}

/** What a command said, cut to what the page shows of it. */
export function shortened(said: string, only: RegExp | undefined): string {
  if (!only) return said;
  const kept: string[] = [];
  /** Of the line below which everything that is indented more is shown. */
  let indent = Infinity;
  for (const line of said.split('\n')) {
    const own = line.length - line.trimStart().length;
    if (only.test(line)) indent = own;
    else if (own <= indent) indent = Infinity;
    if (indent !== Infinity) kept.push(line);
    else if (kept.at(-1) !== '…') kept.push('…');
  }
  return kept.join('\n');
}
