/** Do addresses that the check variables does not look at lead to one node alone? */
import { cacheAddressOf } from '../../domain/cache-address.ts';
import type { CheckResult } from '../../domain/check.ts';
import { handedAddressOf } from '../../domain/handed-address.ts';
import { variablesIn } from '../../domain/task-definition.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { pass, question, skip, together, warn } from '../question.ts';
import type { LintContext } from './lint-context.ts';

/** What only reads may well be handed the reader endpoint. */
const FOR_READING = /(^|_)(READ|READER|READONLY|REPLICA|RO)(_|$)/i;

export function endpoint({ apps, caches }: LintContext): Check {
  /** By their own address: one that stands alone has no other. */
  async function ofOneNode(): Promise<ReadonlySet<string>> {
    const all = await Promise.all(caches.map(({ read }) => read()));
    return new Set(
      all.flatMap((facts) =>
        facts?.kind === 'cacheCluster' ? (facts.cluster.endpoint?.address.toLowerCase() ?? []) : [],
      ),
    );
  }

  function ask(context: CheckContext, alone: ReadonlySet<string>): CheckResult {
    const known = new Set(caches.map(({ name }) => name));
    const looked = new Set(
      context.consumer.variables.map(
        ({ name, container = context.app.container }) => `${container}/${name.value}`,
      ),
    );
    const found = variablesIn(context.app.taskDefinition.document).flatMap(
      ({ container, name, variable }) => {
        if (!('value' in variable) || looked.has(`${container}/${name}`)) return [];
        const hosts = variable.value.split(',').flatMap((each) => handedAddressOf(each)?.host ?? []);
        return hosts.flatMap((host) => {
          const address = alone.has(host) ? undefined : cacheAddressOf(host);
          if (!address || !known.has(address.cacheName)) return [];
          if (address.kind === 'node')
            return [`${name} of ${container} is the endpoint of one node (${host})`];
          return address.kind === 'reader' && !FOR_READING.test(name)
            ? [`${name} of ${container} is the reader endpoint (${host})`]
            : [];
        });
      },
    );
    if (found.length === 0)
      return pass('no other address than those of the check variables leads to one node');
    return warn(
      found.join('; '),
      'Use the primary endpoint, or the configuration endpoint in cluster mode.',
      {
        means:
          'A node changes its role with each failover, and goes when it is replaced: writes fail, then all does',
      },
    );
  }

  return question('endpoint', async () => {
    const services = apps.flatMap((each) => ('waiting' in each ? [] : each));
    if (services.length === 0)
      return skip('the check variables looks at all that an app on instances is handed');
    const alone = await ofOneNode();
    return together(services.map((each) => ask(each, alone)));
  });
}
