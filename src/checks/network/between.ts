/** Asks something of what lies between an app and each of its caches. */
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import type { Ec2Subnet } from '../../aws/ec2.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { CheckResult, LadderId } from '../../domain/check.ts';
import { cachesOf } from '../../domain/consumer.ts';
import type { ConsumerSettings } from '../../domain/settings.ts';
import { readCacheNetwork, type CacheNetwork } from '../../survey/cache-network.ts';
import { readCache } from '../cache/cache.ts';
import type { Check } from '../check.ts';
import { inconclusive, question, skip, together } from '../question.ts';

/** An app, whatever it runs on. */
export interface NetworkContext {
  readonly aws: Aws;
  readonly consumer: Pick<ConsumerSettings, 'variables'>;
  readonly app: { readonly network: AppNetwork };
  readonly where: readonly string[];
}

/** Both ends of it. */
export interface Path {
  readonly name: string;
  /** At which it is written to; a serverless one is read at another as well. */
  readonly ports: readonly number[];
  readonly network: CacheNetwork;
  /** Those of the app that are there. */
  readonly appSubnets: readonly Ec2Subnet[];
}

/** What a packet that is dropped on its way looks like to a client. */
export const DROPPED = 'Packets are dropped without a word: ETIMEDOUT';

export function between(
  id: LadderId,
  { aws, consumer, app }: NetworkContext,
  ask: (path: Path) => Promise<CheckResult>,
): Check {
  return question(id, async () => {
    const names = cachesOf(consumer);
    if (names.length === 0) return skip('the app is to have no cache');
    const appSubnets = await aws.ec2.describeSubnets({ subnetIds: app.network.subnetIds });
    const answers = names.map(async (name) => {
      const cache = await readCache(aws.caches, name);
      if ('outcome' in cache) return cache;
      const network = await readCacheNetwork(aws, cache.living);
      return network
        ? ask({ name, ports: portsOf(cache.living), network, appSubnets })
        : inconclusive(
            `in which subnets ${name} is could not be read`,
            'Run it again when the cache is available.',
          );
    });
    return together(await Promise.all(answers));
  });
}

/** ElastiCache user guide, "Set up": a serverless cache takes 6379 and, for reads from its replicas, 6380. */
function portsOf({ endpoint, readerEndpoint }: LivingCache): number[] {
  const ports = [endpoint, readerEndpoint].flatMap((each) => each?.port ?? []);
  return [...new Set(ports)];
}
