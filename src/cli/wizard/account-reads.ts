/** What the questions read of the account, each thing once, however often somebody goes back. */
import type { Aws } from '../../aws/aws.ts';
import type { LivingCache } from '../../aws/caches.ts';
import type { App, Identity } from '../../domain/app.ts';
import type { InstanceApp } from '../../domain/instance-app.ts';
import type { Asker } from '../../inputs/asker.ts';
import { withAnswers, type Inputs } from '../../inputs/resolve.ts';
import { selectionOf } from '../../inputs/settings.ts';
import type { Sight } from '../../checks/refresh/refresh-sight.ts';
import { headersInClear } from '../../domain/clear-text.ts';
import { readHeaders } from '../../inputs/headers.ts';
import type { Session } from '../session.ts';
import { readApp } from '../../survey/app.ts';
import { readClusters, type ClusterChoice } from '../../survey/clusters.ts';
import { listInstanceApps, type InstanceAppChoice } from '../../survey/instance-apps.ts';
import { readInstanceApp } from '../../survey/instances.ts';
import { readAnchors } from '../../survey/project.ts';
import { searchServices, type ServiceSearch } from '../../survey/services.ts';

export interface AccountReads {
  readonly region: string;
  clusters(): Promise<readonly ClusterChoice[]>;
  services(ecsCluster: string): ServiceSearch;
  instanceApps(): Promise<readonly InstanceAppChoice[]>;
  cache(name: string): Promise<LivingCache | undefined>;
  /** Names of the caches that a project has already, or has begun. */
  ownCaches(project: string): Promise<readonly string[]>;
  /** The app that the inputs name, and the inputs with the container, if that had to be chosen. */
  app(inputs: Inputs, asker: Asker): Promise<FoundApp>;
  /** What the path that is to be refreshed answers now. */
  sight(inputs: Inputs, asker: Asker): Promise<Sight>;
}

export interface FoundApp {
  readonly inputs: Inputs;
  readonly app: App | InstanceApp;
}

export function accountReads(
  aws: Aws,
  { region }: Pick<Identity, 'region'>,
  { env, signal, clock }: Pick<Session, 'env' | 'signal' | 'clock'>,
): AccountReads {
  const seen = new Map<string, Promise<unknown>>();
  const searches = new Map<string, ServiceSearch>();

  /** What failed is read again. */
  function once<T>(what: readonly unknown[], read: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(what);
    const reading = (seen.get(key) ?? read()) as Promise<T>;
    seen.set(key, reading);
    reading.catch(() => seen.delete(key));
    return reading;
  }

  return {
    region,
    clusters: () => once(['clusters'], () => readClusters(aws)),
    services: (ecsCluster) => {
      const search = searches.get(ecsCluster) ?? searchServices(aws, ecsCluster);
      searches.set(ecsCluster, search);
      return search;
    },
    instanceApps: () => once(['instance apps'], () => listInstanceApps(aws)),
    cache: (name) => once(['cache', name], () => aws.caches.read(name)),
    ownCaches: (project) =>
      once(['own caches', project], async () => {
        const anchors = await readAnchors(aws, project);
        return anchors.flatMap(({ cacheName }) => cacheName ?? []).sort();
      }),
    app: readConsumer,
    sight: async (inputs, asker) => {
      const { app } = await readConsumer(inputs, asker);
      const appUrl = inputs.appUrl?.value;
      const headers = readHeaders(inputs.header.value, env);
      const base = appUrl ?? app.url;
      if (base === undefined) return { seen: false, reason: 'The address of the app is not known.' };
      const unsafe = headersInClear({ headers, ...(appUrl === undefined ? {} : { appUrl }) }, app.url);
      if (unsafe) return { seen: false, reason: `Not asked: ${unsafe.problem}.` };
      // Whoever is asked nothing has no use for it.
      const { sightOf } = await clock.busy(import('../../checks/refresh/refresh-sight.ts'));
      return clock.busy(sightOf(new URL(inputs.refreshPath?.value ?? '/', base), headers, signal));
    },
  };

  async function readConsumer(inputs: Inputs, asker: Asker): Promise<FoundApp> {
    const selection = selectionOf(inputs);
    if (!selection) return readService(inputs, asker);
    return { inputs, app: await once(['instances', selection], () => readInstanceApp(aws, selection)) };
  }

  async function readService(inputs: Inputs, asker: Asker): Promise<FoundApp> {
    const ecsCluster = inputs.ecsCluster?.value ?? '';
    const service = inputs.service?.value ?? '';
    const named = inputs.container?.value;
    let chosen: string | undefined;
    const container = async (candidates: readonly string[]): Promise<string> => {
      chosen = await asker.choose(
        'container',
        candidates.map((value) => ({ value })),
      );
      return chosen;
    };
    const target = { ecsCluster, service, ...(named === undefined ? {} : { container: named }) };
    const app = await once(['service', target], () => readApp(aws, target, { container }));
    if (chosen === undefined) return { inputs, app };
    // Somebody who comes back to the container is to be asked again.
    seen.delete(JSON.stringify(['service', target]));
    seen.set(JSON.stringify(['service', { ...target, container: chosen }]), Promise.resolve(app));
    return { inputs: withAnswers(inputs, { container: chosen }), app };
  }
}
