/** From what is wanted to a plan that can be shown: what stands in the way, what it costs, how long it takes. */
import { alarmsOf } from '../../domain/alarms.ts';
import { ecsAmong } from '../../domain/consumer.ts';
import { costOf, costOfAlarms, costOfSecrets, type Cost } from '../../domain/cost.ts';
import { holdsPassword } from '../../domain/delivery.ts';
import { permanentOf } from '../../domain/permanent.ts';
import { reasonFor } from '../../domain/workload.ts';
import { isGiven, type CacheSettings } from '../../domain/settings.ts';
import { inOrder, refKey } from '../../engine/graph.ts';
import { blockedBy, planResources, type Plan } from '../../engine/plan.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { equivalentOf } from '../../inputs/equivalent-command.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { expectedCache, readMonitoredCache } from '../../resources/monitoring/monitored-cache.ts';
import type { Finding } from '../../survey/finding.ts';
import { preflightOfCaches } from '../../survey/cache-findings.ts';
import { preflight, preflightOfInstances } from '../../survey/preflight.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

/** The plan, shown. Throws where something stands in the way. `inputs`: with what was answered. */
export async function planProject(
  project: Project,
  session: Session,
  inputs: Inputs = session.inputs,
): Promise<Plan> {
  const planning = planResources(project.resources);
  // What stands in the way is said first, and then nobody waits for the plan.
  planning.catch(() => undefined);
  await examine(project, session);
  const plan = await makePlan(await planning, project, session, inputs);
  const blocked = blockedBy(plan);
  if (blocked) throw blocked;
  return plan;
}

export async function examine(
  { settings, consumers, identity, aws }: Project,
  session: Session,
): Promise<void> {
  const found = await Promise.all([
    preflightOfCaches(settings, identity, aws),
    ...consumers.map((consumer) =>
      consumer.kind === 'ecs'
        ? preflight(settings, consumer, aws)
        : preflightOfInstances(settings, consumer, identity, aws),
    ),
  ]);
  for (const findings of found) report(findings, session);
}

/** Throws what stands in the way; warns of the rest. */
export function report(findings: readonly Finding[], { emit }: Session): void {
  const [first, ...others] = findings.filter(({ severity }) => severity === 'block');
  for (const finding of findings) {
    if (finding.severity === 'block') continue;
    emit({
      type: finding.severity === 'warn' ? 'warning' : 'note',
      code: finding.code,
      message: sentence(finding),
    });
  }
  for (const finding of others) emit({ type: 'warning', code: finding.code, message: sentence(finding) });
  if (first) {
    const { errorCode = 'Blocked', message, hint, remedy } = first;
    throw new WizardError(errorCode, message, { hint, remedy });
  }
}

async function makePlan(
  plan: Plan,
  project: Project,
  { command, emit }: Session,
  inputs: Inputs,
): Promise<Plan> {
  const usualMs = longestChain(project.resources, plan);
  const { settings, identity } = project;
  const caches = await Promise.all(settings.caches.map((cache) => costOfCache(cache, project)));
  const costs = [
    ...caches,
    costOfSecrets(secretsOf(project), identity.region),
    costOfAlarms(await alarmsIn(project), identity.region),
  ];
  const undoneBy = ecsAmong(project.consumers).flatMap(({ app }) =>
    app.managers.map(({ name }) => ({ service: app.service.serviceName, tool: name })),
  );
  emit({
    type: 'plan.ready',
    changes: plan.changes,
    monthlyUsd: totalOf(costs),
    costs: costs.flat(),
    permanent: createdIn(plan, project).map((cache) => ({ cache: cache.name, what: permanentOf(cache) })),
    reasons: createdIn(plan, project).flatMap((cache) =>
      cache.workload ? [{ cache: cache.name, reason: reasonFor(cache.workload.value, cache) }] : [],
    ),
    ...(usualMs > 0 ? { usualMs } : {}),
    ...(undoneBy.length > 0 ? { undoneBy } : {}),
    ...(command === 'setup' || command === 'plan'
      ? { equivalent: equivalentOf(inputs, identity.region) }
      : {}),
  });
  return plan;
}

