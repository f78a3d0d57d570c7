/** What rollback and destroy have in common: the project found by its name, a plan, the stages applied, and what is there then. */
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import { nameOf } from '../../domain/arn.ts';
import type { Identity } from '../../domain/app.ts';
import { costOf } from '../../domain/cost.ts';
import type { UndoPlan } from '../../engine/events.ts';
import { refKey } from '../../engine/graph.ts';
import { blockedBy, type Plan } from '../../engine/plan.ts';
import { applyUndo, planUndo, type Stages } from '../../engine/undo.ts';
import { WizardError } from '../../errors.ts';
import { userTagsOf } from '../../resources/services/revision-copy.ts';
import type { Staying } from '../../resources/access/secrets-removal.ts';
import type { WayBackOptions } from '../../resources/way-back.ts';
import {
  findProject,
  listProjects,
  readAnchors,
  readCachePlaces,
  readRunningService,
  type Anchor,
} from '../../survey/project.ts';
import { nameOfInstances, readInstanceApps, readInstanceConsumers } from '../opening/instance-apps.ts';
import { leaseParameter } from './lease-parameter.ts';
import { applied } from './operating.ts';
import { openAccount } from '../opening/account.ts';
import { askProject } from '../opening/questions.ts';
import { readCaches, readingOf } from '../reading.ts';
import type { Session } from '../session.ts';

export interface Undoing extends WayBackOptions {
  readonly anchors: readonly Anchor[];
  readonly identity: Identity;
}

export async function openUndoing(session: Session, writes: boolean): Promise<Undoing> {
  const { inputs, record } = session;
  // The name of the app is the default of the project's.
  const called = inputs.service?.value ?? nameOfInstances(inputs);
  const known = called === undefined ? [] : (['project'] as const);
  const { aws, identity } = await openAccount(session, writes, known);
  const project =
    inputs.project?.value ?? called ?? (await askProject(await listProjects(aws), session.asker));
  record.project = project;
  const only = { ecsCluster: inputs.ecsCluster?.value, service: inputs.service?.value };
  const anchors = await findProject(aws, project, only).catch((error: unknown) =>
    leaveNothingOf(aws, project, session, error),
  );
  const serviceArns = [...new Set(anchors.flatMap((anchor) => anchor.serviceArns))];
  const [services, instanceApps, staying, places] = await Promise.all([
    Promise.all(serviceArns.map((arn) => readRunningService(aws, arn))),
    readInstanceApps(aws, project, anchors, session),
    readStaying(aws, project, anchors),
    readCachePlaces(aws, project, anchors),
  ]);
  return {
    aws,
    identity,
    project,
    anchors,
    services: services.filter((service) => service !== 'gone'),
    instanceApps,
    staying,
    goneServices: serviceArns.filter((_, index) => services[index] === 'gone').map(nameOf),
    places,
  };
}

/** Of the project's caches that were not named, and of the services that those alone are handed to. */
async function readStaying(aws: Aws, project: string, named: readonly Anchor[]): Promise<Staying> {
  const all = await readAnchors(aws, project);
  const others = all.filter(({ groupId }) => !named.some((anchor) => anchor.groupId === groupId));
  const undone = new Set(named.flatMap(({ serviceArns }) => serviceArns));
  return {
    cacheNames: others.flatMap(({ cacheName }) => cacheName ?? []),
    serviceArns: others.flatMap(({ serviceArns }) => serviceArns).filter((arn) => !undone.has(arn)),
    executionRoleArns: others.flatMap(({ executionRoleArns }) => executionRoleArns),
    watchedCacheNames: others.flatMap(({ cacheName, alarmTopicArn }) =>
      cacheName === undefined || alarmTopicArn === undefined ? [] : [cacheName],
    ),
  };
}

