/** Where the program begins: what the build has prepared is answered from that, and all else by main.ts. */
import { readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { WIDTH } from './cli/help-layout.ts';
import { textFor, type Prepared } from './cli/prepared.ts';
import { SHELLS } from './cli/completion/shells.ts';

const { argv, stdout } = process;
const words = argv.slice(2);

if (!tellsText() && !(await printsScript()) && !(await completes())) {
  // From Node 22.1 on: what has been compiled once is not compiled again.
  (nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
  await import('./main.ts');
}

function prepared<K extends keyof Prepared>(part: K): Prepared[K] {
  return JSON.parse(readFileSync(new URL(`./prepared/${part}.json`, import.meta.url), 'utf8')) as Prepared[K];
}

function tellsText(): boolean {
  const key = textFor(words);
  // A narrow terminal has its help laid out anew.
  if (key === undefined || (stdout.isTTY && stdout.columns < WIDTH)) return false;
  const text = prepared('texts')[key];
  if (text === undefined) return false;
  // A reader may have seen enough (`| head -1`).
  stdout.on('error', () => undefined);
  stdout.write(text);
  return true;
}

async function printsScript(): Promise<boolean> {
  const [command, shell = ''] = words;
  if (command !== 'completion' || words.length !== 2 || !SHELLS.some((known) => known === shell))
    return false;
  const { printScript } = await import('./cli/completion/script.ts');
  printScript(shell);
  return true;
}

/** Unless the names in an account are what is asked for. */
async function completes(): Promise<boolean> {
  if (words[0] !== 'complete' || words[1] !== '--') return false;
  const { complete, flagBeingCompleted } = await import('./cli/completion/completion.ts');
  const completed = prepared('completed');
  const typed = words.slice(2);
  if (flagBeingCompleted(typed, completed)?.inAccount === true) return false;
  complete(typed, completed);
  return true;
}
