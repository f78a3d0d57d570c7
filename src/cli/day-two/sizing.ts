/** What is known of a cache's size before somebody decides: prices, what CloudWatch has seen, and what follows from both. */
import type { LivingCache } from '../../aws/caches.ts';
import { monthlyUsd } from '../../domain/cost.ts';
import { given, type CacheSettings, type ReplicationGroupSettings } from '../../domain/settings.ts';
import {
  argumentsFor,
  neighboursOf,
  nodesOf,
  transitionOf,
  type Observed,
  type Size,
} from '../../domain/sizing.ts';
import { WizardError } from '../../errors.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import { formatSizing, type Priced, type Sizing } from '../../output/format-sizing.ts';
import { readLoad } from '../../survey/cache-load.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

/** What `scale` changes; without any of them it only shows. */
export const SIZE_INPUTS = [
  'cacheNodeType',
  'replicas',
  'shards',
  'multiAz',
  'dataStorageMaximum',
  'ecpuMaximum',
] as const satisfies readonly InputName[];

/** Undefined: a serverless cache, which has no size to choose, or one that is not there. */
export async function readSizing(
  cache: CacheSettings,
  { aws, identity }: Project,
  session: Session,
): Promise<Sizing | undefined> {
  const living = await aws.caches.read(cache.name);
  if (cache.kind === 'serverless' || !living?.nodes) return undefined;
  const from = await readSize(living, living.nodes, aws);
  const to = wantedSize(cache, from);
  const isOther = JSON.stringify(from) !== JSON.stringify(to);
  const observed = await observe(living.nodes.memberClusters, aws.cloudwatch, session);
  const engine = living.engine === 'valkey' ? 'valkey' : 'redis';
  const priced = (size: Size): Priced => {
    const usd = monthlyUsd(size.cacheNodeType, engine, nodesOf(size), identity.region);
    return usd === undefined ? size : { ...size, monthlyUsd: usd };
  };
  return {
    cache: cache.name,
    engine: living.engine,
    from: priced(from),
    ...(isOther ? { to: priced(to) } : {}),
    observed,
    arguments: isOther ? argumentsFor(from, to, observed) : [],
    meanwhile: isOther ? transitionOf(from, to) : [],
    neighbours: isOther ? [] : neighboursOf(from, engine, identity.region, observed),
  };
}

async function readSize(
  { name }: LivingCache,
  { cacheNodeType, memberClusters }: NonNullable<LivingCache['nodes']>,
  { elasticache }: Project['aws'],
): Promise<Size> {
  const group = await elasticache.readReplicationGroup(name);
  const shards = Math.max(1, group?.nodeGroupIds.length ?? 1);
  const replicas = Math.max(0, Math.floor(memberClusters.length / shards) - 1);
  return { cacheNodeType, shards, replicas, multiAz: group?.multiAz === 'enabled' };
}

function wantedSize(cache: ReplicationGroupSettings, from: Size): Size {
  return {
    cacheNodeType: given(cache.cacheNodeType) ?? from.cacheNodeType,
    shards: given(cache.shards) ?? from.shards,
    replicas: given(cache.replicas) ?? from.replicas,
    multiAz: given(cache.multiAz) ?? from.multiAz,
  };
}

/** What is known without CloudWatch is worth showing: a right that is missing is told, as is an endpoint without metrics. */
async function observe(
  nodes: readonly string[],
  cloudwatch: Project['aws']['cloudwatch'],
  { clock, emit }: Session,
): Promise<Observed> {
  try {
    return await readLoad(nodes, cloudwatch, clock.now());
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    const message = `What speaks for or against it is not known: ${error.message}`;
    emit({ type: 'warning', code: 'metrics.unread', message });
    return {};
  }
}

export function showSizing(sizing: Sizing, { inputs, output }: Session): void {
  if (inputs.json.value) output.print({ type: 'sizing', ...sizing });
  else output.show(formatSizing(sizing, output.paint));
}

/** Before AWS does, and before anybody is asked: what does not fit for certain is not tried. */
export function requireRoom({ arguments: all }: Sizing): void {
  const stop = all.find(({ verdict }) => verdict === 'stop');
  if (!stop) return;
  const message = `${stop.message.charAt(0).toUpperCase()}${stop.message.slice(1)}`;
  throw new WizardError('Blocked', message, {
    hint: 'Choose a larger type or more shards, or let keys go first (DEL, or a time to live).',
  });
}
