/** What was typed and is no command line of ours: what it may have been meant to be. */
import type { CommanderError } from 'commander';
import { meantBy } from '../domain/nearest.ts';
import { WizardError } from '../errors.ts';
import { inputsOf } from '../inputs/catalogue.ts';
import { COMMANDS, flagOf, type CommandName } from '../inputs/input.ts';
import { HELP_TOPICS } from './help-topics.ts';

const FIRST_WORDS = [...new Set(COMMANDS.map((name) => name.split(' ')[0] ?? name))];

export function misspelt(error: CommanderError, argv: readonly string[]): WizardError {
  const [first = ''] = argv;
  const verbs = verbsOf(first);
  if (verbs.length > 0 && !verbs.includes(argv[1] ?? '')) return withoutVerb(first, argv[1] ?? '', verbs);
  if (error.code === 'commander.excessArguments') return strayWord(argv, verbs.length > 0);
  if (first === 'help') return noSuchHelp(argv.slice(1).join(' '));
  const unknown = /unknown option '([^'=]+)/.exec(error.message)?.[1];
  if (unknown !== undefined) return unknownFlag(unknown, commandIn(argv));
  const valueless = /option '(.+)' argument missing/.exec(error.message)?.[1];
  if (valueless !== undefined)
    return new WizardError('InvalidInput', `${valueless} was given without its value`);
  const [sentence = ''] = error.message.replace(/^error: /, '').split('\n');
  return new WizardError('InvalidInput', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`, {
    hint:
      meantChoice(sentence) ?? 'elasticache-wizard --help, or --help behind a command, lists what there is.',
  });
}

/** Commander's own sentence on an argument: "… 'fsh' is invalid …. Allowed choices are bash, zsh." */
function meantChoice(sentence: string): string | undefined {
  const [, typed = '', choices = ''] = /'([^']*)' is invalid .* choices are (.+)\./.exec(sentence) ?? [];
  const meant = meantBy(typed, choices.split(', '));
  return meant === undefined ? undefined : `Did you mean ${meant}?`;
}

function noSuchHelp(typed: string): WizardError {
  const meant = meantBy(typed, [...HELP_TOPICS, ...COMMANDS]);
  return new WizardError('InvalidInput', `There is no help on ${JSON.stringify(typed)}`, {
    hint: `elasticache-wizard ${meant === undefined ? '--help' : `help ${meant}`}`,
  });
}

/** Of a command in two words: 'create' of `snapshot create`. */
function verbsOf(first: string): string[] {
  return COMMANDS.flatMap((name) => (name.startsWith(`${first} `) ? name.split(' ').slice(1) : []));
}

function commandIn([first = '', second = '']: readonly string[]): CommandName {
  return COMMANDS.find((name) => name === `${first} ${second}` || name === first) ?? 'setup';
}

function withoutVerb(first: string, typed: string, verbs: readonly string[]): WizardError {
  const meant = meantBy(typed, verbs);
  return new WizardError('InvalidInput', `${first} is said with what is to be done`, {
    hint:
      meant === undefined
        ? `It is one of: ${verbs.map((verb) => `elasticache-wizard ${first} ${verb}`).join(', ')}.`
        : `elasticache-wizard ${first} ${meant}`,
  });
}

function unknownFlag(typed: string, command: CommandName): WizardError {
  return new WizardError('InvalidInput', `Unknown option '${typed}'`, {
    hint: meantFlag(typed, command) ?? `elasticache-wizard ${command} --help lists those that there are.`,
  });
}

/** `--servce`, `-service`, `--cacheName`, and what only another command takes. */
function meantFlag(typed: string, command: CommandName): string | undefined {
  const own = flagsOf(command);
  const all = [...new Set(COMMANDS.flatMap(flagsOf))];
  const same = (flags: readonly string[]): string | undefined =>
    flags.find((flag) => plain(flag) === plain(typed));
  return same(own) ?? ofOthers(same(all)) ?? meantBy(typed, own) ?? ofOthers(meantBy(typed, all));
}

/** However it is hyphenated, and with capitals or without. */
function plain(flag: string): string {
  return flag.replaceAll(/[-_]/g, '').toLowerCase();
}

function flagsOf(command: CommandName): string[] {
  return inputsOf(command).flatMap(([name, { aliases = [], shape }]) => {
    const flag = flagOf(name);
    const refused = flag.replace('--', '--no-');
    if (shape === 'off') return [refused];
    return [flag, ...aliases, ...(shape === 'switch' ? [refused] : [])];
  });
}

const FEW = 3;

function ofOthers(flag: string | undefined): string | undefined {
  if (flag === undefined) return undefined;
  const takers = COMMANDS.filter((command) => flagsOf(command).includes(flag));
  const more = takers.length > FEW ? ` and ${takers.length - FEW} more` : '';
  return `${flag} belongs to ${takers.slice(0, FEW).join(', ')}${more}.`;
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
  const meant = meantCommand(stray);
  return new WizardError('InvalidInput', `Nothing is called ${JSON.stringify(stray)} here`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}The commands are ${COMMANDS.join(', ')}; flags take one value each, lists are separated by commas.`,
  });
}

/** Also the second of two words alone, or both as one: `restore`, `snapshot-restore`. */
function meantCommand(typed: string): string | undefined {
  const whole = COMMANDS.find((name) => plain(name.replace(' ', '-')) === plain(typed));
  const bySecond = COMMANDS.filter((name) => name.split(' ')[1] === typed);
  return whole ?? meantBy(typed, FIRST_WORDS) ?? (bySecond.length === 1 ? bySecond[0] : undefined);
}
