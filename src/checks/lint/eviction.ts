/** What does the cache throw away when it is full, and may it? */
import type { CheckResult } from '../../domain/check.ts';
import type { Check } from '../check.ts';
import { fail, inconclusive, pass, warn } from '../question.ts';
import { askCaches, awsFix, type CacheFacts, type LintContext, type LintedCache } from './lint-context.ts';
import { workloadOf, type FoundWorkload } from './workload.ts';

const KEEPS_ALL = 'noeviction';
/** Nobody can change it (ElastiCache user guide, "Choosing between deployment options"). */
const OF_SERVERLESS = 'volatile-lru';

interface Policy {
  readonly value: string;
  /** Absent: serverless. */
  readonly parameterGroup?: string;
}

export function eviction(context: LintContext): Check {
  async function ask(facts: CacheFacts, cache: LintedCache): Promise<CheckResult> {
    const policy = await readPolicy(facts);
    if ('outcome' in policy) return policy;
    const { value, parameterGroup } = policy;
    const { name } = facts;
    const from = parameterGroup === undefined ? 'as every serverless cache' : `by ${parameterGroup}`;
    const seen = `maxmemory-policy of ${name} is ${value}, ${from}`;
    const workload = workloadOf(cache, context.apps);
    if (workload?.workload === 'queue' && value !== KEEPS_ALL) return ofQueue(seen, policy, facts, workload);
    if (workload?.workload === 'cache' && value === KEEPS_ALL) {
      return warn(seen, 'Let the least used keys make way: allkeys-lru.', {
        means: 'A full cache refuses every write (OOM) instead of making room',
      });
    }
    if (workload?.workload === 'sessions' && value.startsWith('allkeys-')) {
      return warn(
        seen,
        'Give it more memory than its sessions take, or a policy that begins with volatile-.',
        {
          means: 'A full cache logs somebody out for each new visitor',
        },
      );
    }
    return pass(seen);
  }

  function ofQueue(
    seen: string,
    { value, parameterGroup }: Policy,
    facts: CacheFacts,
    { by, isSaid }: FoundWorkload,
  ): CheckResult {
    const means = `Under a queue (${by}) a full cache takes keys of jobs away${value.startsWith('volatile-') ? ', those with a time to live first: locks, so that jobs stall or run twice' : ': they are never done, and nothing says so'}`;
    const answer = isSaid ? fail : warn;
    if (parameterGroup === undefined)
      return answer(seen, 'Put the queue into a cache with nodes, which can be told to keep all.', { means });
    const isDefault = parameterGroup.startsWith('default.');
    return answer(
      seen,
      isDefault
        ? 'AWS’s own parameter groups cannot be changed: give it one of its own that says noeviction, and alarm on memory.'
        : 'Set noeviction, which every cache that uses this parameter group takes on, and alarm on memory.',
      { means, fix: isDefault ? ownGroup(facts, parameterGroup) : changed(parameterGroup) },
    );
  }

  const changed = (parameterGroup: string): string =>
    awsFix(
      context,
      ...['elasticache', 'modify-cache-parameter-group', '--cache-parameter-group-name', parameterGroup],
      ...['--parameter-name-values', `ParameterName=maxmemory-policy,ParameterValue=${KEEPS_ALL}`],
    );

  /** Cluster mode is a parameter too, and comes with the group. */
  function ownGroup({ kind, name }: CacheFacts, isNow: string): string {
    const [, family = '', ...rest] = isNow.split('.');
    const group = `${name}-${KEEPS_ALL}`;
    const named = ['--cache-parameter-group-name', group];
    const inClusterMode = rest.join('.') === 'cluster.on';
    const values = [
      `ParameterName=maxmemory-policy,ParameterValue=${KEEPS_ALL}`,
      ...(inClusterMode ? ['ParameterName=cluster-enabled,ParameterValue=yes'] : []),
    ];
    const cache =
      kind === 'cacheCluster'
        ? ['modify-cache-cluster', '--cache-cluster-id', name]
        : ['modify-replication-group', '--replication-group-id', name];
    return [
      [
        ...['create-cache-parameter-group', ...named, '--cache-parameter-group-family', family],
        ...['--description', `${KEEPS_ALL} for ${name}`],
      ],
      ['modify-cache-parameter-group', ...named, '--parameter-name-values', ...values],
      [...cache, ...named, '--apply-immediately'],
    ]
      .map((words) => awsFix(context, 'elasticache', ...words))
      .join(' && ');
  }

  async function readPolicy(facts: CacheFacts): Promise<Policy | CheckResult> {
    if (facts.kind === 'serverless') return { value: OF_SERVERLESS };
    const parameterGroup = facts.members[0]?.cacheParameterGroupName;
    if (parameterGroup === undefined)
      return inconclusive(
        `the parameter group of ${facts.name} is not known yet`,
        'Run it again when it is available.',
      );
    const parameters = await context.aws.elasticache.describeCacheParameters(parameterGroup);
    const value = parameters.find(({ name }) => name === 'maxmemory-policy')?.value;
    return value === undefined
      ? inconclusive(`${parameterGroup} does not say its maxmemory-policy`, 'Look at it in the console.')
      : { value, parameterGroup };
  }

  return askCaches('eviction', context, ask);
}
