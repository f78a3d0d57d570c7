/** Whoever is handed a cache: what is wanted of it, and what was found of it in the account. */
import type { App, AppNetwork } from './app.ts';
import type { InstanceApp } from './instance-app.ts';
import type {
  CacheSettings,
  ConsumerSettings,
  Ec2ConsumerSettings,
  EcsConsumerSettings,
} from './settings.ts';

export interface EcsConsumer {
  readonly kind: 'ecs';
  readonly settings: EcsConsumerSettings;
  readonly app: App;
}

export interface Ec2Consumer {
  readonly kind: 'ec2';
  readonly settings: Ec2ConsumerSettings;
  readonly app: InstanceApp;
  /** Instances come and go while a cache is being made. */
  readonly readAgain: () => Promise<InstanceApp>;
}

export type Consumer = EcsConsumer | Ec2Consumer;

export function usersOf(cache: Pick<CacheSettings, 'name'>, consumers: readonly Consumer[]): Consumer[] {
  return consumers.filter(({ settings }) => cachesOf(settings).includes(cache.name));
}

/** The names of the caches that its variables speak of. */
export function cachesOf({ variables }: Pick<ConsumerSettings, 'variables'>): string[] {
  return [...new Set(variables.flatMap(({ cache }) => cache ?? []))];
}

export function ecsAmong(consumers: readonly Consumer[]): EcsConsumer[] {
  return consumers.filter((consumer) => consumer.kind === 'ecs');
}

/** Whose page is refreshed: the first that somebody can reach. */
export function frontOf(consumers: readonly Consumer[]): Consumer | undefined {
  return consumers.find(({ app }) => app.targetGroups.length > 0) ?? consumers[0];
}

/** Of all that use one cache: each of their groups is let in, and a subnet must be usable by all. */
export function networkOf(consumers: readonly [Consumer, ...Consumer[]]): AppNetwork {
  const networks = consumers.map(({ app }) => app.network);
  const [first] = consumers;
  const union = <T>(pick: (network: AppNetwork) => readonly T[]): T[] => [...new Set(networks.flatMap(pick))];
  return {
    ...first.app.network,
    subnetIds: union(({ subnetIds }) => subnetIds),
    securityGroupIds: union(({ securityGroupIds }) => securityGroupIds),
    dnsSupport: networks.every(({ dnsSupport }) => dnsSupport),
  };
}
