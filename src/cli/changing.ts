/** From an approved plan to a changed account, and the evidence gathered on the way. */
import { memoryOf } from '../checks/baseline-memory.ts';
import { takeBaseline } from '../checks/refresh.ts';
import type { Known } from '../domain/outputs.ts';
import { applyPlan } from '../engine/apply.ts';
import type { Plan } from '../engine/plan.ts';
import { resources as resourcesOf } from '../resources/index.ts';
import { requireApproval } from './approval.ts';
import { namedIn, type Evidence } from './checking.ts';
import { readAgain, type Project } from './project.ts';
import { readAccount } from './reading.ts';
import type { Session } from './session.ts';

/** Throws where it failed or was declined; what is there by then is in the record. */
export async function change(project: Project, plan: Plan, session: Session): Promise<Evidence> {
  await requireApproval(session);
  const { settings, app } = project;
  const { clock, signal, emit } = session;
  const { proof, wait } = settings;
  const baseline = proof.verify ? await takeBaseline(proof, app, { clock, signal }) : undefined;
  if (baseline && 'shown' in baseline) {
    emit({
      type: 'note',
      code: 'refresh.baseline',
      message: `Refreshes before the first write show ${baseline.shown}`,
    });
  }
  const resources = resourcesOf({ ...project, refreshMemory: memoryOf(baseline, proof) });
  try {
    const known = await applyPlan(resources, plan, { clock, signal, emit, wait });
    return { ping: pingOf(project, known), baseline };
  } catch (error) {
    if (!signal.aborted) await tellWhatIsThere(project, session);
    throw error;
  }
}

function pingOf({ settings }: Project, known: Known): Evidence['ping'] {
  for (const { service } of settings.consumers) {
    const report = known.get('ping', service)?.report;
    if (report) return report;
    const rehearsal = known.get('rehearsal', service);
    if (rehearsal && !rehearsal.possible) {
      const { reason, notWanted } = rehearsal;
      return notWanted ? { notWanted: reason } : { notAsked: reason };
    }
  }
  return { notWanted: 'nothing that the app reads was changed; `verify` asks' };
}

/** Where the service is after a failure. What fails here must not hide what failed first. */
async function tellWhatIsThere(project: Project, { record }: Session): Promise<void> {
  try {
    record.reading = await readAccount(project.aws, await readAgain(project), namedIn(project));
  } catch {
    // The first failure is the one to tell; the result then has no reading.
  }
}
