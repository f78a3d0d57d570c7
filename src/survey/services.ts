/** The services there are to choose from, those that a shared cache is of use to first. */
import type { Aws } from '../aws/aws.ts';
import type { EcsService } from '../domain/app.ts';

export interface ServiceChoice {
  readonly service: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  /** A Classic one too, which has no target groups. */
  readonly hasLoadBalancer: boolean;
  /** Names. */
  readonly targetGroups: readonly string[];
  /** 'FARGATE', 'EC2', or the names of its capacity providers. */
  readonly runsOn: string;
  /** One task on each container instance. */
  readonly isDaemon: boolean;
  /** Of the others a rollout cannot be driven. */
  readonly deploymentController: EcsService['deploymentController'];
}

export interface FoundServices {
  readonly services: readonly ServiceChoice[];
  /** How many more of these names there are; undefined: not all names have been read yet. */
  readonly others: number | undefined;
}

/** A cluster's services as somebody types. Reads no more than what it shows takes, and nothing twice. */
export interface ServiceSearch {
  /** Those whose name has the term in it; with none, those of the first page. */
  find(term: string, signal?: AbortSignal): Promise<FoundServices>;
}

/** Ten calls of DescribeServices: more than anybody reads through. */
const SHOWN = 100;

type Reads = Pick<Aws, 'ecs'>;

export async function listClusters({ ecs }: Reads): Promise<string[]> {
  return (await ecs.listClusters()).sort();
}

export async function listServiceNames({ ecs }: Reads, ecsCluster: string): Promise<string[]> {
  return (await ecs.listServices(ecsCluster)).sort();
}

export function searchServices({ ecs }: Reads, ecsCluster: string): ServiceSearch {
  const names = new Set<string>();
  const described = new Map<string, ServiceChoice | undefined>();
  let next: string | undefined;
  let isComplete = false;
  let before: Promise<unknown> = Promise.resolve();

  const readNames = async (all: boolean, signal: AbortSignal | undefined): Promise<void> => {
    while (!isComplete && (all || names.size === 0)) {
      signal?.throwIfAborted();
      const page = await ecs.readServicesPage(ecsCluster, next);
      for (const name of page.services) names.add(name);
      next = page.next;
      isComplete = next === undefined;
    }
  };

  const describe = async (wanted: readonly string[]): Promise<ServiceChoice[]> => {
    const unknown = wanted.filter((name) => !described.has(name));
    const found = await ecs.describeServices(ecsCluster, unknown);
    // One that has gone meanwhile is not asked for again.
    for (const name of unknown) described.set(name, undefined);
    for (const service of found.filter(isActive)) described.set(service.serviceName, toChoice(service));
    return wanted.flatMap((name) => described.get(name) ?? []);
  };

  const look = async (typed: string, signal: AbortSignal | undefined): Promise<FoundServices> => {
    const term = typed.trim().toLowerCase();
    await readNames(term !== '', signal);
    const matching = [...names].filter((name) => name.toLowerCase().includes(term)).sort(startingWith(term));
    signal?.throwIfAborted();
    const services = await describe(matching.slice(0, SHOWN));
    const isWhole = isComplete || term !== '';
    return {
      services: services.sort(
        (one, other) => Number(other.service === term) - Number(one.service === term) || byUse(one, other),
      ),
      others: isWhole ? Math.max(0, matching.length - SHOWN) : undefined,
    };
  };

  return {
    // One look after the other: what the first has read the next need not.
    find(term, signal) {
      const turn = before.then(() => {
        signal?.throwIfAborted();
        return look(term, signal);
      });
      before = turn.catch(() => undefined);
      return turn;
    },
  };
}

function startingWith(term: string): (one: string, other: string) => number {
  const starts = (name: string): number => Number(name.toLowerCase().startsWith(term));
  return (one, other) => starts(other) - starts(one) || one.localeCompare(other, 'en', { numeric: true });
}

/** One that is being deleted, or was, is none to choose. */
function isActive({ status }: EcsService): boolean {
  return status === 'ACTIVE';
}

function toChoice(service: EcsService): ServiceChoice {
  const { capacityProviderStrategy: providers, loadBalancers, launchType } = service;
  return {
    service: service.serviceName,
    desiredCount: service.desiredCount,
    runningCount: service.runningCount,
    hasLoadBalancer: loadBalancers.length > 0,
    targetGroups: loadBalancers.flatMap(({ targetGroupArn }) => targetGroupName(targetGroupArn) ?? []),
    runsOn: providers.map(({ capacityProvider }) => capacityProvider).join(', ') || (launchType ?? ''),
    isDaemon: service.isDaemon === true,
    deploymentController: service.deploymentController,
  };
}

/** '…:targetgroup/<name>/<id>'. */
function targetGroupName(arn: string | undefined): string | undefined {
  return arn?.split('/')[1];
}

function byUse(one: ServiceChoice, other: ServiceChoice): number {
  return useOf(other) - useOf(one) || one.service.localeCompare(other.service, 'en', { numeric: true });
}

/** Tasks that disagree are several, and people see it where a load balancer sends them from one to another. */
function useOf({ desiredCount, runningCount, hasLoadBalancer }: ServiceChoice): number {
  const isSeveral = Math.max(desiredCount, runningCount) > 1;
  return (isSeveral ? 2 : 0) + (hasLoadBalancer ? 1 : 0);
}
