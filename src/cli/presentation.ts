/** How a run speaks: what was asked for, and what those who listen can show. */
import isUnicodeSupported from 'is-unicode-supported';
import type { CommandName } from '../inputs/input.ts';
import { variableOf } from '../inputs/input.ts';
import type { Inputs } from '../inputs/resolve.ts';
import type { WizardEvent } from '../engine/events.ts';
import { notifier, SILENT_NOTIFIER, type Notifier } from '../output/notification.ts';
import type { OutputOptions } from '../output/output.ts';
import type { World } from './world.ts';

/** The event that is what the command was asked for, and so belongs on stdout. */
const RESULT_EVENTS: Partial<Record<CommandName, WizardEvent['type']>> = {
  plan: 'plan.ready',
  verify: 'check.finished',
};

export function presentationOf(command: CommandName, inputs: Inputs, world: World): OutputOptions {
  const { format, progress, color, verbose, debug } = inputs;
  return {
    ...screensOf(world),
    json: format.value === 'json',
    github: format.value === 'github' ? githubIn(world) : undefined,
    redraws: progress.value === 'bar' && isRedrawn(world),
    terse:
      progress.value !== 'errors-only'
        ? undefined
        : isAnswered(inputs, world)
          ? 'for an approver'
          : 'for nobody',
    color: color.value && colorIn(world),
    forcesColor: color.value && forcesColor(world),
    verbose: verbose.value,
    debug: debug.value,
    resultEvent: RESULT_EVENTS[command],
  };
}

/** The arguments themselves are wrong, so that what they say of this is read from them as they stand. */
export function presentationAsTyped(world: World): OutputOptions {
  const { argv, env } = world;
  const format =
    argv.find((_, index) => argv[index - 1] === '--format') ??
    argv.find((word) => word.startsWith('--format='))?.slice('--format='.length) ??
    env[variableOf('format')];
  const wantsJson = argv.includes('--json') || /^(1|true|yes|on)$/i.test(env[variableOf('json')] ?? '');
  const wantsColor = !argv.includes('--no-color');
  return {
    ...screensOf(world),
    json: wantsJson || format === 'json',
    github: format === 'github' ? githubIn(world) : undefined,
    redraws: false,
    color: wantsColor && colorIn(world),
    forcesColor: wantsColor && forcesColor(world),
    verbose: false,
    debug: argv.includes('--debug'),
  };
}

/** Questions need somebody who can read and answer them. */
export function isAnswered({ input, json }: Inputs, world: World): boolean {
  const { stdin, stderr } = world.terminal;
  return stdin && stderr && !isCi(world) && input.value && !json.value;
}

/** Bells in a log, or between the objects of a script, would be noise. */
export function notifierOf(command: CommandName, inputs: Inputs, world: World): Notifier {
  const { stderr, clock, terminal, env } = world;
  if (!inputs.notify.value || inputs.json.value || !terminal.stderr || isCi(world)) return SILENT_NOTIFIER;
  // The console of Linux prints the rest of a sequence that it does not know.
  return notifier(stderr, { command, clock, bellOnly: env.TERM === 'dumb' || env.TERM === 'linux' });
}

/** A terminal that says 0 columns does not know its size, so that nobody knows what a line takes of it. */
function isRedrawn(world: World): boolean {
  const { stderr, terminal, env } = world;
  return terminal.stderr && stderr.columns !== 0 && env.TERM !== 'dumb' && !isCi(world);
}

function screensOf({
  terminal,
  env,
  clock,
}: World): Pick<OutputOptions, 'colorsStdout' | 'plain' | 'ascii' | 'clock'> {
  const { stdout, stderr } = terminal;
  const knowsAscii = !isUnicodeSupported();
  return {
    colorsStdout: stdout,
    plain: env.TERM === 'dumb' || knowsAscii,
    ascii: knowsAscii ? { stdout, stderr } : undefined,
    clock,
  };
}

function githubIn({ env }: World): NonNullable<OutputOptions['github']> {
  return { summaryFile: env.GITHUB_STEP_SUMMARY };
}

function isCi({ env }: World): boolean {
  return isOn(env.CI);
}

/** no-color.org: set and not empty means no, whatever else is said. */
function colorIn(world: World): boolean {
  const { env, terminal } = world;
  if (env.NO_COLOR) return false;
  return forcesColor(world) || (terminal.stderr && env.TERM !== 'dumb');
}

/** force-color.org, and the older bixense.com/clicolors. */
function forcesColor({ env }: World): boolean {
  return !env.NO_COLOR && (isOn(env.FORCE_COLOR) || isOn(env.CLICOLOR_FORCE));
}

function isOn(variable: string | undefined): boolean {
  return variable !== undefined && variable !== '' && variable !== 'false' && variable !== '0';
}
