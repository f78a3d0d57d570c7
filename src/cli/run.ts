/** One run of the program, from its arguments to its exit code. */
import type { WizardEvent } from '../engine/events.ts';
import type { WizardError } from '../errors.ts';
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
  setup: async () => (await import('./commands/setup.ts')).setup,
  plan: async () => (await import('./commands/plan.ts')).plan,
  verify: async () => (await import('./commands/verify.ts')).verify,
  status: async () => (await import('./commands/status.ts')).status,
  rollback: async () => (await import('./commands/rollback.ts')).rollback,
  destroy: async () => (await import('./commands/destroy.ts')).destroy,
  alarms: async () => (await import('./commands/alarms.ts')).alarms,
  'snapshot create': async () => (await import('./commands/snapshot-create.ts')).snapshotCreate,
  'snapshot list': async () => (await import('./commands/snapshot-list.ts')).snapshotList,
  'snapshot restore': async () => (await import('./commands/snapshot-restore.ts')).snapshotRestore,
  'snapshot delete': async () => (await import('./commands/snapshot-delete.ts')).snapshotDelete,
  'rotate-token': async () => (await import('./commands/rotate-token.ts')).rotateToken,
  connect: async () => (await import('./commands/connect.ts')).connect,
  'drill failover': async () => (await import('./commands/drill-failover.ts')).drillFailover,
  'drill outage': async () => (await import('./commands/drill-outage.ts')).drillOutage,
  scale: async () => (await import('./commands/scale.ts')).scale,
  logs: async () => (await import('./commands/logs.ts')).logs,
  policy: async () => (await import('./commands/policy.ts')).policy,
  sandbox: async () => (await import('./commands/sandbox.ts')).sandbox,
  demo: async () => (await import('./commands/demo.ts')).demo,
};

/** The event that is what the command was asked for, and so belongs on stdout. */
const RESULT_EVENTS: Partial<Record<CommandName, WizardEvent['type']>> = {
  plan: 'plan.ready',
  verify: 'check.finished',
};

export async function run(world: World): Promise<number> {
  let invocation: Invocation;
  let resolved: ProjectInputs;
  try {
    if (world.argv[0] === 'complete' && world.argv[1] === '--') return await answerTab(world);
    invocation = parseArguments(world.argv, world.version);
    if ('shell' in invocation) {
      const { printScript } = await import('./completion/completion.ts');
      printScript(invocation.shell);
      return 0;
    }
    if ('text' in invocation) {
      world.stdout.write(invocation.text);
      return 0;
    }
    resolved = await resolve(invocation, world);
  } catch (error) {
    return refuse(asWizardError(error), world);
  }
  return runCommand(invocation, resolved, world);
}

async function answerTab(world: World): Promise<number> {
  const { complete } = await import('./completion/completion.ts');
  await complete(world.argv.slice(2), world);
  return 0;
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

async function runCommand(
  { command, operands }: Extract<Invocation, { command: CommandName }>,
  resolved: ProjectInputs,
  world: World,
): Promise<number> {
  const { inputs } = resolved;
  const startedAt = world.clock.now();
  const record = new RunRecord();
  const output = await openOutput(world, {
    json: inputs.json.value,
    redraws: world.terminal.stderr && !isCi(world),
    color: inputs.color.value && colorIn(world),
    colorsStdout: world.terminal.stdout,
    plain: world.env.TERM === 'dumb',
    verbose: inputs.verbose.value,
    debug: inputs.debug.value,
    resultEvent: RESULT_EVENTS[command],
    clock: world.clock,
  });
  const { exitCode, error } = await attempt(async () => {
    const asker = await openAsker(inputs, output, world);
    const execute = await LOADERS[command]();
    return execute(sessionOf(command, resolved, world, { operands, record, output, asker }));
  });
  output.renderer.close();
  const facts = record.facts(world.clock.now() - startedAt);
  output.finish(resultOf(command, facts, exitCode, error), { error, next: record.next });
  return exitCode;
}

async function attempt(execute: () => Promise<number>): Promise<{ exitCode: number; error?: WizardError }> {
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
  parts: Pick<Session, 'operands' | 'record' | 'output' | 'asker'>,
): Session {
  const { clock, env, signal, programsFolder, connect, children } = world;
  const emit = (event: WizardEvent): void => {
    parts.record.see(event);
    parts.output.renderer.render(event);
  };
  return { command, ...resolved, env, clock, signal, programsFolder, connect, children, emit, ...parts };
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
async function refuse(error: WizardError, world: World): Promise<number> {
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
