/** Writes down what `prepared.ts` finds: run by the build, and by no one later. */
import { COMMANDS } from '../inputs/input.ts';
import { completed } from './completion/commands.ts';
import { scriptFor } from './completion/script.ts';
import { SHELLS } from './completion/shells.ts';
import { FAMILIES } from './help-texts.ts';
import { HELP_TOPICS } from './help-topics.ts';
import { COMPLETED_FILE, helpFile, textFile } from './prepared.ts';
import { parseArguments } from './program.ts';

/** The files, by their names. */
export function prepare(version: string): Record<string, string> {
  const explained = ['', ...COMMANDS, ...Object.keys(FAMILIES), 'completion'].map((name) => {
    const words = name.split(' ').filter(Boolean);
    return [helpFile(words), printed([...words, '--help'], version)];
  });
  const topics = HELP_TOPICS.map((topic) => [helpFile([topic]), printed(['help', topic], version)]);
  const scripts = SHELLS.map((shell) => [textFile(['completion', shell]), scriptFor(shell)]);
  return Object.fromEntries([
    ...explained,
    ...topics,
    ...scripts,
    [textFile(['--version']), printed(['--version'], version)],
    [COMPLETED_FILE, JSON.stringify(completed())],
  ]) as Record<string, string>;
}

function printed(argv: readonly string[], version: string): string {
  const invocation = parseArguments(argv, version);
  if (!('text' in invocation)) throw new Error(`${argv.join(' ')} prints nothing`);
  return invocation.text;
}
