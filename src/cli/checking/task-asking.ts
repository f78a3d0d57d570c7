/** The cache asked from a task of ours, with what the running revision carries; and how to ask it by hand. */
import type { PingEvidence } from '../../checks/context.ts';
import type { EcsConsumer } from '../../domain/consumer.ts';
import type { Endpoint } from '../../domain/outputs.ts';
import { serviceCommands } from '../../domain/paste-commands.ts';
import { explainPing, isAnswered, isAnsweredByCluster } from '../../domain/ping.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../../domain/probe-target.ts';
import { variableOf } from '../../domain/task-definition.ts';
import { runStep } from '../../engine/apply.ts';
import { WizardError } from '../../errors.ts';
import { byHand, notWanted } from './by-hand.ts';
import { whereOf } from './checking.ts';
import { readEndpoints } from '../opening/endpoints.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

const WITHOUT_PROBE = 'Mend that and run it again; the check logs tells what the app itself says.';

/** Whom to ask, and where the cache of that variable answers by now. */
export interface Address {
  readonly target: ProbeTarget;
  readonly endpoint: Endpoint | undefined;
  /** Further caches, and further ways to the same. */
  readonly others?: readonly ProbeTarget[];
}

/** Other checks go on where it cannot be asked. */
export async function askFromTask(
  consumer: EcsConsumer,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const { probe, settings } = project;
  const { app } = consumer;
  const found = await serviceAddress(consumer, project);
  if (!('target' in found)) return found;
  const { target, endpoint, others = [] } = found;
  const commands = serviceCommands(consumer.settings, target, endpoint, whereOf(project, session));
  if (!settings.proof.probe) return notWanted(commands, session);
  let report: ProbeReport | undefined;
  let reason = 'the probe did not run';
  const what = { kind: 'ping', name: app.service.serviceName, usualMs: 60_000 } as const;
  try {
    await runStep(what, 'unchanged', { ...session, wait: settings.wait }, async (step) => {
      const how = await probe.rehearse(app, step);
      if (how.possible) {
        const first = await probe.ask(app, target, how, step, 'each zone');
        report = await withOthers(first, others, (other) => probe.ask(app, other, how, step));
        if (!report.credentialsWithheld) throwFailed(report);
      } else reason = how.reason;
      if (!report || !isAnswered(report)) step.skip();
    });
  } catch (error) {
    if (session.signal.aborted || !(error instanceof WizardError)) throw error;
    reason = error.message;
  }
  if (report) return report;
  const [, ask] = commands;
  const hint = ask === undefined ? WITHOUT_PROBE : `${WITHOUT_PROBE} By hand: ${ask}`;
  return byHand(reason, commands, hint, session);
}

export async function serviceAddress(
  { app, settings: consumer }: EcsConsumer,
  { aws }: Pick<Project, 'aws'>,
): Promise<Address | Exclude<PingEvidence, ProbeReport>> {
  const { variables } = consumer;
  if (variables.length === 0) return { notWanted: 'the app is handed no variable' };
  const handed = [];
  for (const { name, container = app.container } of variables) {
    const variable = variableOf(app.taskDefinition.document, container, name.value);
    if (!variable) return { notAsked: `${name.value} is not set in ${container}`, hint: WITHOUT_PROBE };
    handed.push({ container, name: name.value, variable });
  }
  const endpointOf = await readEndpoints(consumer, aws);
  const [target, ...others] = probeTargets(consumer, handed, endpointOf);
  if (!target) return { notAsked: 'none of its variables is an address', hint: WITHOUT_PROBE };
  const { cache } = variables.find(({ name }) => name.value === target.variable) ?? {};
  return { target, endpoint: cache === undefined ? undefined : endpointOf(cache), others };
}

/** The first that gets no answer is what is told. */
async function withOthers(
  first: ProbeReport,
  others: readonly ProbeTarget[],
  ask: (target: ProbeTarget) => Promise<ProbeReport>,
): Promise<ProbeReport> {
  const alsoAnswers: string[] = [];
  if (!answers(first)) return first;
  for (const other of others) {
    const report = await ask(other);
    if (!answers(report)) return report;
    alsoAnswers.push(other.variable);
  }
  return alsoAnswers.length === 0 ? first : { ...first, alsoAnswers };
}

/** What a cluster answers is for the check to judge. */
function answers(report: ProbeReport): boolean {
  return report.failed === undefined || isAnswered(report) || isAnsweredByCluster(report);
}

function throwFailed(report: ProbeReport): void {
  if (answers(report)) return;
  const { meaning, hint } = explainPing(report);
  throw new WizardError('CheckFailed', `The cache does not answer from where the app runs: ${meaning}`, {
    hint,
  });
}
