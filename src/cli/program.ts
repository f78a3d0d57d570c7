/** The command line: built from the catalogue of inputs, parsed by commander, which neither prints nor exits here. */
import { Command, CommanderError, Option } from 'commander';
import { WizardError } from '../errors.ts';
import { inputsOf } from '../inputs/catalogue.ts';
import { COMMANDS, flagOf, type CommandName, type Input } from '../inputs/input.ts';
import { splitList, type RawInputs } from '../inputs/resolve.ts';
import { DESCRIPTIONS, GROUP_TITLES, helpFooter } from './help-texts.ts';

export type Invocation =
  | { readonly command: CommandName; readonly flags: RawInputs }
  /** What `--help` and `--version` print. */
  | { readonly text: string };

export function parseArguments(argv: readonly string[], version: string): Invocation {
  const printed: string[] = [];
  let invocation: Invocation | undefined;
  const program = buildProgram(
    version,
    (text) => printed.push(text),
    (parsed) => (invocation = parsed),
  );
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw misspelt(error, argv);
  }
  return invocation ?? { text: printed.join('') };
}

function buildProgram(
  version: string,
  print: (text: string) => void,
  chosen: (invocation: Invocation) => void,
): Command {
  const program = new Command('elasticache-wizard')
    .description(
      'Gives an app that runs on Amazon ECS or EC2 a shared Redis or Valkey cache on ElastiCache, and proves that the app uses it.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', helpFooter())
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined });
  for (const name of COMMANDS) {
    const command = program
      .command(name, { isDefault: name === 'setup' })
      .description(DESCRIPTIONS[name])
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', helpFooter(name));
    for (const [input, declared] of inputsOf(name))
      for (const option of optionsOf(input, declared)) command.addOption(option);
    command.action(() => chosen({ command: name, flags: flagsOf(command, name) }));
  }
  return program;
}

function optionsOf(name: string, input: Input<unknown>): Option[] {
  const heading = GROUP_TITLES[input.group];
  const spellings = [flagOf(name), ...(input.aliases ?? [])];
  return spellings.flatMap((flag, index) =>
    spelled(flag, input).map((option) => {
      option.helpGroup(heading);
      return index > 0 ? option.hideHelp() : option;
    }),
  );
}

function spelled(flag: string, input: Input<unknown>): Option[] {
  const { shape, placeholder = '<value>' } = input;
  const help = helpOf(input);
  switch (shape) {
    case 'on':
      return [new Option(flag, help)];
    case 'off':
      return [new Option(flag.replace('--', '--no-'), help)];
    case 'switch':
      return [new Option(flag, help), new Option(flag.replace('--', '--no-'), 'the opposite').hideHelp()];
    case 'list':
      return [collecting(new Option(`${flag} ${placeholder}`, help), splitList)];
    case 'entries':
      return [collecting(new Option(`${flag} ${placeholder}`, help), (entry) => [entry])];
    case 'value':
      return [new Option(`${flag} ${placeholder}`, help)];
  }
}

/** Repeatable, never variadic: a variadic flag swallows what stands behind it. */
function collecting(option: Option, items: (value: string) => string[]): Option {
  return option.argParser((value: string, earlier: readonly string[] | undefined) => [
    ...(earlier ?? []),
    ...items(value),
  ]);
}

function helpOf({ help, shape, default: value, aliases = [] }: Input<unknown>): string {
  const stated = shape === 'value' || shape === 'switch' ? defaultOf(value) : '';
  return `${help}${stated}${aliases.length > 0 ? ` [also ${aliases.join(', ')}]` : ''}`;
}

function defaultOf(value: unknown): string {
  if (typeof value === 'boolean') return ` (default: ${value ? 'on' : 'off'})`;
  return typeof value === 'string' || typeof value === 'number' ? ` (default: ${value})` : '';
}

/** Only what was typed: commander's own defaults would hide the environment. */
function flagsOf(command: Command, name: CommandName): RawInputs {
  const flags: Record<string, RawInputs[string]> = {};
  for (const [input, { aliases = [] }] of inputsOf(name)) {
    for (const key of [flagOf(input), ...aliases].map((flag) => new Option(flag).attributeName())) {
      if (command.getOptionValueSource(key) !== 'cli') continue;
      flags[input] ??= command.getOptionValue(key) as RawInputs[string];
    }
  }
  return flags;
}

function misspelt(error: CommanderError, argv: readonly string[]): WizardError {
  const [first] = argv;
  if (error.code === 'commander.excessArguments' && first !== undefined) {
    const stray = argv.find((word) => !word.startsWith('-')) ?? first;
    const isCommand = COMMANDS.some((name) => name === stray);
    return isCommand && stray !== first
      ? new WizardError('InvalidInput', `Flags stand behind the command: ${stray} comes after ${first}`, {
          hint: `elasticache-wizard ${stray} ${argv.filter((word) => word !== stray).join(' ')}`,
        })
      : new WizardError('InvalidInput', `Nothing is called ${JSON.stringify(stray)} here`, {
          hint: `The commands are ${COMMANDS.join(', ')}; flags take one value each, lists are separated by commas.`,
        });
  }
  const [sentence = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const nearest = /Did you mean (.+)\?/.exec(suggestion ?? '')?.[1];
  return new WizardError('InvalidInput', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`, {
    hint: nearest ?? 'elasticache-wizard --help, or --help behind a command, lists what there is.',
  });
}
