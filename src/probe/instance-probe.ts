/** The probe on the app's own instances, sent through Systems Manager: one instance in each zone is asked. */
import type { Aws } from '../aws/aws.ts';
import type { AppInstance, InstanceApp } from '../domain/instance-app.ts';
import { onePerZone, unreachable } from '../domain/instance-choice.ts';
import { isOver, reasonOf, type Invocation } from '../domain/invocation.ts';
import type { ProbeReport, ProbeRuntime, Rehearsal } from '../domain/probe-report.ts';
import type { ProbeTarget } from '../domain/probe-target.ts';
import { WizardError } from '../errors.ts';
import { handedTo } from './handed.ts';
import { probeScript, UNREADABLE, WHICH_RUNTIMES } from './instance-script.ts';
import type { ProbeStep } from './probe.ts';
import { parseReport, reportOfExitCode } from './report.ts';

/** Those of an app, or others that somebody names. */
type Asked = Pick<InstanceApp, 'instances'>;

export interface InstanceProbe {
  /** Looks which program there is: node, python3, sh. */
  rehearse(app: Asked, step: ProbeStep): Promise<Rehearsal>;
  /** Of the first instance that gets no answer; else of the last. */
  ask(
    app: Asked,
    target: ProbeTarget,
    rehearsal: Extract<Rehearsal, { possible: true }>,
    step: ProbeStep,
  ): Promise<ProbeReport | { readonly notAsked: string }>;
}

export interface InstanceProbeOptions {
  readonly aws: Pick<Aws, 'commands'>;
  readonly project: string;
  /** Their sources. */
  readonly programs: Readonly<Record<ProbeRuntime, string>>;
}

const RUNTIMES: readonly ProbeRuntime[] = ['node', 'python3', 'sh'];
const POLL_MS = 2_000;
const RUNS_AT_MOST_SECONDS = 120;
/** An agent that is called online and takes no command is given up by AWS after five minutes. */
const TIMEOUT_MS = 10 * 60_000;

export function instanceProbe({ aws: { commands }, project, programs }: InstanceProbeOptions): InstanceProbe {
  const comment = `elasticache-wizard probe ${project}`.slice(0, 100);

  async function run(
    { instanceId }: AppInstance,
    lines: readonly string[],
    step: ProbeStep,
  ): Promise<Invocation | undefined> {
    const commandId = await commands.send({
      instanceId,
      lines,
      comment,
      executionSeconds: RUNS_AT_MOST_SECONDS,
    });
    if (commandId === undefined) return undefined;
    const ended = step.wait<Invocation>({
      what: `the probe on ${instanceId}`,
      everyMs: POLL_MS,
      timeoutMs: TIMEOUT_MS,
      probe: async () => {
        const now = await commands.read(commandId, instanceId);
        if (now && isOver(now)) return { state: 'ready', value: now };
        return { state: 'pending', detail: now?.details ?? 'not known yet' };
      },
    });
    return ended.catch(async (error: unknown) => {
      // It would run on by itself. What fails here must not hide what failed first.
      await commands.cancel(commandId, instanceId).catch(() => {
        step.progress(`left behind: the command ${commandId} on ${instanceId}, which ends by itself`);
      });
      throw error;
    });
  }

  async function askOne(
    instance: AppInstance,
    target: ProbeTarget,
    runtime: ProbeRuntime,
    step: ProbeStep,
  ): Promise<ProbeReport | { readonly notAsked: string }> {
    const handed = handedTo(target);
    const ended = await run(instance, probeScript(runtime, programs[runtime], handed), step);
    const { instanceId } = instance;
    if (!ended) return { notAsked: `Systems Manager does not reach ${instanceId} any more` };
    if (ended.exitCode === UNREADABLE) {
      const names = Object.values(handed.secrets).join(', ');
      return { notAsked: `${instanceId} could not read ${names}: ${reasonOf(ended)}` };
    }
    const told = ended.stdout.split('\n').flatMap((line) => parseReport(line) ?? []);
    const report = told[0] ?? reportOfExitCode(ended.exitCode, target.variable, runtime);
    if (!report) return { notAsked: `the probe left no report on ${instanceId}: ${reasonOf(ended)}` };
    return handed.credentialsWithheld ? { ...report, credentialsWithheld: true } : report;
  }

  async function rehearse({ instances }: Asked, step: ProbeStep): Promise<Rehearsal> {
    const [first] = onePerZone(instances).filter(({ agent }) => agent === 'online');
    if (!first) return { possible: false, reason: unreachable(instances) ?? 'there is no instance' };
    step.progress(`looking which programs there are on ${first.instanceId}`);
    const ended = await run(first, WHICH_RUNTIMES, step);
    const there = ended?.stdout.split('\n') ?? [];
    const runtime = RUNTIMES.find((each) => there.includes(each));
    if (runtime) return { possible: true, runtime, image: first.instanceId };
    const reason = ended ? reasonOf(ended) : `Systems Manager does not reach ${first.instanceId}`;
    return { possible: false, reason };
  }

  return {
    async rehearse(app, step) {
      try {
        return await rehearse(app, step);
      } catch (error) {
        // The run must not end for want of a proof, only when it is told to.
        if (step.signal.aborted || !(error instanceof WizardError)) throw error;
        return { possible: false, reason: error.message };
      }
    },

    async ask({ instances }, target, { runtime }, step) {
      let last: ProbeReport | { readonly notAsked: string } = { notAsked: 'there is no instance' };
      for (const instance of onePerZone(instances)) {
        if (instance.agent !== 'online')
          return { notAsked: `${instance.instanceId}: ${instance.agent.missing}` };
        step.progress(`asking from ${instance.instanceId} in ${instance.availabilityZone}`);
        last = await askOne(instance, target, runtime, step);
        if ('notAsked' in last || last.failed !== undefined) return last;
      }
      return last;
    },
  };
}
