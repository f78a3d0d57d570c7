/**
 * Where the program begins: what the build has prepared is answered from that, and all else by main.ts. Built as
 * CommonJS: Node opens its loader of ES modules in a fifth of its own start, which only a real command pays.
 */
import { fstatSync, readFileSync, writeSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import type { Completed } from './cli/completion/commands.ts';
import { WIDTH } from './cli/help-layout.ts';
import { COMPLETED_FILE, textFileFor } from './cli/prepared.ts';

const words = process.argv.slice(2);
const readPrepared = (file: string): string =>
  readFileSync(join(import.meta.dirname, 'prepared', file), 'utf8');

void start();

async function start(): Promise<void> {
  if (tellsText() || (await completes())) return;
  // From Node 22.1 on: what has been compiled once is not compiled again.
  (nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
  await import('./main.ts');
}

function tellsText(): boolean {
  const file = textFileFor(words);
  // A narrow terminal has its help laid out anew.
  if (file === undefined || (isDevice() && process.stdout.columns < WIDTH)) return false;
  try {
    write(readPrepared(file));
    return true;
  } catch {
    // Of no command of ours: main.ts says what was misspelt.
    return false;
  }
}

/** `process.stdout` takes as long to open as all else here: a pipe or a file is written without it. */
function write(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (!isDevice() && written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    // Full for now, or closed: the stream waits for the one, and the other is a reader who has seen enough (`| head -1`).
  }
  if (written === bytes.length) return;
  process.stdout.on('error', () => undefined);
  process.stdout.write(bytes.subarray(written));
}

/** A terminal, or /dev/null. */
function isDevice(): boolean {
  return fstatSync(1).isCharacterDevice();
}

/** Unless the names in an account are what is asked for. */
async function completes(): Promise<boolean> {
  if (words[0] !== 'complete' || words[1] !== '--') return false;
  const { completionsOf, flagBeingCompleted } = await import('./cli/completion/completion.ts');
  const completed = JSON.parse(readPrepared(COMPLETED_FILE)) as Completed;
  const typed = words.slice(2);
  if (flagBeingCompleted(typed, completed)?.inAccount === true) return false;
  write(completionsOf(typed, completed));
  return true;
}
