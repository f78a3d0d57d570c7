/** The cache asked from an app's instances, with what waits for the app there; and how to ask it by hand. */
import type { PingEvidence } from '../../checks/context.ts';
import { pasteCommands } from '../../domain/paste-commands.ts';
import type { Ec2Consumer } from '../../domain/consumer.ts';
import type { AppInstance } from '../../domain/instance-app.ts';
import type { ProbeReport } from '../../domain/probe-report.ts';
import { probeTargets, type ProbeTarget } from '../../domain/probe-target.ts';
import { runStep } from '../../engine/apply.ts';
import { WizardError } from '../../errors.ts';
import { handedVariables, valueStore } from '../../resources/instances/instance-values.ts';
import { isBlocked } from '../../domain/change.ts';
import { byHand, notWanted } from './by-hand.ts';
import { readEndpoints } from '../opening/endpoints.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

export async function askFromInstances(
  consumer: Ec2Consumer,
  project: Project,
  session: Session,
): Promise<PingEvidence> {
  const targets = await targetsOf(consumer, project);
  if (!project.settings.proof.probe) return notWanted(pasteCommands(targets), session);
  if (targets.length === 0) return NOTHING_WAITS;
  const { instances } = await consumer.readAgain();
  const evidence = await askOnInstances(instances, targets, consumer.settings.name, project, session);
  return 'stages' in evidence ? evidence : askByHand(evidence.notAsked, targets, session);
}

/** What cannot be asked for somebody can be asked by whoever gets onto the instance. */
export function askByHand(
  notAsked: string,
  targets: readonly ProbeTarget[],
  session: Pick<Session, 'record'>,
): PingEvidence {
  const commands = pasteCommands(targets);
  return byHand(notAsked, commands, `Ask it on an instance: ${commands[0] ?? ''}`, session);
}

export const NOTHING_WAITS = {
  notAsked: 'no address waits for the app',
  hint: 'Write it: elasticache-wizard setup.',
} as const;

/** By commands of Systems Manager. Of several addresses the first that gets no answer. */
export async function askOnInstances(
  instances: readonly AppInstance[],
  targets: readonly ProbeTarget[],
  name: string,
  { settings, instanceProbe }: Project,
  session: Session,
): Promise<ProbeReport | { readonly notAsked: string }> {
  let evidence: ProbeReport | { notAsked: string } = { notAsked: 'the probe did not run' };
  const what = { kind: 'ping', name, usualMs: 30_000 } as const;
  try {
    await runStep(what, 'unchanged', { ...session, wait: settings.wait }, async (step) => {
      const how = await instanceProbe.rehearse({ instances }, step);
      if (!how.possible) {
        evidence = { notAsked: how.reason };
        step.skip();
        return;
      }
      for (const target of targets) {
        evidence = await instanceProbe.ask({ instances }, target, how, step);
        if ('notAsked' in evidence) step.skip();
        if ('notAsked' in evidence || evidence.failed !== undefined) return;
      }
    });
  } catch (error) {
    if (session.signal.aborted || !(error instanceof WizardError)) throw error;
    evidence = { notAsked: error.message };
  }
  return evidence;
}

export async function targetsOf(consumer: Ec2Consumer, { settings, aws }: Project): Promise<ProbeTarget[]> {
  const store = valueStore(consumer.settings, settings, aws);
  const stored = await store.read();
  if (isBlocked(stored)) return [];
  const { variables } = consumer.settings;
  const handed = handedVariables(consumer.settings, stored.values.values(), store);
  return probeTargets({ variables }, handed, await readEndpoints({ variables }, aws));
}
