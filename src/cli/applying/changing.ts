/** From an approved plan to a changed account, and the evidence gathered on the way. */
import { memoryOf } from '../../checks/refresh/baseline-memory.ts';
import type { PingEvidence } from '../../checks/context.ts';
import { takeBaseline } from '../../checks/refresh/refresh.ts';
import { ecsAmong, frontOf, type Consumer } from '../../domain/consumer.ts';
import type { Known } from '../../domain/outputs.ts';
import { nameOf } from '../../domain/arn.ts';
import { applyPlan } from '../../engine/apply.ts';
import { refKey } from '../../engine/graph.ts';
import { isConverged, type Plan } from '../../engine/plan.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { resources as resourcesOfSetup, type ResourcesOptions } from '../../resources/index.ts';
import { valueStore } from '../../resources/instances/instance-values.ts';
import { isBlocked } from '../../domain/change.ts';
import { WizardError } from '../../errors.ts';
import { readNamedService } from '../../survey/service.ts';
import { requireApproval } from './approval.ts';
import type { Evidence } from '../checking/checking.ts';
import { askByHand, askFromInstances, targetsOf } from '../checking/instance-asking.ts';
import { underLease } from './lease.ts';
import { examinePermissions } from './permissions.ts';
import { readAgain, type Project } from '../opening/project.ts';
import { readAccount } from '../reading.ts';
import type { Session } from '../session.ts';
import { askFromTask } from '../checking/task-asking.ts';

/** Nothing is asked for where nothing is to change. */
export async function changeAsPlanned(project: Project, plan: Plan, session: Session): Promise<Evidence> {
  if (isConverged(plan)) return UNCHANGED;
  return change(await examinePermissions(project, plan, session), plan, session);
}

const NOTHING_CHANGED: PingEvidence = { notWanted: 'nothing was changed; `verify` asks' };

/** What there is to go by where nothing was to be done. */
export const UNCHANGED: Evidence = { askPing: () => Promise.resolve(NOTHING_CHANGED) };

/** Throws where it was declined, too. */
export async function change(
  project: Project,
  plan: Plan,
  session: Session,
  resourcesOf: (options: ResourcesOptions) => AnyResource[] = resourcesOfSetup,
): Promise<Evidence> {
  await requireApproval(session);
  return changeApproved(project, plan, session, resourcesOf);
}

/** Throws where it failed; what is there by then is in the record. */
export async function changeApproved(
  project: Project,
  plan: Plan,
  session: Session,
  resourcesOf: (options: ResourcesOptions) => AnyResource[] = resourcesOfSetup,
): Promise<Evidence> {
  await requireSameRevisions(project);
  const { settings, consumers, aws, identity } = project;
  const { clock, signal, emit } = session;
  const { proof, wait } = settings;
  const front = frontOf(consumers);
  const baseline =
    proof.verify && front
      ? await takeBaseline(proof, front.app, await looker(front, project, session))
      : undefined;
  if (baseline && 'shown' in baseline) {
    emit({
      type: 'note',
      code: 'refresh.baseline',
      message: `Refreshes before the first write show ${baseline.shown}`,
    });
  }
  // Made anew with what was seen; of which the project may want a part.
  const wanted = new Set(project.resources.map(refKey));
  const remembering = resourcesOf({ ...project, refreshMemory: memoryOf(baseline, proof) });
  const resources = remembering.filter((resource) => wanted.has(refKey(resource)));
  try {
    const { project: name, tags: userTags } = settings;
    const lease = { ...session, ssm: aws.ssm, project: name, userTags, who: identity.arn };
    const pings = await underLease(lease, async (held) => {
      const known = await applyPlan(resources, plan, { clock, signal: held, emit, wait });
      return readPings(project, known, { ...session, signal: held });
    });
    return {
      askPing: (consumer) => Promise.resolve(pings.get(consumer.settings.name) ?? NOT_ASKED),
      baseline,
      awaitingRestart: awaitingRestart(project, plan, session),
    };
  } catch (error) {
    if (!signal.aborted) await tellWhatIsThere(project, session);
    throw error;
  }
}

