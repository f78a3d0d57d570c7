/** What was typed and is no command line of ours: what it may have been meant to be. */
import type { CommanderError } from 'commander';
import { misspelt as nearestTo } from '../domain/nearest.ts';
import { WizardError } from '../errors.ts';
import { COMMANDS } from '../inputs/input.ts';

const FIRST_WORDS = [...new Set(COMMANDS.map((name) => name.split(' ')[0] ?? name))];

export function misspelt(error: CommanderError, argv: readonly string[]): WizardError {
  const [first = ''] = argv;
  const verbs = verbsOf(first);
  if (verbs.length > 0 && (error.code === 'commander.help' || error.code === 'commander.unknownCommand')) {
    return withoutVerb(first, argv[1] ?? '', verbs);
  }
  if (error.code === 'commander.excessArguments') return strayWord(argv, verbs.length > 0);
  const [sentence = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const nearest = /Did you mean (.+)\?/.exec(suggestion ?? '')?.[1];
  return new WizardError('InvalidInput', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`, {
    hint: nearest ?? 'elasticache-wizard --help, or --help behind a command, lists what there is.',
  });
}

/** Of a command in two words: 'create' of `snapshot create`. */
function verbsOf(first: string): string[] {
  return COMMANDS.flatMap((name) => (name.startsWith(`${first} `) ? name.split(' ').slice(1) : []));
}

function withoutVerb(first: string, typed: string, verbs: readonly string[]): WizardError {
  const meant = nearestTo(typed, verbs);
  return new WizardError('InvalidInput', `${first} is said with what is to be done`, {
    hint:
      meant === undefined
        ? `It is one of: ${verbs.map((verb) => `elasticache-wizard ${first} ${verb}`).join(', ')}.`
        : `elasticache-wizard ${first} ${meant}`,
  });
}

function strayWord(argv: readonly string[], inTwoWords: boolean): WizardError {
  const [first = ''] = argv;
  const words = argv.filter((word) => !word.startsWith('-'));
  const named = inTwoWords ? 2 : COMMANDS.filter((name) => name === first).length;
  const stray = words[named] ?? first;
  if (COMMANDS.some((name) => name === stray) && stray !== first) {
    return new WizardError('InvalidInput', `Flags stand behind the command: ${stray} comes after ${first}`, {
      hint: `elasticache-wizard ${stray} ${argv.filter((word) => word !== stray).join(' ')}`,
    });
  }
  const meant = nearestTo(stray, FIRST_WORDS);
  return new WizardError('InvalidInput', `Nothing is called ${JSON.stringify(stray)} here`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}The commands are ${COMMANDS.join(', ')}; flags take one value each, lists are separated by commas.`,
  });
}
