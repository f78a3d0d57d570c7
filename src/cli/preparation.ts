/** Writes down what `prepared.ts` reads: run by the build, and by no one later. */
import { COMMANDS } from '../inputs/input.ts';
import { completed } from './completion/commands.ts';
import { FAMILIES } from './help-texts.ts';
import { HELP_TOPICS } from './help-topics.ts';
import { helpKey, type Prepared } from './prepared.ts';
import { parseArguments } from './program.ts';

export function prepare(version: string): Prepared {
  const explained = ['', ...COMMANDS, ...Object.keys(FAMILIES), 'completion'].map((name) => {
    const words = name.split(' ').filter(Boolean);
    return [helpKey(words), printed([...words, '--help'], version)];
  });
  const topics = HELP_TOPICS.map((topic) => [helpKey([topic]), printed(['help', topic], version)]);
  return {
    texts: Object.fromEntries([
      ...explained,
      ...topics,
      ['--version', printed(['--version'], version)],
    ]) as Prepared['texts'],
    completed: completed(),
  };
}

function printed(argv: readonly string[], version: string): string {
  const invocation = parseArguments(argv, version);
  if (!('text' in invocation)) throw new Error(`${argv.join(' ')} prints nothing`);
  return invocation.text;
}