const NOT_ASKED: PingEvidence = { notWanted: 'it is not among those that were asked' };

/** A plan may have stood on the screen for an hour: what was deployed since is not in it. */
async function requireSameRevisions({ consumers, aws }: Project): Promise<void> {
  for (const { app, settings } of ecsAmong(consumers)) {
    const now = await readNamedService(aws, settings.ecsCluster, settings.service);
    if (now.taskDefinitionArn === app.service.taskDefinitionArn) continue;
    const [planned, deployed] = [app.service, now].map(({ taskDefinitionArn }) => nameOf(taskDefinitionArn));
    throw new WizardError(
      'SomebodyElseDeployed',
      `Somebody has deployed ${deployed} to ${settings.service} since the plan was made of ${planned}; nothing was changed`,
      { hint: 'Run the same command again to have a plan of what runs now.' },
    );
  }
}

async function readPings(
  project: Project,
  known: Known,
  session: Session,
): Promise<ReadonlyMap<string, PingEvidence>> {
  const pings = new Map<string, PingEvidence>();
  const services = ecsAmong(project.consumers);
  const others = project.consumers.filter(({ kind }) => kind !== 'ecs');
  // One after another: each is a task of ours, and the account's room for tasks is the app's.
  for (const consumer of [...services, ...others]) {
    pings.set(consumer.settings.name, await pingOf(consumer, project, known, session));
  }
  return pings;
}

/** Of an app on instances no revision tells whether it had the cache already, but the values that wait for it do. */
async function looker(
  front: Consumer,
  { aws, settings }: Project,
  { clock, signal }: Session,
): Promise<Parameters<typeof takeBaseline>[2]> {
  if (front.kind === 'ecs') return { clock, signal };
  const stored = await valueStore(front.settings, settings, aws).read();
  return { clock, signal, wasOurs: !isBlocked(stored) && stored.values.size > 0 };
}

/** Those whose values have changed, and who are restarted by nobody. */
function awaitingRestart({ consumers }: Project, { changes }: Plan, { emit }: Session): ReadonlySet<string> {
  const isChanged = (name: string): boolean =>
    changes.some(
      ({ ref, change }) => ref.kind === 'parameters' && ref.name === name && change.action !== 'none',
    );
  const names = consumers.flatMap(({ kind, settings }) =>
    kind === 'ec2' && settings.restartCommand === undefined && isChanged(settings.name)
      ? [settings.name]
      : [],
  );
  for (const name of names) {
    const message = `${name} still runs with what it was started with: restart it, then verify`;
    emit({ type: 'warning', code: 'restart.needed', message });
  }
  return new Set(names);
}

/** What the probe said before the app was touched. Where an earlier run had done that already, it is asked now. */
async function pingOf(
  consumer: Consumer,
  project: Project,
  known: Known,
  session: Session,
): Promise<PingEvidence> {
  const { name } = consumer.settings;
  const report = known.get('ping', name)?.report;
  if (report) return report;
  const rehearsal = known.get('rehearsal', name);
  if (rehearsal && !rehearsal.possible && !rehearsal.notWanted) {
    const { reason } = rehearsal;
    return consumer.kind === 'ecs'
      ? { notAsked: reason }
      : askByHand(reason, await targetsOf(consumer, project), session);
  }
  if (!project.settings.proof.verify) return { notWanted: 'left out by --no-verify' };
  return consumer.kind === 'ecs'
    ? askFromTask(consumer, project, session)
    : askFromInstances(consumer, project, session);
}

/** Where the service is after a failure. What fails here must not hide what failed first. */
export async function tellWhatIsThere(project: Project, { record }: Session): Promise<void> {
  try {
    record.reading = await readAccount(project.aws, await readAgain(project), project.settings);
  } catch {
    // The first failure is the one to tell; the result then has no reading.
  }
}
