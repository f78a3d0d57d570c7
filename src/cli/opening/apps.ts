/** The apps that flags, entries of a file and answers name: a service of ECS, or instances. */
import type { Aws } from '../../aws/aws.ts';
import type { App } from '../../domain/app.ts';
import type { Consumer } from '../../domain/consumer.ts';
import type { InstanceApp } from '../../domain/instance-app.ts';
import type { ConsumerSettings } from '../../domain/settings.ts';
import type { Asker } from '../../inputs/asker.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import { selectionOf, type ConsumerTarget } from '../../inputs/settings.ts';
import { readApp } from '../../survey/app.ts';
import { readInstanceApp } from '../../survey/instances.ts';
import { askApp, type Reads } from './questions.ts';

export interface Found {
  /** What it is called, and by which it is found again. */
  readonly target: ConsumerTarget['app'];
  readonly app: App | InstanceApp;
}

export async function findConsumer(inputs: Inputs, aws: Aws, reads: Reads, asker: Asker): Promise<Found> {
  const selection = selectionOf(inputs);
  if (selection) {
    const app = await readInstanceApp(aws, selection);
    return { target: { kind: 'ec2', name: app.name }, app };
  }
  const app = await findService(inputs, aws, reads, asker);
  const { ecsCluster, container } = app;
  return { target: { kind: 'ecs', ecsCluster, service: app.service.serviceName, container }, app };
}

export async function findService(inputs: Inputs, aws: Aws, reads: Reads, asker: Asker): Promise<App> {
  const answers = await askApp(inputs, asker, reads);
  const container = inputs.container?.value;
  return readApp(
    aws,
    { ...answers, ...(container === undefined ? {} : { container }) },
    {
      container: (candidates) =>
        asker.choose(
          'container',
          candidates.map((value) => ({ value })),
        ),
    },
  );
}

export function nameOfTarget(target: ConsumerTarget['app']): string {
  return target.kind === 'ecs' ? target.service : target.name;
}

/** `app`: what was found for just these settings, which the types cannot see. */
export function consumerOf(settings: ConsumerSettings, app: Found['app'] | undefined, aws: Aws): Consumer {
  if (settings.kind === 'ecs') return { kind: 'ecs', settings, app: app as App };
  const { instances } = settings;
  const readAgain = (): Promise<InstanceApp> => readInstanceApp(aws, instances);
  return { kind: 'ec2', settings, app: app as InstanceApp, readAgain };
}

/** As they are by now. */
export function readConsumersAgain(consumers: readonly Consumer[], aws: Aws): Promise<Consumer[]> {
  return Promise.all(
    consumers.map(async (consumer): Promise<Consumer> => {
      if (consumer.kind === 'ec2') return { ...consumer, app: await consumer.readAgain() };
      const { ecsCluster, container, service } = consumer.settings;
      const named = { ecsCluster, container, service };
      const app = await readApp(aws, named, { container: () => Promise.resolve(container) });
      return { ...consumer, app };
    }),
  );
}
