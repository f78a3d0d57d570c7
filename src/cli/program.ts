/** The command line: built from the catalogue of inputs, parsed by commander, which neither prints nor exits here. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { inputsOf } from '../inputs/catalogue.ts';
import { COMMANDS, flagOf, type CommandName, type Input } from '../inputs/input.ts';
import { splitList, type RawInputs } from '../inputs/resolve.ts';
import { helpTopic } from './help-topics.ts';
import { misspelt } from './misspelt.ts';
import { SHELLS } from './completion/shells.ts';
import { HELP_LAYOUT, WIDTH } from './help-layout.ts';
import {
  completionFooter,
  DESCRIPTIONS,
  FAMILIES,
  familyFooter,
  GROUP_TITLES,
  helpFooter,
  programFooter,
} from './help-texts.ts';

export type Invocation =
  /** `operands`: what stands behind `--`. */
  | { readonly command: CommandName; readonly flags: RawInputs; readonly operands: readonly string[] }
  /** `completion <shell>`. */
  | { readonly shell: string }
  /** What `--help` and `--version` print. */
  | { readonly text: string };

/** `columns`: of the terminal that reads the help, where one does. */
export function parseArguments(argv: readonly string[], version: string, columns = WIDTH): Invocation {
  const topic = argv[0] === 'help' ? helpTopic(argv[1]) : undefined;
  if (topic !== undefined) return { text: topic };
  const printed: string[] = [];
  let invocation: Invocation | undefined;
  const program = buildProgram(
    argv,
    version,
    Math.min(columns, WIDTH),
    (text) => printed.push(text),
    (parsed) => (invocation = parsed),
  );
  try {
    program.parse(inTwoWords(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw misspelt(error, argv);
  }
  return invocation ?? { text: printed.join('') };
}

/** `help snapshot create`: commander explains one word alone. */
function inTwoWords(argv: readonly string[]): readonly string[] {
  const [help, ...words] = argv;
  return help === 'help' && words.length === 2 ? [...words, '--help'] : argv;
}

function buildProgram(
  argv: readonly string[],
  version: string,
  helpWidth: number,
  print: (text: string) => void,
  chosen: (invocation: Invocation) => void,
): Command {
  const program = new Command('elasticache-wizard')
    .description(
      'Gives an app that runs on Amazon ECS or EC2 a shared Redis or Valkey cache on ElastiCache, and proves that the app uses it.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp(HELP_LAYOUT)
    .addHelpText('after', () => programFooter())
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: () => undefined,
      getOutHelpWidth: () => helpWidth,
    });
  const typed = COMMANDS.find((name) => name.split(' ').every((word, at) => argv[at] === word));
  for (const name of COMMANDS) {
    const [first = name, verb] = name.split(' ');
    const command = (verb === undefined ? program : familyIn(program, first))
      .command(verb ?? first, { isDefault: name === 'setup' })
      .description(DESCRIPTIONS[name])
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', () => helpFooter(name));
    // Beside the one that is typed the others are no more than names.
    const inputs = typed === undefined || typed === name ? inputsOf(name) : [];
    for (const [input, declared] of inputs)
      for (const option of optionsOf(input, declared)) command.addOption(option);
    if (TAKES_OPERANDS.includes(name)) command.argument('[command...]', OPERANDS);
    command.action(() => chosen({ command: name, flags: flagsOf(command, name), operands: command.args }));
  }
  program
    .command('completion')
    .description('a script that teaches your shell to complete commands, flags and names of the account')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', () => completionFooter())
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: string) => chosen({ shell }));
  return program;
}

const OPERANDS =
  'behind --: run with REDIS_URL, REDIS_HOST, REDIS_PORT and REDIS_PASSWORD set, in the place of a shell; redis-cli and valkey-cli are given -h, -p, --tls and --sni too';

/** `connect -- redis-cli`: what stands behind the two hyphens. */
const TAKES_OPERANDS: readonly CommandName[] = ['connect'];

/** `snapshot` of `snapshot create`: alone it only tells what there is. */
function familyIn(program: Command, name: string): Command {
  const found = program.commands.find((each) => each.name() === name);
  if (found) return found;
  return program
    .command(name)
    .description(FAMILIES[name] ?? '')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', () => familyFooter(name));
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
