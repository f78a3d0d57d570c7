/** The cache asked from an app's instances, with what waits for the app there; and how to ask it by hand. */
import type { PingEvidence } from '../checks/context.ts';
import { pasteCommands } from '../domain/paste-commands.ts';
import type { Ec2Consumer } from '../domain/consumer.ts';
import type { ProbeReport } from '../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../domain/probe-target.ts';
import { runStep } from '../engine/apply.ts';
import { WizardError } from '../errors.ts';
import { handedVariables, valueStore } from '../resources/instances/instance-values.ts';
import { isBlocked } from '../domain/change.ts';
import { readEndpoints } from './endpoints.ts';
import type { Project } from './project.ts';
import type { Session } from './session.ts';

export async function askFromInstances(
  consumer: Ec2Consumer,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const { settings, instanceProbe } = project;
  if (!settings.proof.probe) return { notWanted: 'left out by --no-probe or --lint' };
  const targets = await targetsOf(consumer, project);
  if (targets.length === 0) return { notAsked: 'no address waits for the app', hint: SETUP };
  const app = await consumer.readAgain();
  let evidence: ProbeReport | { notAsked: string } = { notAsked: 'the probe did not run' };
  const what = { kind: 'ping', name: consumer.settings.name, usualMs: 30_000 } as const;
  try {
    await runStep(what, 'unchanged', { ...session, wait: settings.wait }, async (step) => {
      const how = await instanceProbe.rehearse(app, step);
      if (!how.possible) {
        evidence = { notAsked: how.reason };
        step.skip();
        return;
      }
      for (const target of targets) {
        evidence = await instanceProbe.ask(app, target, how, step);
        if ('notAsked' in evidence) step.skip();
        if ('notAsked' in evidence || evidence.failed !== undefined) return;
      }
    });
  } catch (error) {
    if (session.signal.aborted || !(error instanceof WizardError)) throw error;
    evidence = { notAsked: error.message };
  }
  return 'notAsked' in evidence ? byHand(evidence.notAsked, targets, session) : evidence;
}

const SETUP = 'Write it: elasticache-wizard setup.';

/** What was said cannot be asked for us can be asked by whoever gets onto the instance. */
export function byHand(
  notAsked: string,
  targets: readonly ProbeTarget[],
  { record }: Pick<Session, 'record'>,
): PingEvidence {
  record.next = [...record.next, ...pasteCommands(targets)];
  return { notAsked, hint: `Ask it on an instance: ${pasteCommands(targets)[0] ?? ''}` };
}

export async function targetsOf(consumer: Ec2Consumer, { settings, aws }: Project): Promise<ProbeTarget[]> {
  const store = valueStore(consumer.settings, settings, aws);
  const stored = await store.read();
  if (isBlocked(stored)) return [];
  const { variables } = consumer.settings;
  const handed = handedVariables(consumer.settings, stored.values.values(), store);
  return probeTargets({ variables }, handed, await readEndpoints({ variables }, aws));
}
