/** One run of the program, from its arguments to its exit code. */
import type { WizardEvent } from '../engine/events.ts';
import type { WizardError } from '../errors.ts';
import type { Asker } from '../inputs/asker.ts';
import { variableOf, type CommandName } from '../inputs/input.ts';
import { resolveProjectInputs, type ProjectInputs } from '../inputs/project-inputs.ts';
import type { Inputs } from '../inputs/resolve.ts';
import { checkPresentationRules } from '../inputs/rules.ts';
import { strictAsker } from '../inputs/strict-asker.ts';
import { asWizardError } from '../output/format-error.ts';
import { columnsOf, indented } from '../output/line-width.ts';
import type { Notifier } from '../output/notification.ts';
import { openOutput, type Output } from '../output/output.ts';
import { resultOf } from '../output/result.ts';
import { Moment } from './moment.ts';
import { isAnswered, notifierOf, presentationAsTyped, presentationOf } from './presentation.ts';
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

/** Whoever has pressed Ctrl-C and sees nothing happen for so long is told. */
const PATIENCE_MS = 1000;

export async function run(world: World): Promise<number> {
  let invocation: Invocation;
  let resolved: ProjectInputs;
  try {
    if (world.argv[0] === 'complete' && world.argv[1] === '--') return await answerTab(world);
    invocation = parseArguments(world.argv, world.version, columnsOf(world.stdout));
    if ('shell' in invocation) {
      const { scriptFor } = await import('./completion/script.ts');
      world.stdout.write(scriptFor(invocation.shell));
      return 0;
    }
    if ('text' in invocation) {
      world.stdout.write(invocation.text);
      return 0;
    }
    resolved = await resolve(invocation, world);
    checkPresentationRules(resolved.inputs);
  } catch (error) {
    return refuse(asWizardError(error), world);
  }
  return runCommand(invocation, resolved, world);
}

async function answerTab(world: World): Promise<number> {
  const words = world.argv.slice(2);
  const [{ completionsOf, flagBeingCompleted }, { completed }, { liveValues }] = await Promise.all([
    import('./completion/completion.ts'),
    import('./completion/commands.ts'),
    import('./completion/live-values.ts'),
  ]);
  const all = completed();
  const flag = flagBeingCompleted(words, all);
  const found = flag ? await liveValues(flag.name, words, world).catch((): string[] => []) : [];
  world.stdout.write(completionsOf(words, all, found));
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
  const output = await openOutput(world, presentationOf(command, inputs, world));
  const notifier = notifierOf(command, inputs, world);
  let isOver = false;
  const emit = (event: WizardEvent): void => {
    // A check that was asked when the others were interrupted may answer behind the result.
    if (isOver) return;
    record.see(event);
    output.renderer.render(event);
  };
  world.onExit?.(() => {
    if (!isOver) output.abandon();
  });
  world.signal.addEventListener('abort', () => {
    world.clock.after(PATIENCE_MS, () => {
      if (!isOver)
        output.say(['Stopping: what is being asked or written ends first. Ctrl-C again ends at once.']);
    });
  });
  const moment = new Moment();
  const { exitCode, error } = await attempt(async () => {
    const asker = await openAsker(inputs, output, notifier, moment, world);
    const execute = await LOADERS[command]();
    return execute(sessionOf(command, resolved, world, moment, { operands, record, output, asker, emit }));
  });
  isOver = true;
  output.renderer.close();
  const facts = record.facts(world.clock.now() - startedAt);
  output.finish(resultOf(command, facts, exitCode, error), {
    error,
    next: record.next,
    begun: record.underWay,
    goOn: record.goOn,
  });
  notifier.ended(exitCode);
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
  moment: Moment,
  parts: Pick<Session, 'operands' | 'record' | 'output' | 'asker' | 'emit'>,
): Session {
  const { env, signal, programsFolder, children } = world;
  const clock = moment.by(world.clock);
  // Calls to AWS are what a moment is made of, and take their time by the world's own clock.
  const connect: Session['connect'] = async (target) =>
    moment.of(await world.connect({ ...target, clock: world.clock }));
  return { command, ...resolved, env, clock, signal, programsFolder, connect, children, ...parts };
}

async function openAsker(
  inputs: Inputs,
  { renderer, paint }: Output,
  notifier: Notifier,
  moment: Moment,
  world: World,
): Promise<Asker> {
  if (!isAnswered(inputs, world)) return strictAsker;
  const { stdin, stderr, signal } = world;
  const { inquirerAsker } = await import('../inputs/inquirer-asker.ts');
  return inquirerAsker({
    input: stdin,
    output: stderr,
    signal,
    setting: {
      ...paint,
      indented: (text, columns) => indented(text, columns, columnsOf(stderr)),
    },
    suspend: () => {
      notifier.asks();
      renderer.suspend();
    },
    resume: () => {
      moment.end();
      notifier.answered();
      renderer.resume();
    },
  });
}

async function refuse(error: WizardError, world: World): Promise<number> {
  const output = await openOutput(world, presentationAsTyped(world));
  const command = world.argv.find((word) => Object.hasOwn(LOADERS, word)) ?? 'setup';
  output.finish(resultOf(command, new RunRecord().facts(0), error.exitCode, error), { error });
  return error.exitCode;
}
