/** What the picture of a report shows: who comes in, the apps, their caches; and which part each check speaks of. */
import type { CheckId, CheckReport, Outcome } from '../../domain/check.ts';

export interface Picture {
  readonly apps: readonly PicturedApp[];
  readonly caches: readonly PicturedCache[];
}

export interface PicturedApp {
  readonly name: string;
  /** '3 of 3 tasks, backend:42'. */
  readonly runs: string;
  readonly vpcId: string;
  readonly securityGroups: readonly NamedGroup[];
  readonly subnets: readonly PicturedSubnet[];
  /** The names of its variables. */
  readonly variables: readonly string[];
  /** The names of the caches that those speak of. */
  readonly caches: readonly string[];
  readonly balancers: readonly PicturedBalancer[];
}

export interface PicturedCache {
  readonly name: string;
  /** 'redis 7.1, 2 × cache.t3.micro'. */
  readonly is: string;
  readonly status: string;
  /** 'TCP 6379, TLS'. */
  readonly speaks: string;
  /** Where it could be read. */
  readonly vpcId?: string;
  readonly securityGroups: readonly NamedGroup[];
  readonly nodes: readonly string[];
}

export interface PicturedBalancer {
  readonly name: string;
  readonly scheme: string;
  readonly stickiness: string;
}

export interface PicturedSubnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly cidrBlock?: string;
}

export interface NamedGroup {
  readonly groupId: string;
  /** Where it could be read. */
  readonly groupName?: string;
}

export function nameOfGroup({ groupId, groupName }: NamedGroup): string {
  return groupName === undefined ? groupId : `${groupName} (${groupId})`;
}

/** entry: from a visitor to the app. handing: the values in the app. path: from the app to the cache. */
export type PicturePart = 'entry' | 'app' | 'handing' | 'path' | 'cache';

const PART_OF: Readonly<Record<string, PicturePart>> = {
  cache: 'cache',
  vpc: 'path',
  ingress: 'path',
  'network-acls': 'path',
  subnets: 'app',
  variables: 'handing',
  secrets: 'handing',
  revision: 'app',
  ping: 'path',
  memory: 'cache',
  logs: 'app',
  usage: 'path',
  stickiness: 'entry',
  refresh: 'entry',
} satisfies Partial<Record<CheckId, PicturePart>> & Record<string, PicturePart>;

/** Undefined: the question has no place in the picture, and is told of in words alone. */
export function partOf(id: CheckId): PicturePart | undefined {
  return PART_OF[id];
}

export interface PartState {
  readonly outcome: Outcome;
  /** The checks that say so. */
  readonly checks: readonly CheckId[];
}

const FROM_THE_WORST: readonly Outcome[] = ['fail', 'inconclusive', 'warn', 'pass', 'skip'];

/** The worst that was said of it. Of several apps, a failure is those' that it names. */
export function stateOf(
  part: PicturePart,
  checks: readonly CheckReport[],
  { name }: { readonly name: string },
  apps: readonly { readonly name: string }[],
): PartState {
  const own = checks.filter((report) => partOf(report.id) === part && isAbout(report, name, apps));
  const outcome = FROM_THE_WORST.find((each) => own.some((report) => report.outcome === each)) ?? 'skip';
  return { outcome, checks: own.filter((report) => report.outcome === outcome).map(({ id }) => id) };
}

function isAbout({ detail }: CheckReport, name: string, apps: readonly { readonly name: string }[]): boolean {
  const names = (each: string): boolean => detail.includes(`${each}: `);
  return names(name) || !apps.some((app) => names(app.name));
}
