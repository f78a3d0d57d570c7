/** A queue loses jobs where keys are evicted, and its commands fail where its keys lie on several shards. */
import { literalOf } from '../../domain/delivery.ts';
import { isQueueProfile } from '../../domain/workload.ts';
import type { CacheCase, ConsumerCase, ProjectCase, ProjectRule } from './project.ts';
import type { Broken } from './rule.ts';

/** BullMQ's prefix and Celery's global_keyprefix: all keys in one pair of braces lie in one hash slot. */
const HASH_TAG = /\{[^{}]+\}/;

export const QUEUE_RULES: readonly ProjectRule[] = [
  (project) => project.caches.flatMap((cache) => unsafe(cache, usersOf(cache, project))),
];

function unsafe(cache: CacheCase, users: readonly ConsumerCase[]): Broken[] {
  const { inputs, say } = cache;
  const queue = queueOf(cache, users);
  if (queue === undefined || inputs.allowUnsafeQueue.value) return [];
  const anyway = `If that is meant, add ${say('allowUnsafeQueue', true)}.`;
  return [evicting(cache, queue), scattered(cache, queue, users)]
    .filter((broken) => broken !== undefined)
    .map(({ problem, fix }) => ({ problem, fix: `${fix} ${anyway}` }));
}

/** What says that it is a queue. */
function queueOf({ inputs, said }: CacheCase, users: readonly ConsumerCase[]): string | undefined {
  if (inputs.workload) return inputs.workload.value === 'queue' ? said('workload') : undefined;
  return users.find((user) => isQueueProfile(user.inputs.envProfile?.value))?.said('envProfile');
}

function evicting({ inputs, name, said, say }: CacheCase, queue: string): Broken | undefined {
  if (inputs.serverless.value) {
    return {
      problem: `${queue} is a queue, and ${said('serverless')} evicts keys by volatile-lru, jobs among them, and spreads them over slots`,
      fix: `Leave ${name('serverless')} out.`,
    };
  }
  if (inputs.parameterGroup?.value.startsWith('default.') === true) {
    return {
      problem: `${queue} is a queue, and ${said('parameterGroup')} evicts keys by volatile-lru, jobs among them`,
      fix: `Leave it out, and say ${say('maxmemoryPolicy', 'noeviction')}.`,
    };
  }
  const other = inputs.parameter.value['maxmemory-policy'];
  const policy = other ?? inputs.maxmemoryPolicy?.value;
  if (policy === undefined || policy === 'noeviction') return undefined;
  return {
    problem: `${queue} is a queue, and ${name(other === undefined ? 'maxmemoryPolicy' : 'parameter')} ${policy} evicts keys when it is full, jobs among them`,
    fix: `Say ${say('maxmemoryPolicy', 'noeviction')}.`,
  };
}

function scattered(
  { inputs, said, say }: CacheCase,
  queue: string,
  users: readonly ConsumerCase[],
): Broken | undefined {
  if (inputs.serverless.value || inputs.clusterMode.value === 'disabled') return undefined;
  const tagged = users.some(({ variables }) =>
    variables.some(({ name, template }) => /PREFIX/.test(name.value) && HASH_TAG.test(literalOf(template))),
  );
  if (tagged) return undefined;
  return {
    problem: `${queue} is a queue, and ${said('clusterMode')} spreads the keys of one job over shards`,
    fix: `Say ${say('clusterMode', 'disabled')}, or give it a prefix in braces that the app reads, such as QUEUE_PREFIX: "{{jobs}}" under the variables of a config file.`,
  };
}

function usersOf({ cacheName }: CacheCase, { caches, consumers }: ProjectCase): readonly ConsumerCase[] {
  if (caches.length === 1) return consumers;
  return consumers.filter(({ variables }) => variables.some(({ cache }) => cache === cacheName));
}
