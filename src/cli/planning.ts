/** From what is wanted to a plan that can be shown: what stands in the way, what it costs, how long it takes. */
import { monthlyUsd } from '../domain/cost.ts';
import { isGiven, type CacheSettings } from '../domain/settings.ts';
import { inOrder, refKey } from '../engine/graph.ts';
import { planResources, type Plan } from '../engine/plan.ts';
import type { AnyResource } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import type { Finding } from '../survey/finding.ts';
import { preflight } from '../survey/preflight.ts';
import type { Project } from './project.ts';
import type { Session } from './session.ts';

export async function examine({ settings, consumers, aws }: Project, session: Session): Promise<void> {
  for (const consumer of consumers) {
    if (consumer.kind === 'ecs') report(await preflight(settings, consumer, aws), session);
  }
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
  if (first) throw new WizardError(first.errorCode ?? 'Blocked', first.message, { hint: first.hint });
}

export async function makePlan(project: Project, { emit }: Session): Promise<Plan> {
  const plan = await planResources(project.resources);
  const usualMs = longestChain(project.resources, plan);
  emit({
    type: 'plan.ready',
    changes: plan.changes,
    monthlyUsd: await priceOf(project),
    ...(usualMs > 0 ? { usualMs } : {}),
  });
  return plan;
}

/** Of all caches; undefined as soon as one of them has no known price. */
async function priceOf(project: Project): Promise<number | undefined> {
  const prices = await Promise.all(project.settings.caches.map((cache) => priceOfCache(cache, project)));
  return prices.reduce(
    (sum, price) => (sum === undefined || price === undefined ? undefined : sum + price),
    0,
  );
}

/** What is not given stays as it is, and so does its price. */
async function priceOfCache(cache: CacheSettings, { aws, identity }: Project): Promise<number | undefined> {
  if (cache.kind === 'serverless') return undefined;
  const living = await aws.elasticache.readReplicationGroup(cache.name);
  const nodeType = living && !isGiven(cache.cacheNodeType) ? living.cacheNodeType : cache.cacheNodeType.value;
  const nodes = living && !isGiven(cache.replicas) ? living.memberClusters.length : 1 + cache.replicas.value;
  const engine =
    living?.engine === 'valkey' || (!living && cache.engine.value === 'valkey') ? 'valkey' : 'redis';
  return monthlyUsd(nodeType, engine, nodes, identity.region);
}

/** Steps that do not need each other run at the same time. */
function longestChain(resources: readonly AnyResource[], plan: Plan): number {
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
