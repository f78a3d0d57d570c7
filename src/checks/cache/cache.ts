/** Is the cache there, and does it serve? */
import type { Caches, LivingCache } from '../../aws/caches.ts';
import type { ElastiCache } from '../../aws/elasticache.ts';
import type { CheckResult } from '../../domain/check.ts';
import { cachesOf } from '../../domain/consumer.ts';
import type { Endpoint } from '../../domain/outputs.ts';
import { WizardError } from '../../errors.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, skip, together, warn } from '../question.ts';
import { mending } from '../setup-command.ts';

export interface FoundCache {
  readonly living: LivingCache;
  readonly endpoint: Endpoint;
}

/** A cache as other checks find it: there and with an endpoint, or the answer that there is nothing to compare with. */
export async function readCache(caches: Caches, name: string): Promise<FoundCache | CheckResult> {
  const living = await caches.read(name);
  if (!living) return fail(`there is no cache ${name}`, 'Make it: elasticache-wizard setup.');
  if (!living.endpoint) {
    return inconclusive(
      `${name} is ${living.status} and has no endpoint yet`,
      'Run it again when the cache is available.',
    );
  }
  const { address, port } = living.endpoint;
  return { living, endpoint: { address, port, tls: living.transitEncryption } };
}

/** A cache may be restored under another name, and nobody has told the app. */
function restoredAs(others: readonly LivingCache[]): string {
  if (others.length === 0) return '';
  const names = others.map(({ name }) => name).join(', ');
  return ` Where it was restored under another name (there are: ${names}), name that instead: --cache-name.`;
}

type EventSource = Parameters<ElastiCache['describeEvents']>[0];

type CacheContext = Pick<CheckContext, 'aws' | 'clock'> & {
  readonly consumer: Parameters<typeof cachesOf>[0];
  /** Of a service: what brings back a cache that is gone. */
  readonly mend: () => Promise<{ readonly fix?: string }>;
};

/** AWS keeps events so long (ElastiCache API reference, DescribeEvents). */
const EVENTS_KEPT_MS = 14 * 24 * 3_600_000;
const EVENTS_SHOWN = 3;
const USUAL_MINUTES = { replicationGroup: '5 to 15 minutes', serverless: 'one to five minutes' } as const;
const SOURCES = {
  replicationGroup: ['replication-group', 'cache-cluster'],
  serverless: ['serverless-cache'],
} as const;

export function cache(context: CheckContext): Check {
  return cacheOf({ ...context, mend: () => mending(context, 'gone') });
}

/** Of apps on instances, `setup` is not typed again so shortly. */
export function cacheOfInstances(context: Omit<CacheContext, 'mend'>): Check {
  return cacheOf({ ...context, mend: () => Promise.resolve({}) });
}

function cacheOf({ aws, clock, consumer, mend }: CacheContext): Check {
  async function ask(name: string): Promise<CheckResult> {
    const living = await aws.caches.read(name);
    if (!living) {
      const [last, others] = await Promise.all([
        lastEvents(name, Object.values(SOURCES).flat()),
        aws.caches.list(),
      ]);
      return fail(
        `the cache was deleted: there is no ${name} in this account and region${last}`,
        `Make it anew, empty: elasticache-wizard setup.${restoredAs(others)} What it held is in its last snapshot, if there is one.`,
        { means: 'Its name does not resolve any more: ENOTFOUND', ...(await mend()) },
      );
    }
    return answer(living);
  }

  async function answer(living: LivingCache): Promise<CheckResult> {
    const { name, status, kind } = living;
    if (status === 'available') return pass(`${name} is available`);
    const last = await lastEvents(name, SOURCES[kind]);
    const now = `${name} is ${status}${last}`;
    switch (status) {
      case 'creating':
        return inconclusive(
          `${now}, which takes ${USUAL_MINUTES[kind]}`,
          'Run it again when the cache is available.',
        );
      case 'deleting':
        return fail(now, 'When it is gone, make it anew, empty: elasticache-wizard setup.', {
          means: 'Its nodes answer no more',
        });
      case 'create-failed':
      case 'incompatible-network':
      case 'restore-failed':
        return fail(now, 'It holds its name: delete it, then make it anew.', {
          means: 'It has never served, and will not',
        });
      default:
        return warn(
          `${now}${await pendingOf(living)}`,
          'It serves meanwhile, with breaks of seconds where nodes are replaced. Run it again when it is available.',
        );
    }
  }

  /** Why, and since when; where that cannot be read, the rest is still told. */
  async function lastEvents(name: string, sources: readonly EventSource[]): Promise<string> {
    const since = clock.now() - EVENTS_KEPT_MS;
    try {
      const all = await Promise.all(
        sources.map((source) => aws.elasticache.describeEvents(source, name, since)),
      );
      const last = all
        .flat()
        .sort((one, other) => one.at - other.at)
        .slice(-EVENTS_SHOWN);
      const told = last.map(({ at, message }) => `${new Date(at).toISOString().slice(0, 16)}Z ${message}`);
      return told.length === 0 ? '' : ` (${told.join('; ')})`;
    } catch (error) {
      if (error instanceof WizardError && error.code !== 'Interrupted') return '';
      throw error;
    }
  }

  async function pendingOf({ nodes }: LivingCache): Promise<string> {
    if (!nodes) return '';
    const [member] = await aws.elasticache.describeCacheClusters(nodes.memberClusters.slice(0, 1));
    const pending = [
      ...(member?.pendingNodeType === undefined
        ? []
        : [`node type ${nodes.cacheNodeType} to ${member.pendingNodeType}`]),
      ...(member?.pendingEngineVersion === undefined
        ? []
        : [`engine ${member.engineVersion} to ${member.pendingEngineVersion}`]),
    ];
    return pending.length === 0 ? '' : `; pending: ${pending.join(', ')}`;
  }

  return question('cache', async () => {
    const names = cachesOf(consumer);
    if (names.length === 0) return skip('the app is to have no cache');
    return together(await Promise.all(names.map(ask)));
  });
}
