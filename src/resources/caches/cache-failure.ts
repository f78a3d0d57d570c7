/** A cache of either kind that cannot be used: why, and what to do about it. */
import type { ElastiCache } from '../../aws/elasticache.ts';
import type { Blocked } from '../../domain/change.ts';
import type { CacheSettings } from '../../domain/settings.ts';

type Kind = CacheSettings['kind'];
type Events = Pick<ElastiCache, 'describeEvents'>;

const EVENT_SOURCES = { replicationGroup: 'replication-group', serverless: 'serverless-cache' } as const;

/** The words of the AWS CLI that free its name. */
export function deletionOf(kind: Kind, name: string): string[] {
  return kind === 'serverless'
    ? ['elasticache', 'delete-serverless-cache', '--serverless-cache-name', name]
    : ['elasticache', 'delete-replication-group', '--replication-group-id', name];
}

/** The last thing that AWS has to say about it. */
export async function readFailureReason(kind: Kind, name: string, elasticache: Events): Promise<string> {
  const events = await elasticache.describeEvents(EVENT_SOURCES[kind], name);
  return events.at(-1)?.message ?? 'AWS gives no reason';
}

export async function readFailure(kind: Kind, name: string, elasticache: Events): Promise<Blocked> {
  return {
    action: 'blocked',
    reason: `${name} failed to create: ${await readFailureReason(kind, name, elasticache)}`,
    hint: `It holds the name until it is gone: aws ${deletionOf(kind, name).join(' ')}. Then run the same command again.`,
  };
}

/** What stands in the way of any change. */
export async function statusObstacle(
  kind: Kind,
  name: string,
  status: string,
  elasticache: Events,
): Promise<Blocked | undefined> {
  if (status === 'create-failed') return readFailure(kind, name, elasticache);
  if (status !== 'deleting') return undefined;
  return {
    action: 'blocked',
    reason: `${name} is being deleted`,
    hint: 'Run the same command again when it is gone, in some minutes.',
  };
}
