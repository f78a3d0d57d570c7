/** What the wizard reads of an account, as plain data. */
import type { LivingCache } from '../../src/aws/caches.ts';
import type { Sight } from '../../src/checks/refresh/refresh-sight.ts';
import type { AccountReads } from '../../src/cli/wizard/account-reads.ts';
import type { App, TargetGroup } from '../../src/domain/app.ts';
import type { InstanceApp } from '../../src/domain/instance-app.ts';
import { selectionOf } from '../../src/inputs/settings.ts';
import type { ClusterChoice } from '../../src/survey/clusters.ts';
import type { InstanceAppChoice } from '../../src/survey/instance-apps.ts';
import type { FoundServices, ServiceChoice } from '../../src/survey/services.ts';
import { appOf, world } from '../unit/checked-world.ts';

export interface AccountInMemory {
  readonly clusters: readonly ClusterChoice[];
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** How many more services there are than are listed. */
  readonly others: number;
  readonly instanceApps: readonly InstanceAppChoice[];
  readonly caches: readonly string[];
  /** Of the app's project. */
  readonly ownCaches: readonly string[];
  /** Of every service. */
  readonly app: Partial<App>;
  readonly environment: Readonly<Record<string, string>>;
  readonly sight: Sight;
}

export const BALANCED: TargetGroup = {
  targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/0123456789abcdef',
  targetGroupName: 'web',
  targetType: 'ip',
  protocol: 'HTTP',
  loadBalancer: { arn: '', type: 'application', scheme: 'internet-facing', dnsName: 'web.example.com' },
  attributes: { 'stickiness.enabled': 'false' },
  tags: {},
};

const CANVAS: AccountInMemory = {
  clusters: [{ name: 'canvas', activeServices: 2, runningTasks: 6 }, { name: 'tools' }],
  services: { canvas: ['web', 'worker'], tools: [] },
  others: 0,
  instanceApps: [],
  caches: ['already-there'],
  ownCaches: [],
  app: { url: 'http://web.example.com', targetGroups: [BALANCED] },
  environment: {},
  sight: { seen: false, reason: 'Nobody has looked.' },
};

export function accountInMemory(more: Partial<AccountInMemory> = {}): AccountReads {
  const account = { ...CANVAS, ...more };
  return {
    region: 'us-east-1',
    clusters: () => Promise.resolve(account.clusters),
    services: (ecsCluster) => ({
      find: (term) => Promise.resolve(found(account.services[ecsCluster] ?? [], term, account.others)),
    }),
    instanceApps: () => Promise.resolve(account.instanceApps),
    ownCaches: () => Promise.resolve(account.ownCaches),
    cache: (name) => Promise.resolve(account.caches.includes(name) ? ({ name } as LivingCache) : undefined),
    app: (inputs) =>
      Promise.resolve({
        inputs,
        app: selectionOf(inputs) ? onInstances() : serviceCalled(inputs.service?.value ?? '', account),
      }),
    sight: () => Promise.resolve(account.sight),
  };
}

function found(names: readonly string[], term: string, others: number): FoundServices {
  return { services: names.filter((name) => name.includes(term)).map(running), others };
}

function running(service: string): ServiceChoice {
  return {
    service,
    desiredCount: 3,
    runningCount: 3,
    hasLoadBalancer: service !== 'worker',
    targetGroups: service === 'worker' ? [] : [service],
    runsOn: 'FARGATE',
    isDaemon: false,
    deploymentController: 'ECS',
  };
}

function serviceCalled(serviceName: string, { app, environment }: AccountInMemory): App {
  const now = world();
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const plain = appOf({ ...now, environment: variables, secrets: [] });
  return { ...plain, ...app, service: { ...plain.service, serviceName } };
}

function onInstances(): InstanceApp {
  const { network } = appOf(world());
  return { name: 'shop', instances: [], network, targetGroups: [], roleArns: [] };
}
