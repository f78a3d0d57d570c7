/** What is lost, and for how long, when a node or a zone fails? */
import type { CheckResult } from '../../domain/check.ts';
import { WizardError } from '../../errors.ts';
import type { Check } from '../check.ts';
import { pass, warn } from '../question.ts';
import { askCaches, awsFix, type CacheFacts, type LintContext } from './lint-context.ts';

/** Names and tags by which people tell what their users are on. */
const PRODUCTION = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

export function availability(context: LintContext): Check {
  const { aws, apps, production, settings } = context;

  async function ask(facts: CacheFacts): Promise<CheckResult> {
    const { name } = facts;
    if (facts.kind === 'serverless') return pass(`${name} is serverless: in several zones`);
    if (facts.kind === 'cacheCluster') {
      return warn(
        `${await called(facts)} is one node that stands alone`,
        'Make a replication group with a replica, and move the app there.',
        { means: ONE_NODE },
      );
    }
    const { memberClusters, nodeGroupIds, automaticFailover, multiAz } = facts.group;
    const shards = Math.max(1, nodeGroupIds.length);
    const replicas = memberClusters.length / shards - 1;
    if (replicas < 1) {
      return warn(
        `${await called(facts)} has ${shards === 1 ? 'a single node' : `${shards} shards of a single node`}`,
        'Add a replica, which costs as much as the node, then turn on failover and Multi-AZ.',
        { means: ONE_NODE, fix: replica(name) },
      );
    }
    if (!isOn(automaticFailover)) {
      return warn(
        `${await called(facts)} has replicas, and no automatic failover`,
        'Turn it on, and Multi-AZ with it.',
        {
          means: 'When the primary fails, writes fail until somebody promotes a replica',
          fix: failover(name),
        },
      );
    }
    if (!isOn(multiAz)) {
      return warn(`${await called(facts)} has failover, and is not Multi-AZ`, 'Turn it on.', {
        means: 'All its nodes may be in one zone, and are lost with it',
        fix: failover(name),
      });
    }
    return pass(
      `${name} has ${replicas === 1 ? 'a replica' : `${replicas} replicas`}, failover and Multi-AZ`,
    );
  }

  async function called(facts: CacheFacts): Promise<string> {
    const why = await productionBy(facts);
    return why === undefined ? facts.name : `${facts.name}, of a production system by ${why},`;
  }

  async function productionBy({ name, arn }: CacheFacts): Promise<string | undefined> {
    if (production) return 'its preset';
    const names = [name, settings.project, ...apps.flatMap(({ consumer }) => namesOf(consumer))];
    const named = names.find((each) => PRODUCTION.test(each));
    if (named !== undefined) return `the name ${named}`;
    const tag = Object.entries(await tagsOf(arn)).find(([, value]) => PRODUCTION.test(value));
    return tag && `the tag ${tag[0]}=${tag[1]}`;
  }

  /** They only choose the words. */
  async function tagsOf(arn: string): Promise<Readonly<Record<string, string>>> {
    try {
      const tags = await aws.elasticache.readTags(arn);
      return typeof tags === 'string' ? {} : tags;
    } catch (error) {
      if (error instanceof WizardError && error.code === 'AccessDenied') return {};
      throw error;
    }
  }

  const replica = (name: string): string =>
    awsFix(
      context,
      ...['elasticache', 'increase-replica-count', '--replication-group-id', name],
      ...['--new-replica-count', '1', '--apply-immediately'],
    );
  const failover = (name: string): string =>
    awsFix(
      context,
      ...['elasticache', 'modify-replication-group', '--replication-group-id', name],
      ...['--automatic-failover-enabled', '--multi-az-enabled', '--apply-immediately'],
    );

  return askCaches('availability', context, ask);
}

const ONE_NODE =
  'When it fails, or its maintenance replaces it, the app has no cache for minutes, and what was in it is gone';

/** enabling is on its way. */
function isOn(status: string): boolean {
  return status.startsWith('enabl');
}

function namesOf(consumer: LintContext['apps'][number]['consumer']): string[] {
  return consumer.kind === 'ecs' ? [consumer.name, consumer.ecsCluster] : [consumer.name];
}
