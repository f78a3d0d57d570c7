/** One run of the program, from its arguments to its exit code. */
import type { WizardEvent } from '../engine/events.ts';
import type { ExitCode, WizardError } from '../errors.ts';
import type { Asker } from '../inputs/asker.ts';
import { variableOf, type CommandName } from '../inputs/input.ts';
import { resolveProjectInputs, type ProjectInputs } from '../inputs/project-inputs.ts';
import type { Inputs } from '../inputs/resolve.ts';
import { strictAsker } from '../inputs/strict-asker.ts';
import { asWizardError } from '../output/format-error.ts';
import { openOutput, type Output } from '../output/output.ts';
import { resultOf } from '../output/result.ts';
import { parseArguments, type Invocation } from './program.ts';
import { RunRecord } from './run-record.ts';
import type { Command, Session } from './session.ts';
import type { World } from './world.ts';

/** Each loads only what it needs: `--help` neither the SDK nor prompts, and only two of them the sandbox. */
const LOADERS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  setup: async () => (await import('./setup.ts')).setup,
  plan: async () => (await import('./plan.ts')).plan,
  verify: async () => (await import('./verify.ts')).verify,
  status: async () => (await import('./status.ts')).status,
  rollback: async () => (await import('./rollback.ts')).rollback,
  destroy: async () => (await import('./destroy.ts')).destroy,
  policy: async () => (await import('./policy.ts')).policy,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
  demo: async () => (await import('./demo.ts')).demo,
};

/** The event that is what the command was asked for, and so belongs on stdout. */
const RESULT_EVENTS: Partial<Record<CommandName, WizardEvent['type']>> = {
  plan: 'plan.ready',
  verify: 'check.finished',
};

export async function run(world: World): Promise<ExitCode> {
  let invocation: Invocation;
  let resolved: ProjectInputs;
  try {
    invocation = parseArguments(world.argv, world.version);
    if ('text' in invocation) {
      world.stdout.write(invocation.text);
      return 0;
    }
    resolved = await resolve(invocation, world);
  } catch (error) {
    return refuse(asWizardError(error), world);
  }
  return runCommand(invocation.command, resolved, world);
}

/** The file itself may be named by a flag or by a variable alone. */
async function resolve(
  { command, flags }: Extract<Invocation, { command: CommandName }>,
  { env: environment }: World,
): Promise<ProjectInputs> {
  const path = flags['config'] ?? environment[variableOf('config')];
  if (typeof path !== 'string' || path === '') {
    return resolveProjectInputs(command, { flags, environment }, undefined);
  }
  // Whoever has no such file need not load what reads it.
  const { readConfigFile } = await import('../inputs/config-file.ts');
  return resolveProjectInputs(command, { flags, environment }, readConfigFile(path));
}

async function runCommand(command: CommandName, resolved: ProjectInputs, world: World): Promise<ExitCode> {
  const { inputs } = resolved;
  const startedAt = world.clock.now();
  const record = new RunRecord();
  const output = await openOutput(world, {
    json: inputs.json.value,
    redraws: world.terminal.stderr && !isCi(world),
    color: inputs.color.value && colorIn(world),
    colorsStdout: world.terminal.stdout,
    verbose: inputs.verbose.value,
    debug: inputs.debug.value,
    resultEvent: RESULT_EVENTS[command],
    clock: world.clock,
  });
  const { exitCode, error } = await attempt(async () => {
    const asker = await openAsker(inputs, output, world);
    const execute = await LOADERS[command]();
    return execute(sessionOf(command, resolved, world, { record, output, asker }));
  });
  output.renderer.close();
  const facts = record.facts(world.clock.now() - startedAt);
  output.finish(resultOf(command, facts, exitCode, error), { error, next: record.next });
  return exitCode;
}

async function attempt(
  execute: () => Promise<ExitCode>,
): Promise<{ exitCode: ExitCode; error?: WizardError }> {
  try {
    return { exitCode: await execute() };
  } catch (caught) {
    const error = asWizardError(caught);
    return { exitCode: error.exitCode, error };
  }
}

function sessionOf(
  command: CommandName,
  resolved: ProjectInputs,
  world: World,
  parts: Pick<Session, 'record' | 'output' | 'asker'>,
): Session {
  const { clock, env, signal, programsFolder, connect } = world;
  const emit = (event: WizardEvent): void => {
    parts.record.see(event);
    parts.output.renderer.render(event);
  };
  return { command, ...resolved, env, clock, signal, programsFolder, connect, emit, ...parts };
}

/** Questions need somebody who can read and answer them. */
async function openAsker(inputs: Inputs, { renderer }: Output, world: World): Promise<Asker> {
  const { stdin, stderr, signal, terminal } = world;
  const answered = terminal.stdin && terminal.stderr && !isCi(world);
  if (!answered || !inputs.input.value || inputs.json.value) return strictAsker;
  const { inquirerAsker } = await import('../inputs/inquirer-asker.ts');
  return inquirerAsker({
    input: stdin,
    output: stderr,
    signal,
    suspend: () => renderer.suspend(),
    resume: () => renderer.resume(),
  });
}

/** The arguments themselves are wrong, so that what they say of the output is read from them as they stand. */
async function refuse(error: WizardError, world: World): Promise<ExitCode> {
  const json =
    world.argv.includes('--json') || /^(1|true|yes|on)$/i.test(world.env.ELASTICACHE_WIZARD_JSON ?? '');
  const output = await openOutput(world, {
    json,
    redraws: false,
    color: colorIn(world) && !world.argv.includes('--no-color'),
    colorsStdout: world.terminal.stdout,
    verbose: false,
    debug: world.argv.includes('--debug'),
    clock: world.clock,
  });
  const command = world.argv.find((word) => word in LOADERS) ?? 'setup';
  output.finish(resultOf(command, new RunRecord().facts(0), error.exitCode, error), { error });
  return error.exitCode;
}

function isCi({ env }: World): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== 'false' && env.CI !== '0';
}

/** no-color.org: set and not empty means no. */
function colorIn({ env, terminal }: World): boolean {
  return terminal.stderr && !env.NO_COLOR && env.TERM !== 'dumb';
}
