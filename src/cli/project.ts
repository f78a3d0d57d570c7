/** What setup, plan, verify and status begin with: who asks, which app, which cache, and what is wanted of them. */
import type { Aws } from '../aws/aws.ts';
import type { App, Identity } from '../domain/app.ts';
import type { Settings } from '../domain/settings.ts';
import type { AnyResource } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import type { InputName } from '../inputs/catalogue.ts';
import { withAnswer, type Inputs } from '../inputs/resolve.ts';
import { checkRules } from '../inputs/rules.ts';
import { settingsOf } from '../inputs/settings.ts';
import { requireInputs } from '../inputs/strict-asker.ts';
import { ecsProbe } from '../probe/ecs-probe.ts';
import type { Probe } from '../probe/probe.ts';
import { resources as resourcesOf } from '../resources/index.ts';
import { readApp } from '../survey/app.ts';
import { listClusters, listServices } from '../survey/services.ts';
import { findCacheInUse } from './cache-in-use.ts';
import { readProbePrograms } from './probe-programs.ts';
import { askApp, askCacheName, askNewCache, askProof, type Reads } from './questions.ts';
import type { Session } from './session.ts';

/** The app as it is, and what has been answered so far. */
export interface FoundApp {
  readonly aws: Aws;
  readonly identity: Identity;
  readonly inputs: Inputs;
  readonly app: App;
}

export interface Project extends FoundApp {
  readonly settings: Settings;
  readonly probe: Probe;
  readonly resources: readonly AnyResource[];
}

/** Everything that can be said to be wrong without AWS is said first; then who asks is shown, before any question. */
export async function openAccount(
  session: Session,
  writes = false,
  known: readonly InputName[] = [],
): Promise<{ readonly aws: Aws; readonly identity: Identity }> {
  const { asker, command, inputs } = session;
  checkRules(inputs);
  if (!asker.interactive) requireInputs(command, inputs, writes, known);
  const aws = await session.connect({
    region: inputs.region?.value,
    profile: inputs.profile?.value,
    endpointUrl: inputs.endpointUrl?.value,
    clock: session.clock,
  });
  session.record.aws = aws;
  const identity = await aws.sts.readIdentity();
  session.emit({ type: 'identity.read', identity });
  requireAccount(identity, inputs);
  return { aws, identity };
}

export async function openApp(session: Session, writes = false): Promise<FoundApp> {
  const { asker, inputs } = session;
  const { aws, identity } = await openAccount(session, writes);
  const answers = await askApp(inputs, asker, readsOf(aws, identity));
  const container = inputs.container?.value;
  const app = await readApp(
    aws,
    { ...answers, cachePort: inputs.port.value, ...(container === undefined ? {} : { container }) },
    {
      container: (candidates) =>
        asker.choose(
          'container',
          candidates.map((value) => ({ value })),
        ),
    },
  );
  session.record.project = inputs.project?.value ?? answers.service;
  return { aws, identity, inputs, app };
}

export async function openProject(session: Session, writes = false): Promise<Project> {
  const found = await openApp(session, writes);
  const { aws, app, identity } = found;
  const { asker, command, clock } = session;
  const reads = readsOf(aws, identity);
  const service = app.service.serviceName;
  const looking = command === 'verify';
  const known = looking ? await withCacheInUse(found) : found.inputs;
  const cacheName = await askCacheName(known, asker, service);
  const inputs = looking ? known : await askProof(await askNewCache(known, asker, reads, cacheName), asker);
  checkRules(inputs);
  const settings = settingsOf(
    inputs,
    { ecsCluster: app.ecsCluster, service, container: app.container, cacheName },
    session.env,
  );
  const { probeImage } = settings.proof;
  const probe = ecsProbe({
    aws,
    project: settings.project,
    programs: readProbePrograms(session.programsFolder),
    userTags: settings.tags,
    clock,
    ...(probeImage === undefined ? {} : { probeImage }),
  });
  return { ...found, inputs, settings, probe, resources: resourcesOf({ settings, app, aws, probe }) };
}

/** The app as it is by now. */
export function readAgain({ aws, app }: FoundApp): Promise<App> {
  const { ecsCluster, container, service } = app;
  const named = { ecsCluster, container, service: service.serviceName };
  return readApp(aws, named, { container: () => Promise.resolve(container) });
}

/** A cache that the app uses already need not be named to be looked at. */
async function withCacheInUse({ inputs, app, aws }: FoundApp): Promise<Inputs> {
  if (inputs.cacheName) return inputs;
  const name = await findCacheInUse(app, inputs.envVar.value, aws);
  return name === undefined ? inputs : withAnswer(inputs, 'cacheName', name, 'found');
}

function readsOf(aws: Aws, { region }: Identity): Reads {
  return {
    region,
    listClusters: () => listClusters(aws),
    listServices: (ecsCluster) => listServices(aws, ecsCluster),
    cacheExists: async (name) => (await aws.elasticache.readReplicationGroup(name)) !== undefined,
  };
}

function requireAccount({ account }: Identity, inputs: Inputs): void {
  const wanted = inputs.account;
  if (!wanted || wanted.value === account) return;
  throw new WizardError(
    'Blocked',
    `--account ${wanted.value} is wanted, and the credentials are of ${account}`,
    {
      hint: 'Use the credentials of that account (--profile, AWS_PROFILE), or leave --account out.',
    },
  );
}
