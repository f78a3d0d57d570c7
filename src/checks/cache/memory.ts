/** Does the cache keep what the app puts into it? What the node says of its memory, its keys and its clients. */
import type { CheckResult } from '../../domain/check.ts';
import { cachesOf } from '../../domain/consumer.ts';
import { profileOf } from '../../domain/delivery.ts';
import { awsCommand } from '../../domain/mending.ts';
import type { NodeFacts, ProbeReport } from '../../domain/probe-report.ts';
import type { CacheSettings, VariableSettings } from '../../domain/settings.ts';
import { commandText } from '../../domain/shell-word.ts';
import { isQueueProfile } from '../../domain/workload.ts';
import type { Aws } from '../../aws/aws.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, skip, together, warn } from '../question.ts';

interface MemoryContext extends Pick<CheckContext, 'askPing' | 'settings' | 'where'> {
  readonly aws: Pick<Aws, 'caches' | 'elasticache'>;
  readonly consumer: { readonly variables: readonly VariableSettings[] };
}

const NEARLY_FULL = 0.9;
/** Of so few nothing can be said. */
const FEW_KEYS = 100;
const LARGER_NODE = 'Take a larger node, let keys live shorter, or keep less in the cache.';

export function memory(context: MemoryContext): Check {
  const { settings, consumer, aws, where } = context;

  return question('memory', async () => {
    const report = await context.askPing();
    if (!('stages' in report)) return skip('the cache was not asked from where the app runs');
    const { node, maxmemoryPolicy: policy } = report;
    if (!node || policy === undefined) return notTold(report);
    const name = cacheAsked(report, consumer.variables);
    const cache = settings.caches.find((each) => each.name === name);
    const answers = [
      await askPolicy(policy, node, cache),
      ...askRoom(policy, node),
      ...askConnections(node),
      ...askLives(policy, node, isQueue(cache, consumer.variables)),
    ];
    const worth = answers.filter(({ outcome }) => outcome !== 'pass');
    return worth.length > 0 ? together(worth) : pass(numbers(policy, node));
  });

  async function askPolicy(
    policy: string,
    { evictedKeys = 0 }: NodeFacts,
    cache: CacheSettings | undefined,
  ): Promise<CheckResult> {
    if (policy === 'noeviction') return pass(policy);
    const gone = evictedKeys > 0 ? `, and ${count(evictedKeys, 'key was', 'keys were')} evicted` : '';
    if (!cache || !isQueue(cache, consumer.variables)) {
      if (gone === '' || cache?.workload?.value !== 'sessions') return pass(policy);
      return warn(`maxmemory-policy is ${policy}${gone}`, LARGER_NODE, {
        means: 'Each of them was a visitor’s session: somebody was logged out',
      });
    }
    const detail = `${cache.name} holds a queue, and maxmemory-policy is ${policy}${gone}`;
    const hint =
      'Let it evict nothing: maxmemory-policy noeviction, in a parameter group of its own where it has a default one.';
    const remedy = { means: 'An evicted job is never done', ...(await policyCommand(cache.name)) };
    return policy.startsWith('allkeys') || gone !== ''
      ? fail(detail, hint, remedy)
      : warn(detail, hint, remedy);
  }

  /** Default groups can be changed by nobody. */
  async function policyCommand(name: string): Promise<{ readonly fix?: string }> {
    const members = (await aws.caches.read(name))?.nodes?.memberClusters.slice(0, 1) ?? [];
    const [member] = members.length > 0 ? await aws.elasticache.describeCacheClusters(members) : [];
    const group = member?.cacheParameterGroupName;
    if (group === undefined || group.startsWith('default.')) return {};
    return {
      fix: commandText(
        awsCommand(
          where,
          ...['elasticache', 'modify-cache-parameter-group', '--cache-parameter-group-name', group],
          ...['--parameter-name-values', 'ParameterName=maxmemory-policy,ParameterValue=noeviction'],
        ),
      ),
    };
  }
}

