/** The apps that flags, entries of a file and answers name: a service of ECS, or instances. */
import type { Aws } from '../../aws/aws.ts';
import type { App } from '../../domain/app.ts';
import type { Consumer } from '../../domain/consumer.ts';
import type { InstanceApp } from '../../domain/instance-app.ts';
import type { ConsumerSettings } from '../../domain/settings.ts';
import type { ConsumerTarget } from '../../inputs/settings.ts';
import { readApp } from '../../survey/app.ts';
import { readInstanceApp } from '../../survey/instances.ts';

export interface Found {
  readonly app: App | InstanceApp;
}

/** What it is called, and by which it is found again. */
export function targetOf(app: Found['app']): ConsumerTarget['app'] {
  if (!('service' in app)) return { kind: 'ec2', name: app.name };
  const { ecsCluster, service, container } = app;
  return { kind: 'ecs', ecsCluster, service: service.serviceName, container };
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