/** A run that was killed after its very last step has left its lease alone. What fails here must not hide what is wrong. */
async function leaveNothingOf(
  { ssm }: Aws,
  project: string,
  { clock }: Session,
  error: unknown,
): Promise<never> {
  if (error instanceof WizardError && error.code === 'NotFound')
    await leaseParameter(ssm, project)
      .clearEnded(clock.now())
      .catch(() => undefined);
  throw error;
}

/** The plan, shown. Throws where something stands in the way. */
export async function planStages(
  stages: Stages,
  undoing: Undoing,
  undo: UndoPlan,
  session: Session,
): Promise<Plan> {
  const plan = await planUndo(stages);
  const usualMs = usualTimeOf(stages, plan);
  session.emit({
    type: 'plan.ready',
    changes: plan.changes,
    monthlyUsd: await priceOf(undoing),
    undo,
    ...(usualMs > 0 ? { usualMs } : {}),
  });
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  return plan;
}

/** Of the longest of each stage, for they come one after another. */
function usualTimeOf(stages: Stages, { changes }: Plan): number {
  const pending = new Set(
    changes.filter(({ change }) => change.action !== 'none').map(({ ref }) => refKey(ref)),
  );
  return stages
    .map((stage) => stage.filter((undoable) => pending.has(refKey(undoable))))
    .map((stage) => Math.max(0, ...stage.map(({ usualMs = 0 }) => usualMs)))
    .reduce((sum, ms) => sum + ms, 0);
}

/** What is there afterwards is in the record, however it ends. */
export async function applyStages(
  stages: Stages,
  plan: Plan,
  undoing: Undoing,
  session: Session,
): Promise<void> {
  const { aws, identity, project, anchors } = undoing;
  const userTags = userTagsOf(...anchors.map(({ tags }) => tags));
  try {
    await applied({ aws, identity, project, userTags }, session, (options) =>
      applyUndo(stages, plan, options),
    );
  } catch (error) {
    // What fails here must not hide what failed first.
    if (!session.signal.aborted) await readEnd(undoing, session).catch(() => undefined);
    throw error;
  }
}

/** The account as it is by now, for the result. */
export async function readEnd(
  { aws, project, services, anchors, instanceApps }: Undoing,
  { record }: Session,
): Promise<void> {
  const names = anchors.flatMap(({ cacheName }) => cacheName ?? []);
  const [now, caches, onInstances] = await Promise.all([
    Promise.all(services.map(({ service }) => readRunningService(aws, service.serviceArn))),
    readCaches(aws, names),
    readInstanceConsumers(instanceApps, project, aws),
  ]);
  const readings = now.filter((service) => service !== 'gone').map((service) => readingOf(service, []));
  record.reading = {
    caches,
    consumers: [...readings.map(({ consumer }) => consumer), ...onInstances],
    stickiness: readings.flatMap(({ stickiness }) => stickiness),
  };
}

/** Of our caches that live; undefined as soon as one of them has no known price. */
async function priceOf({ aws, anchors, identity }: Undoing): Promise<number | undefined> {
  const names = anchors.flatMap(({ cacheName, adoptedArn }) =>
    cacheName === undefined || adoptedArn !== undefined ? [] : [cacheName],
  );
  const living = await Promise.all(names.map((name) => aws.caches.read(name)));
  let sum: number | undefined = 0;
  for (const cache of living) {
    if (!cache) continue;
    const price = idleUsdOf(cache, identity.region);
    sum = sum === undefined || price === undefined ? undefined : sum + price;
  }
  return sum;
}

function idleUsdOf({ name, engine, nodes }: LivingCache, region: string): number | undefined {
  const [cost] = costOf(
    {
      name,
      engine: engine === 'valkey' ? 'valkey' : 'redis',
      snapshotRetention: 0,
      ...(nodes ? { nodes: { cacheNodeType: nodes.cacheNodeType, count: nodes.memberClusters.length } } : {}),
    },
    region,
  );
  return cost?.idleMonthlyUsd;
}
