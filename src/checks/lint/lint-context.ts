/** What the lint looks at: the caches of the project, each read once for all questions, and the apps that use them. */
import type { Aws } from '../../aws/aws.ts';
import type { CacheCluster, ReplicationGroup } from '../../aws/elasticache.ts';
import type { ServerlessCache } from '../../aws/serverless.ts';
import type { CheckResult, LintId } from '../../domain/check.ts';
import { commandText } from '../../domain/shell-word.ts';
import { awsCommand } from '../../domain/mending.ts';
import type { CacheSettings, Settings } from '../../domain/settings.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import type { InstanceCheckContext } from '../instance-context.ts';
import { question, skip, together } from '../question.ts';

export interface LintContext {
  readonly aws: Aws;
  readonly settings: Settings;
  /** `--region eu-west-1`: the end of each command. */
  readonly where: readonly string[];
  readonly apps: readonly (CheckContext | InstanceCheckContext)[];
  readonly caches: readonly LintedCache[];
  /** Somebody has chosen the defaults of a production system. */
  readonly production: boolean;
}

export interface LintedCache {
  readonly name: string;
  readonly settings: CacheSettings;
  /** Undefined: there is none, as the check cache tells. */
  readonly read: () => Promise<CacheFacts | undefined>;
}

export type CacheFacts = { readonly name: string; readonly arn: string } & (
  | {
      readonly kind: 'replicationGroup';
      readonly group: ReplicationGroup;
      readonly members: readonly CacheCluster[];
    }
  | { readonly kind: 'serverless'; readonly cache: ServerlessCache }
  /** One node that stands alone. */
  | {
      readonly kind: 'cacheCluster';
      readonly cluster: CacheCluster;
      readonly members: readonly CacheCluster[];
    }
);

export function lintedCache(settings: CacheSettings, aws: Aws): LintedCache {
  const { name } = settings;
  let facts: Promise<CacheFacts | undefined> | undefined;
  return { name, settings, read: () => (facts ??= readFacts(name, aws)) };
}

async function readFacts(name: string, { elasticache, serverless }: Aws): Promise<CacheFacts | undefined> {
  const group = await elasticache.readReplicationGroup(name);
  if (group) {
    const members = await elasticache.describeCacheClusters(group.memberClusters);
    return { kind: 'replicationGroup', name, arn: group.arn, group, members };
  }
  const cache = await serverless.readServerlessCache(name);
  if (cache) return { kind: 'serverless', name, arn: cache.arn, cache };
  const cluster = await elasticache.readCacheCluster(name);
  return cluster && { kind: 'cacheCluster', name, arn: cluster.arn, cluster, members: [cluster] };
}

/** One question of every cache that is there. */
export function askCaches(
  id: LintId,
  { caches }: LintContext,
  ask: (facts: CacheFacts, cache: LintedCache) => CheckResult | Promise<CheckResult>,
): Check {
  return question(id, async () => {
    if (caches.length === 0) return skip('the app is to have no cache');
    const answers = caches.map(async (cache) => {
      const facts = await cache.read();
      return facts ? ask(facts, cache) : skip(`there is no cache ${cache.name}`);
    });
    return together(await Promise.all(answers));
  });
}

/** One command of the AWS CLI, in the region that is looked at. */
export function awsFix({ where }: Pick<LintContext, 'where'>, ...words: readonly string[]): string {
  return commandText(awsCommand(where, ...words));
}
