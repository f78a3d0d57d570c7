/** `verify`: why the app does not reach, or does not use, its cache. One cause, one fix. */
import type { PingEvidence } from '../checks/context.ts';
import { loadPage } from '../checks/page-visits.ts';
import type { Consumer, EcsConsumer } from '../domain/consumer.ts';
import type { ProbeReport } from '../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../domain/probe-target.ts';
import { explainPing, isAnswered, isAnsweredByCluster } from '../domain/ping.ts';
import { variableOf } from '../domain/task-definition.ts';
import { runStep } from '../engine/apply.ts';
import { WizardError } from '../errors.ts';
import { check, type Evidence } from './checking.ts';
import { readEndpoints } from './endpoints.ts';
import { askFromInstances } from './instance-asking.ts';
import { requireCaches } from './missing-cache.ts';
import { openProject, type Project } from './project.ts';
import { reportFile } from './report-file.ts';
import { reportOn } from './reporting.ts';
import type { Command, Session } from './session.ts';

const WITHOUT_PROBE = 'Mend that and run it again; the check logs tells what the app itself says.';

export const verify: Command = async (session) => {
  const { report } = session.inputs;
  const file = report && reportFile(report.value);
  const project = await openProject(session);
  await requireCaches(project);
  const checking = check(project, project.consumers, { askPing: askInTurn(project, session) }, session);
  await (file ? reportOn(checking, file, project, session) : checking);
  return 0;
};

/** One after another: each is a task of ours, and the account's room for tasks is the app's. */
function askInTurn(project: Project, session: Session): Evidence['askPing'] {
  let last: Promise<unknown> = Promise.resolve();
  return (consumer) => {
    const ask = async (): Promise<PingEvidence> => {
      const visits = await loadPageOf(consumer, project, session);
      const evidence = await (consumer.kind === 'ecs'
        ? askCache(consumer, project, session)
        : askFromInstances(consumer, project, session));
      return 'stages' in evidence ? { ...evidence, visits } : evidence;
    };
    const answer = last.then(ask, ask);
    last = answer;
    return answer;
  };
}

function loadPageOf(consumer: Consumer, { settings }: Project, { signal }: Session): Promise<number> {
  if (!settings.proof.probe) return Promise.resolve(0);
  const tasks = consumer.kind === 'ecs' ? consumer.app.service.runningCount : consumer.app.instances.length;
  return loadPage(settings.proof, consumer.app, tasks, signal);
}

/** From where the app runs, with what the running revision carries. Other checks go on where it cannot be asked. */
export async function askCache(
  consumer: EcsConsumer,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const { probe, settings } = project;
  const { app } = consumer;
  const target = await targetOf(consumer, project);
  if (!('variable' in target)) return target;
  let report: ProbeReport | undefined;
  let reason = 'the probe did not run';
  const what = { kind: 'ping', name: app.service.serviceName, usualMs: 60_000 } as const;
  try {
    await runStep(what, 'unchanged', { ...session, wait: settings.wait }, async (step) => {
      const how = await probe.rehearse(app, step);
      if (how.possible) {
        report = await probe.ask(app, target, how, step, 'each zone');
        if (!report.credentialsWithheld) throwFailed(report);
      } else reason = how.reason;
      if (!report || !isAnswered(report)) step.skip();
    });
  } catch (error) {
    if (session.signal.aborted || !(error instanceof WizardError)) throw error;
    reason = error.message;
  }
  return report ?? { notAsked: reason, hint: WITHOUT_PROBE };
}

function throwFailed(report: ProbeReport): void {
  // What a cluster answers is for the check to judge.
  if (report.failed === undefined || isAnswered(report) || isAnsweredByCluster(report)) return;
  const { meaning, hint } = explainPing(report);
  throw new WizardError('CheckFailed', `The cache does not answer from where the app runs: ${meaning}`, {
    hint,
  });
}

async function targetOf(
  { app, settings: consumer }: EcsConsumer,
  { settings, aws }: Project,
): Promise<ProbeTarget | Exclude<PingEvidence, ProbeReport>> {
  if (!settings.proof.probe) return { notWanted: 'left out by --no-probe or --lint' };
  const { variables } = consumer;
  if (variables.length === 0) return { notWanted: 'the app is handed no variable' };
  const handed = [];
  for (const { name, container = app.container } of variables) {
    const variable = variableOf(app.taskDefinition.document, container, name.value);
    if (!variable) return { notAsked: `${name.value} is not set in ${container}`, hint: WITHOUT_PROBE };
    handed.push({ container, name: name.value, variable });
  }
  const [target] = probeTargets(consumer, handed, await readEndpoints(consumer, aws));
  return target ?? { notAsked: 'none of its variables is an address', hint: WITHOUT_PROBE };
}
