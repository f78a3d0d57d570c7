/** `verify`: why the app does not reach, or does not use, its cache. One cause, one fix. */
import type { PingEvidence } from '../checks/context.ts';
import type { EcsConsumer } from '../domain/consumer.ts';
import type { Endpoint } from '../domain/outputs.ts';
import type { ProbeReport } from '../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../domain/probe-target.ts';
import { explainPing, isAnswered, isAnsweredByCluster } from '../domain/ping.ts';
import { variableOf } from '../domain/task-definition.ts';
import { runStep } from '../engine/apply.ts';
import { WizardError } from '../errors.ts';
import { check } from './checking.ts';
import { askFromInstances } from './instance-asking.ts';
import { openProject, type Project } from './project.ts';
import type { Command, Session } from './session.ts';

const WITHOUT_PROBE = 'Mend that and run it again; the check logs tells what the app itself says.';

export const verify: Command = async (session) => {
  const project = await openProject(session);
  await requireCaches(project);
  const pings = new Map<string, PingEvidence>();
  for (const consumer of project.consumers) {
    const ping =
      consumer.kind === 'ecs'
        ? await askCache(consumer, project, session)
        : await askFromInstances(consumer, project, session);
    pings.set(consumer.settings.name, ping);
  }
  await check(project, project.consumers, { pings }, session);
  return 0;
};

async function requireCaches({ settings, aws }: Project): Promise<void> {
  for (const { name } of settings.caches) {
    if (await aws.caches.read(name)) continue;
    throw new WizardError('NotFound', `There is no cache ${name} in this account and region`, {
      hint: 'Name the one that is there (--cache-name, --region), or make it: elasticache-wizard setup.',
    });
  }
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
  const caches = [...new Set(variables.flatMap(({ cache }) => cache ?? []))];
  const living = await Promise.all(caches.map((name) => aws.caches.read(name)));
  const endpointOf = (cache: string): Endpoint | undefined => {
    const found = living[caches.indexOf(cache)];
    return found?.endpoint && { ...found.endpoint, tls: found.transitEncryption };
  };
  const [target] = probeTargets(consumer, handed, endpointOf);
  return target ?? { notAsked: 'none of its variables is an address', hint: WITHOUT_PROBE };
}
