/** `status`: what is in the account, and what of it is not as it was set up. Never writes. */
import type { ClientLibrary } from '../../domain/clients.ts';
import type { Observation } from '../../domain/drift.ts';
import { note, observeAll, type Observer } from '../../drift/observer.ts';
import { observers } from '../../drift/observers.ts';
import { carriedIn, type Watched } from '../../drift/watched.ts';
import { WizardError } from '../../errors.ts';
import type { MetricSeries } from '../../domain/metrics.ts';
import { readMetrics } from '../../resources/monitoring/metrics.ts';
import { driftName } from '../../output/kind-names.ts';
import { commandText } from '../../domain/shell-word.ts';
import { variablesInUse } from '../../domain/variables-in-use.ts';
import type { ResultClient } from '../../output/result.ts';
import { readInstanceConsumers } from '../opening/instance-apps.ts';
import { leaseParameter } from '../applying/lease-parameter.ts';
import { time } from '../applying/lease.ts';
import { clientFile } from '../client-file.ts';
import { readCaches, readingOf } from '../reading.ts';
import type { Reading } from '../run-record.ts';
import type { Command, Session } from '../session.ts';
import { openWatched } from '../opening/watching.ts';

export const status: Command = async (session) => {
  const watched = await openWatched(session);
  const reading = readWatched(watched);
  if (session.inputs.client) {
    session.record.reading = await reading;
    session.record.client = connection(session.inputs.client.value, watched, session);
    return 0;
  }
  const observing = observeAll([...observers(watched), leaseHolder(watched, session)]);
  const [known, observations] = await Promise.all([reading, observing]);
  session.record.reading = known;
  session.record.observations = observations;
  if (session.inputs.metrics.value) session.record.metrics = await readAllMetrics(session, watched);
  if (session.inputs.strict.value) requireAsSetUp(observations);
  return 0;
};

async function readWatched(watched: Watched): Promise<Reading> {
  const { aws, project, services, instanceApps, anchors, cacheInUse, variable } = watched;
  const readings = services.map((service) => {
    const carried = carriedIn(service, watched);
    const asGiven = { name: variable, container: service.container };
    return readingOf(service, carried.length > 0 ? carried : [asGiven]);
  });
  const names = [...anchors.map(({ cacheName }) => cacheName), cacheInUse].filter(
    (name) => name !== undefined,
  );
  const [caches, onInstances] = await Promise.all([
    readCaches(aws, [...new Set(names)]),
    readInstanceConsumers(instanceApps, project, aws),
  ]);
  return {
    caches,
    consumers: [...readings.map(({ consumer }) => consumer), ...onInstances],
    stickiness: readings.flatMap(({ stickiness }) => stickiness),
  };
}

/** What the first app that has the cache is handed, as far as its definition or the names of its values tell. */
function connection(client: ClientLibrary, watched: Watched, session: Session): ResultClient {
  const { caches, consumers } = session.record.reading;
  const [cache] = caches;
  if (!cache?.endpoint) {
    throw new WizardError('NotFound', `${watched.project} has no cache to connect to`, {
      hint: cache ? 'It is not available yet: try again in some minutes.' : 'Run setup first.',
    });
  }
  const { name, endpoint, readerEndpoint, transitEncryption: tls } = cache;
  const living = [{ name, addresses: [endpoint.address, readerEndpoint?.address ?? endpoint.address] }];
  const definitions = [
    ...watched.services.map(({ taskDefinition, container }) => ({
      document: taskDefinition.document,
      container,
    })),
    ...consumers.map((consumer) => definitionOf(consumer.variables)),
  ];
  const handed = definitions.map(({ document, container }) =>
    variablesInUse(document, container, living).filter((variable) => (variable.cache ?? name) === name),
  );
  return clientFile(
    client,
    {
      cacheName: name,
      clustered: endpoint.kind !== 'primary',
      endpoint: { port: endpoint.port, tls },
      variables: handed.find((variables) => variables.length > 0) ?? [],
    },
    session.programsFolder,
  );
}

/** Of values whose names alone are known, as those of secrets are. */
function definitionOf(variables: readonly { readonly name: string }[]) {
  const secrets = variables.map(({ name }) => ({ name, valueFrom: '' }));
  return { document: { containerDefinitions: [{ name: '', secrets }] }, container: '' };
}

async function readAllMetrics({ record, clock }: Session, { aws }: Watched): Promise<MetricSeries[]> {
  const all = await Promise.all(record.reading.caches.map(({ name }) => readMetrics(name, clock.now(), aws)));
  return all.flat();
}

/** What looks like drift may be a run that is at work. */
function leaseHolder({ aws, project }: Watched, { clock }: Session): Observer {
  const subject = { kind: 'lease', name: project } as const;
  return {
    ...subject,
    async look() {
      const lease = await leaseParameter(aws.ssm, project).holder(clock.now());
      if (!lease) return [];
      return [note(subject, `another run has been changing it since ${time(lease.since)}`, lease.who)];
    },
  };
}

function requireAsSetUp(observations: readonly Observation[]): void {
  const drifts = observations.filter((each) => each.outcome === 'drift');
  const unseen = observations.filter((each) => each.outcome === 'unseen');
  const [drift] = drifts;
  if (drift) {
    const more = drifts.length > 1 ? `, and ${drifts.length - 1} more` : '';
    throw new WizardError('CheckFailed', `Not as it was set up: ${driftName(drift)}: ${drift.what}${more}`, {
      hint: commandText(drift.command),
    });
  }
  const [first] = unseen;
  if (!first) return;
  throw new WizardError(
    'CheckFailed',
    `Whether ${driftName(first)} is as it was set up is not known: ${first.what}`,
    {
      hint: 'Allow what is missing (elasticache-wizard policy --for status), then run the same command again.',
    },
  );
}