/** Of all that is billed; undefined as soon as one cache has no known price. */
function totalOf(costs: readonly (readonly Cost[])[]): number | undefined {
  let sum = 0;
  for (const [cache, ...besides] of costs) {
    if (cache && cache.idleMonthlyUsd === undefined) return undefined;
    sum += [cache, ...besides].reduce((usd, cost) => usd + (cost?.idleMonthlyUsd ?? 0), 0);
  }
  return Math.round(sum * 100) / 100;
}

/** What is not given stays as it is, and so does its price. */
async function costOfCache(cache: CacheSettings, { aws, identity }: Project): Promise<Cost[]> {
  const { name, engine, snapshotRetention } = cache;
  const living = await aws.caches.read(name);
  const kept =
    living && !isGiven(snapshotRetention) ? living.snapshotRetentionLimit : snapshotRetention.value;
  const asIs = living && !isGiven(engine) ? living.engine : engine.value;
  const common = {
    name,
    engine: living?.engine === 'valkey' || asIs === 'valkey' ? ('valkey' as const) : ('redis' as const),
    snapshotRetention: kept,
  };
  if (cache.kind === 'serverless') return costOf(common, identity.region);
  const { cacheNodeType, shards, replicas } = cache;
  const nodes = living?.nodes;
  const asItIs = nodes && !isGiven(replicas) && !isGiven(shards);
  return costOf(
    {
      ...common,
      nodes: {
        cacheNodeType: nodes && !isGiven(cacheNodeType) ? nodes.cacheNodeType : cacheNodeType.value,
        count: asItIs ? nodes.memberClusters.length : shards.value * (1 + replicas.value),
      },
    },
    identity.region,
  );
}

/** One for the password of each cache that has one, and one for each consumer that is handed it. */
function secretsOf({ settings: { caches, consumers } }: Project): number {
  const kept = caches.filter(
    ({ auth, secretStore }) => auth.value !== 'none' && secretStore === 'secretsmanager',
  );
  const handed = consumers.filter(({ variables }) =>
    variables.some(({ cache, template }) => {
      const owner = kept.find(({ name }) => name === cache);
      return owner !== undefined && holdsPassword(template, owner.auth.value);
    }),
  );
  return kept.length + handed.length;
}

async function alarmsIn({ settings, monitoring, aws }: Project): Promise<number> {
  if (!monitoring) return 0;
  const { project, caches } = settings;
  const counts = await Promise.all(
    caches.map(async (cache) => {
      const expected = expectedCache(cache, await readMonitoredCache(cache.name, aws));
      return alarmsOf(project, expected).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function createdIn({ changes }: Plan, { settings }: Project): CacheSettings[] {
  const created = changes.filter(({ ref, change }) => ref.kind === 'cache' && change.action === 'create');
  return created.flatMap(({ ref }) => {
    const cache = settings.caches.find(({ name }) => name === ref.name);
    return cache ? [cache] : [];
  });
}

/** Steps that do not need each other run at the same time. */
export function longestChain(resources: readonly AnyResource[], plan: Plan): number {
  const idle = new Set(
    plan.changes.filter(({ change }) => change.action === 'none').map(({ ref }) => refKey(ref)),
  );
  const ends = new Map<string, number>();
  for (const resource of inOrder(resources)) {
    const begins = Math.max(0, ...resource.needs.map((need) => ends.get(refKey(need)) ?? 0));
    ends.set(refKey(resource), begins + (idle.has(refKey(resource)) ? 0 : (resource.usualMs ?? 0)));
  }
  return Math.max(0, ...ends.values());
}

function sentence({ message, hint }: Finding): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
