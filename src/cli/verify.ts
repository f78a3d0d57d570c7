/** `verify`: why the app does not reach, or does not use, its cache. One cause, one fix. */
import type { PingEvidence } from '../checks/context.ts';
import { ecsAmong, type EcsConsumer } from '../domain/consumer.ts';
import type { ProbeReport } from '../domain/probe-report.ts';
import { explainPing, isAnswered } from '../domain/ping.ts';
import type { Settings } from '../domain/settings.ts';
import { variableOf } from '../domain/task-definition.ts';
import { runStep } from '../engine/apply.ts';
import { WizardError } from '../errors.ts';
import type { ProbeTarget } from '../probe/probe.ts';
import { check } from './checking.ts';
import { openProject, type Project } from './project.ts';
import type { Command, Session } from './session.ts';

const WITHOUT_PROBE = 'Mend that and run it again; the check logs tells what the app itself says.';

export const verify: Command = async (session) => {
  const project = await openProject(session);
  await requireCaches(project);
  const pings = new Map<string, PingEvidence>();
  for (const consumer of ecsAmong(project.consumers)) {
    pings.set(consumer.settings.name, await askCache(consumer, project, session));
  }
  await check(project, project.consumers, { pings }, session);
  return 0;
};

async function requireCaches({ settings, aws }: Project): Promise<void> {
  for (const { name } of settings.caches) {
    if (await aws.elasticache.readReplicationGroup(name)) continue;
    throw new WizardError('NotFound', `There is no replication group ${name} in this account and region`, {
      hint: 'Name the one that is there (--cache-name, --region), or make it: elasticache-wizard setup.',
    });
  }
}

/** From where the app runs, with what the running revision carries. Other checks go on where it cannot be asked. */
export async function askCache(
  consumer: EcsConsumer,
  { probe, settings }: Project,
  session: Session,
): Promise<PingEvidence> {
  const { app } = consumer;
  const target = targetOf(consumer, settings);
  if (!('variable' in target)) return target;
  let report: ProbeReport | undefined;
  let reason = 'the probe did not run';
  const what = { kind: 'ping', name: app.service.serviceName, usualMs: 60_000 } as const;
  try {
    await runStep(what, 'unchanged', { ...session, wait: settings.wait }, async (step) => {
      const how = await probe.rehearse(app, step);
      if (how.possible) {
        report = await probe.ask(app, target, how, step);
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
  if (report.failed === undefined || isAnswered(report)) return;
  const { meaning, hint } = explainPing(report);
  throw new WizardError('CheckFailed', `The cache does not answer from where the app runs: ${meaning}`, {
    hint,
  });
}

function targetOf(
  { app, settings: { variables } }: EcsConsumer,
  settings: Settings,
): ProbeTarget | Exclude<PingEvidence, ProbeReport> {
  if (!settings.proof.probe) return { notWanted: 'left out by --no-probe or --lint' };
  for (const variable of variables) {
    const name = variable.name.value;
    const found = variableOf(app.taskDefinition.document, variable.container ?? app.container, name);
    if (!found) return { notAsked: `${name} is not set in ${app.container}`, hint: WITHOUT_PROBE };
    return 'value' in found
      ? { variable: name, value: found.value }
      : { notAsked: `${name} is a secret`, hint: 'The check logs tells what the app itself says.' };
  }
  return { notWanted: 'the app is handed no variable' };
}
