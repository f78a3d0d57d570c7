/** What is left of the data when the cache, or what is in it, is lost? */
import type { CheckResult } from '../../domain/check.ts';
import type { Check } from '../check.ts';
import { pass, skip, warn } from '../question.ts';
import { askCaches, awsFix, type CacheFacts, type LintContext, type LintedCache } from './lint-context.ts';
import { workloadOf, type FoundWorkload } from './workload.ts';

const DAYS = '7';

export function backups(context: LintContext): Check {
  function ask(facts: CacheFacts, cache: LintedCache): CheckResult {
    const { name } = facts;
    const kept = retentionOf(facts);
    if (kept === undefined) return skip(`${name} stands alone, and its backups are not looked at`);
    if (kept > 0) return pass(`${name} is backed up daily, for ${kept} ${kept === 1 ? 'day' : 'days'}`);
    const workload = workloadOf(cache, context.apps);
    if (workload?.workload === 'cache' || workload?.workload === 'pubsub')
      return pass(`${name} has no backups, and what is in it can be made again`);
    return warn(
      `${name} is never backed up`,
      `Keep its snapshots for ${DAYS} days; they are made at a replica, where there is one.`,
      { means: lossOf(workload), fix: retention(facts) },
    );
  }

  function retention({ kind, name }: CacheFacts): string {
    const named =
      kind === 'serverless'
        ? ['modify-serverless-cache', '--serverless-cache-name', name]
        : ['modify-replication-group', '--replication-group-id', name];
    const now = kind === 'serverless' ? [] : ['--apply-immediately'];
    return awsFix(context, 'elasticache', ...named, '--snapshot-retention-limit', DAYS, ...now);
  }

  return askCaches('backups', context, ask);
}

function lossOf(workload: FoundWorkload | undefined): string {
  switch (workload?.workload) {
    case 'queue':
      return `Jobs that wait in it (${workload.by}) are lost with it, and nobody knows which`;
    case 'sessions':
      return 'All visitors are logged out when it is lost';
    default:
      return 'A deletion by mistake, or the loss of its nodes, takes all that is in it';
  }
}

function retentionOf(facts: CacheFacts): number | undefined {
  if (facts.kind === 'cacheCluster') return undefined;
  return facts.kind === 'serverless'
    ? facts.cache.snapshotRetentionLimit
    : facts.group.snapshotRetentionLimit;
}
