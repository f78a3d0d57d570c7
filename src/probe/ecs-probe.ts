/** The probe on ECS: a task of ours beside the app's, with the app's image, network and log group. */
import type { Aws } from '../aws/aws.ts';
import type { Task } from '../aws/ecs.ts';
import type { Clock } from '../clock.ts';
import type { App } from '../domain/app.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Tags } from '../domain/ownership.ts';
import type { ProbeReport, ProbeRuntime, Rehearsal } from '../domain/probe-report.ts';
import type { ProbeTarget } from '../domain/probe-target.ts';
import { WizardError } from '../errors.ts';
import { awslogsOf } from '../domain/container-logs.ts';
import { appContainer, PROBE_CONTAINER, probeDefinition } from './definition.ts';
import { handedTo, type Handed } from './handed.ts';
import { probeContainer, probeTasks, stoppedReason } from './probe-task.ts';
import type { Probe, ProbeStep } from './probe.ts';
import { parseReport, reportOfExitCode } from './report.ts';
import { askEach, zonesOf } from './zones.ts';

export interface EcsProbeOptions {
  readonly aws: Pick<Aws, 'ecs' | 'logs' | 'ec2'>;
  readonly project: string;
  /** Their sources. */
  readonly programs: Readonly<Record<ProbeRuntime, string>>;
  readonly probeImage?: string;
  readonly userTags: Tags;
  readonly clock: Clock;
}

const RUNTIMES: readonly ProbeRuntime[] = ['node', 'python3', 'sh'];
/** Lines reach CloudWatch Logs some seconds after they were written. */
const LOG_READS = 15;
const BETWEEN_LOG_READS_MS = 2_000;

/** What a rehearsal with one program in one image came to. */
type Tryout =
  'runs' | { readonly reason: string; readonly goOn: 'with the next program' | 'with the next image' };

