/** The end of a setup, as far as it is a person's: how the app's library connects, what to watch, what may go. */
import { aftercare } from '../../domain/aftercare.ts';
import { likelyClient, type ClientLibrary } from '../../domain/clients.ts';
import { cachesOf, frontOf, type Consumer } from '../../domain/consumer.ts';
import { commandText } from '../../domain/shell-word.ts';
import { portsOf, type CacheSettings } from '../../domain/settings.ts';
import { WizardError } from '../../errors.ts';
import type { Evidence } from '../checking/checking.ts';
import { clientFile, type Connected } from '../client-file.ts';
import type { Project } from '../opening/project.ts';
import type { Session } from '../session.ts';

/** What to do next. The connection file, where it was asked for, is in the record then. */
export async function handOver(project: Project, evidence: Evidence, session: Session): Promise<string[]> {
  if (session.command !== 'setup') return [];
  const { settings, consumers, monitoring } = project;
  const asked = session.inputs.client?.value;
  if (asked) showClient(asked, project, session);
  const front = frontOf(consumers);
  const client = asked ?? (front && (await clientOf(front, project, evidence)));
  return [
    ...(client ? [clientCommand(client, settings.project)] : []),
    ...(hasChanged(session) ? aftercare({ ...settings, consumers, watched: monitoring !== undefined }) : []),
  ];
}

function clientCommand(client: ClientLibrary, project: string): string {
  const command = commandText(['elasticache-wizard', 'status', '--project', project, '--client', client]);
  return `${command}   (how to connect, as a file)`;
}

/** Of what stands as it stood, whoever set it up was told already. */
function hasChanged({ record }: Session): boolean {
  return record.facts(0).changes.some(({ action }) => action !== 'none');
}

async function clientOf(
  consumer: Consumer,
  { settings }: Project,
  evidence: Evidence,
): Promise<ClientLibrary | undefined> {
  const ping = await evidence.askPing(consumer);
  // Of another image than the app's own it says nothing of the app.
  const runtime = 'runtime' in ping && settings.proof.probeImage === undefined ? ping.runtime : undefined;
  return likelyClient(
    consumer.settings.variables.map(({ name }) => name.value),
    runtime,
  );
}

/** By now everything is set up: that a file cannot be shown is no failure of that. */
function showClient(client: ClientLibrary, { settings, consumers }: Project, session: Session): void {
  const front = frontOf(consumers);
  const cache = settings.caches.find(({ name }) => front && cachesOf(front.settings).includes(name));
  if (!front || !cache) return;
  try {
    session.record.client = clientFile(client, connectedTo(cache, front), session.programsFolder);
  } catch (error) {
    if (!(error instanceof WizardError)) throw error;
    session.emit({ type: 'warning', code: 'client.unfit', message: error.message });
  }
}

function connectedTo(cache: CacheSettings, { settings }: Consumer): Connected {
  const [port = 6379] = portsOf(cache);
  return {
    cacheName: cache.name,
    clustered: cache.kind === 'serverless' || cache.clusterMode.value === 'enabled',
    endpoint: { port, tls: cache.kind === 'serverless' || cache.transitEncryption.value },
    variables: settings.variables
      .filter((variable) => variable.cache === cache.name)
      .map(({ name, template }) => ({ name: name.value, template })),
  };
}
