/** The services that use the old cache, with the variables by which they are told of it. */
import { serviceParts } from '../../domain/arn.ts';
import type { App } from '../../domain/app.ts';
import { PROJECT_TAG } from '../../domain/ownership.ts';
import { WizardError } from '../../errors.ts';
import type { ConfiguredVariable } from '../../inputs/config-file.ts';
import type { ConsumerTarget } from '../../inputs/settings.ts';
import { readApp } from '../../survey/app.ts';
import type { Anchor } from '../../survey/project.ts';
import { findCacheInUse } from '../opening/cache-in-use.ts';
import type { Account } from '../opening/account.ts';
import type { Session } from '../session.ts';

export interface MovedService {
  readonly app: App;
  readonly target: ConsumerTarget['app'];
  /** By the templates of which they are written for the new cache. */
  readonly variables: readonly ConfiguredVariable[];
}

/** Throws where there is none, or where some would stay behind. */
export async function readMovedServices(
  cacheName: string,
  anchors: readonly Anchor[],
  { aws }: Account,
  { inputs, asker }: Session,
): Promise<MovedService[]> {
  const instances = anchors.flatMap(({ instancePlaces }) => instancePlaces);
  if (instances.length > 0) throw onInstances(cacheName, anchors);
  const { ecsCluster, service } = inputs;
  const named =
    ecsCluster && service ? [{ ecsCluster: ecsCluster.value, service: service.value }] : undefined;
  const noted = [...new Set(anchors.flatMap(({ serviceArns }) => serviceArns))].map((arn) => {
    const { ecsCluster: cluster, name } = serviceParts(arn);
    return { ecsCluster: cluster, service: name };
  });
  const targets = named ?? noted;
  if (targets.length === 0) {
    throw new WizardError(
      'MissingInput',
      `No service is known to use ${cacheName}: it was not set up by this tool`,
      {
        hint: 'Name the one that is to be moved: --ecs-cluster and --service; or leave --move out.',
      },
    );
  }
  return Promise.all(targets.map((target) => readMovedService(target, cacheName, aws, { inputs, asker })));
}

async function readMovedService(
  named: { readonly ecsCluster: string; readonly service: string },
  cacheName: string,
  aws: Account['aws'],
  { inputs: { container }, asker }: Pick<Session, 'inputs' | 'asker'>,
): Promise<MovedService> {
  const app = await readApp(
    aws,
    { ...named, ...(container ? { container: container.value } : {}) },
    {
      container: (candidates) =>
        asker.choose(
          'container',
          candidates.map((value) => ({ value })),
        ),
    },
  );
  const { variables } = await findCacheInUse(app, cacheName, aws, asker);
  if (variables.length === 0) throw notHanded(named.service, cacheName);
  const { ecsCluster, service, container: own } = app;
  return {
    app,
    target: { kind: 'ecs', ecsCluster, service: service.serviceName, container: own },
    variables: variables.map(({ name, template, container: of }) => ({ name, template, container: of })),
  };
}

function notHanded(service: string, cacheName: string): WizardError {
  return new WizardError('Blocked', `No variable of ${service} leads to ${cacheName}`, {
    hint: 'Nothing was changed. Restore without --move, then name the variables: setup --cache-name <new> --env-var or --env-profile.',
  });
}

/** What they read is below a path that is the old project's, and both caches' values cannot be there. */
function onInstances(cacheName: string, anchors: readonly Anchor[]): WizardError {
  const [project = cacheName] = anchors.flatMap(({ tags }) => tags[PROJECT_TAG] ?? []);
  return new WizardError('Blocked', `${cacheName} is used by apps on instances, which --move does not move`, {
    hint: `Nothing was changed. Restore it with --project ${project} and without --move, then run the setup of ${project} again with --cache-name <new>.`,
  });
}