export function ecsProbe(options: EcsProbeOptions): Probe {
  const { aws, project, programs, probeImage, userTags, clock } = options;
  const tasks = probeTasks(aws.ecs, project, clock, userTags);

  function definition(
    app: App,
    image: string,
    runtime: ProbeRuntime,
    { environment, secrets }: Pick<Handed, 'environment' | 'secrets'>,
  ): JsonObject {
    const flag = { node: '-e', python3: '-c', sh: '-c' }[runtime];
    return probeDefinition({
      app,
      project,
      userTags,
      image,
      entryPoint: [runtime, flag, programs[runtime]],
      environment,
      secrets,
    });
  }

  async function tryOut(app: App, image: string, runtime: ProbeRuntime, step: ProbeStep): Promise<Tryout> {
    step.progress(`trying ${runtime} in ${image}`);
    const rehearsal = { environment: { ELASTICACHE_WIZARD_REHEARSE: '1' }, secrets: {} };
    const task = await tasks.with(app, definition(app, image, runtime, rehearsal), step, (run) => run());
    const exitCode = probeContainer(task)?.exitCode;
    if (exitCode === 0) return 'runs';
    const reason =
      exitCode === undefined ? stoppedReason(task) : `${runtime} ended with exit code ${exitCode}`;
    // Fargate calls a missing executable a ResourceInitializationError too, so that is looked at first.
    if (isMissingProgram(reason))
      return { reason: `${image} has no ${runtime}`, goOn: 'with the next program' };
    const unpulled = /CannotPull|ResourceInitializationError|CannotCreateContainer/.test(reason);
    return { reason, goOn: unpulled ? 'with the next image' : 'with the next program' };
  }

  async function rehearse(app: App, step: ProbeStep): Promise<Rehearsal> {
    const reasons = new Set<string>();
    let lacksPrograms = false;
    for (const image of imagesOf(app, probeImage)) {
      for (const runtime of RUNTIMES) {
        const answer = await tryOut(app, image, runtime, step);
        if (answer === 'runs') return { possible: true, runtime, image };
        reasons.add(answer.reason);
        lacksPrograms ||= answer.goOn === 'with the next program';
        if (answer.goOn === 'with the next image') break;
      }
    }
    const hint =
      probeImage === undefined && lacksPrograms ? '; --probe-image names an image that has one of them' : '';
    return { possible: false, reason: `${[...reasons].join('; ')}${hint}` };
  }

  async function readReport(app: App, task: Task, signal: AbortSignal): Promise<ProbeReport | undefined> {
    const logs = awslogsOf(appContainer(app));
    const logStreamName = logs?.streamOf(PROBE_CONTAINER, task.taskArn);
    if (!logs || logStreamName === undefined) return undefined;
    for (let read = 0; read < LOG_READS; read += 1) {
      if (read > 0) await clock.sleep(BETWEEN_LOG_READS_MS, signal);
      const by = { logGroupName: logs.logGroupName, logStreamNames: [logStreamName], since: 0, limit: 100 };
      for (const { message } of await aws.logs.filterLogEvents(by)) {
        const report = parseReport(message);
        if (report) return report;
      }
    }
    return undefined;
  }

  return {
    async rehearse(app, step) {
      try {
        return await rehearse(app, step);
      } catch (error) {
        // The run must not end for want of a proof, only when it is told to, or when it could not end well anyway.
        if (step.signal.aborted || !(error instanceof WizardError)) throw error;
        if (isNeededBySetup(error)) {
          const hint = `${error.hint ?? ''} Setup needs it too; where it has it for the app’s own family alone: --no-probe.`;
          throw new WizardError('AccessDenied', error.message, { hint: hint.trim(), cause: error.cause });
        }
        return { possible: false, reason: error.message };
      }
    },

    async ask(app, target, { image, runtime }, step, from = 'one place') {
      const handed = handedTo(target);
      return tasks.with(app, definition(app, image, runtime, handed), step, async (run) => {
        const askFrom = async (subnetId?: string): Promise<ProbeReport> =>
          reportOf(app, target, runtime, handed, await run(subnetId), step);
        const zones = from === 'each zone' ? await zonesOf(app, aws.ec2) : [];
        return zones.length < 2 ? askFrom() : askEach(zones, askFrom, step);
      });
    },
  };

  async function reportOf(
    app: App,
    target: ProbeTarget,
    runtime: ProbeRuntime,
    handed: Handed,
    task: Task,
    step: ProbeStep,
  ): Promise<ProbeReport> {
    const exitCode = probeContainer(task)?.exitCode;
    if (exitCode === undefined) {
      throw new WizardError(
        'OperationFailed',
        `Running the probe: its task did not start: ${stoppedReason(task)}`,
        { hint: 'Run it again; --no-probe leaves the probe out.' },
      );
    }
    // Without the right to read logs the exit code still tells which stage failed.
    const told = await readReport(app, task, step.signal).catch((error: unknown) => {
      if (error instanceof WizardError && error.code === 'AccessDenied') return undefined;
      throw error;
    });
    const report = told ?? reportOfExitCode(exitCode, target.variable, runtime);
    if (!report) {
      throw new WizardError(
        'OperationFailed',
        `Running the probe: it ended with exit code ${exitCode} and left no report`,
        { hint: `Look at the log of the task ${task.taskArn}; --no-probe leaves the probe out.` },
      );
    }
    const withheld = handed.credentialsWithheld ? { credentialsWithheld: true as const } : {};
    return { ...report, ...withheld, taskArn: task.taskArn };
  }
}

function imagesOf(app: App, probeImage: string | undefined): string[] {
  const { image } = appContainer(app);
  return [...(typeof image === 'string' ? [image] : []), ...(probeImage === undefined ? [] : [probeImage])];
}

function isMissingProgram(reason: string): boolean {
  return (
    /executable file not found|no such file or directory/i.test(reason) && !reason.includes('CannotPull')
  );
}

/** What is missing need not be what was called: registering a task definition takes iam:PassRole. */
function isNeededBySetup({ code, message }: WizardError): boolean {
  return code === 'AccessDenied' && /\b(ecs:RegisterTaskDefinition|iam:PassRole)\b/.test(message);
}