function notTold({ runtime, failed, stages }: ProbeReport): CheckResult {
  if (runtime === 'sh') return skip('a shell did not read what the cache says of its memory');
  const refusal = failed === 'info' ? stages.find(({ ok }) => !ok)?.detail : undefined;
  return inconclusive(
    `the cache does not say how full it is${refusal === undefined ? '' : `: ${refusal}`}`,
    'Allow INFO to the cache’s user (+info), or look at DatabaseMemoryUsagePercentage and Evictions in CloudWatch.',
  );
}

/** By whose address the report was made. */
function cacheAsked({ variable }: ProbeReport, variables: readonly VariableSettings[]): string | undefined {
  const named = variables.find(({ name }) => name.value === variable)?.cache;
  return named ?? cachesOf({ variables })[0];
}

function isQueue(cache: CacheSettings | undefined, variables: readonly VariableSettings[]): boolean {
  if (cache?.workload) return cache.workload.value === 'queue';
  const names = variables.filter((each) => each.cache === cache?.name).map(({ name }) => name.value);
  return isQueueProfile(profileOf(names));
}

/** Full is how a cache that evicts is meant to be. */
function askRoom(policy: string, { usedMemory = 0, maxmemory = 0 }: NodeFacts): CheckResult[] {
  if (maxmemory === 0 || usedMemory / maxmemory <= NEARLY_FULL || policy.startsWith('allkeys')) return [];
  const detail = `${percent(usedMemory / maxmemory)} of ${megabytes(maxmemory)} used under ${policy}`;
  const full = usedMemory >= maxmemory && policy === 'noeviction';
  return full
    ? [fail(detail, LARGER_NODE, { means: 'Writes are refused (OOM)' })]
    : [
        warn(detail, LARGER_NODE, {
          means:
            policy === 'noeviction'
              ? 'When it is full, writes are refused (OOM)'
              : 'Keys with a time to live make way; without any left, writes are refused (OOM)',
        }),
      ];
}

function askConnections({
  connectedClients = 0,
  maxclients = 0,
  rejectedConnections = 0,
}: NodeFacts): CheckResult[] {
  const hint = 'Let each task open one pool and keep it; a larger node takes more only where that is not it.';
  const near = maxclients > 0 && connectedClients / maxclients > NEARLY_FULL;
  if (near) return [warn(`${connectedClients} of ${maxclients} connections are taken`, hint)];
  return rejectedConnections > 0
    ? [
        warn(
          `${count(rejectedConnections, 'connection was', 'connections were')} refused since the node started, for want of room`,
          hint,
        ),
      ]
    : [];
}

/** Keys without a time to live stay for ever; a queue's are meant to. */
function askLives(policy: string, node: NodeFacts, queue: boolean): CheckResult[] {
  const { keys, stay } = livesOf(node);
  const { usedMemory = 0, maxmemory = 0 } = node;
  const filling = maxmemory > 0 && usedMemory / maxmemory > 0.5;
  if (queue || policy.startsWith('allkeys') || keys < FEW_KEYS || stay / keys < 0.5 || !filling) return [];
  return [
    warn(
      `${stay} of ${keys} keys have no time to live, and ${policy} never evicts them (${percent(usedMemory / maxmemory)} of the memory is used)`,
      'Give each key a time to live (SET … EX), or let all keys make way: maxmemory-policy allkeys-lru.',
      { means: 'They stay until the cache is full, and then writes are refused (OOM)' },
    ),
  ];
}

function livesOf({ databases = [] }: NodeFacts): { readonly keys: number; readonly stay: number } {
  const keys = databases.reduce((sum, each) => sum + each.keys, 0);
  return { keys, stay: keys - databases.reduce((sum, each) => sum + each.expires, 0) };
}

function numbers(policy: string, node: NodeFacts): string {
  const { usedMemory = 0, maxmemory = 0, evictedKeys = 0, connectedClients = 0, maxclients } = node;
  const { keys, stay } = livesOf(node);
  const used =
    maxmemory > 0 ? `${percent(usedMemory / maxmemory)} of ${megabytes(maxmemory)}` : megabytes(usedMemory);
  return [
    `maxmemory-policy ${policy}`,
    `${used} used`,
    `${stay} of ${keys} keys without a time to live`,
    `${evictedKeys} evicted`,
    `${connectedClients}${maxclients === undefined ? '' : ` of ${maxclients}`} connections`,
  ].join(', ');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
