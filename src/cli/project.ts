/** What setup, plan, verify and status begin with: who asks, which app, which cache, and what is wanted of them. */
import type { Aws } from '../aws/aws.ts';
import type { App, Identity } from '../domain/app.ts';
import type { Consumer } from '../domain/consumer.ts';
import type { InstanceApp } from '../domain/instance-app.ts';
import { profileOf } from '../domain/delivery.ts';
import { isGiven, type ConsumerSettings, type Settings } from '../domain/settings.ts';
import { variablesIn } from '../domain/task-definition.ts';
import type { AnyResource } from '../engine/resource.ts';
import { WizardError } from '../errors.ts';
import type { InputName } from '../inputs/catalogue.ts';
import { withAnswer, type Inputs } from '../inputs/resolve.ts';
import { checkRules } from '../inputs/rules.ts';
import type { Configured } from '../inputs/project-inputs.ts';
import { settingsOf, type Target } from '../inputs/settings.ts';
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

/** Who asks, and what has been answered so far. */
export interface Account {
  readonly aws: Aws;
  readonly identity: Identity;
}

/** The app as it is. */
export interface FoundApp extends Account {
  readonly inputs: Inputs;
  readonly app: App;
}

export interface Project extends Account {
  readonly settings: Settings;
  /** As they were found, in the order of the settings. */
  readonly consumers: readonly Consumer[];
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
  checkRules(command, session);
  if (!asker.interactive) requireInputs(command, session, writes, known);
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

/** The one ECS service that flags, variables and answers name. */
export async function openApp(session: Session, writes = false): Promise<FoundApp> {
  const account = await openAccount(session, writes);
  const app = await findApp(session.inputs, account, session);
  session.record.project = session.inputs.project?.value ?? app.service.serviceName;
  return { ...account, inputs: session.inputs, app };
}

export async function openProject(session: Session, writes = false): Promise<Project> {
  const target = await withLivingCaches(
    session.configured
      ? await configuredTarget(session, session.configured, writes)
      : await answeredTarget(session, writes),
  );
  const { aws, identity, inputs, apps } = target;
  session.record.project = target.project;
  const settings = settingsOf(inputs, target, session.env);
  const consumers = settings.consumers.map((consumer, index) => consumerOf(consumer, apps[index]));
  const { probeImage } = settings.proof;
  const probe = ecsProbe({
    aws,
    project: settings.project,
    programs: readProbePrograms(session.programsFolder),
    userTags: settings.tags,
    clock: session.clock,
    ...(probeImage === undefined ? {} : { probeImage }),
  });
  const resources = resourcesOf({ settings, consumers, aws, probe });
  return { aws, identity, settings, consumers, probe, resources };
}

/** The apps as they are by now. */
export async function readAgain(project: Project): Promise<readonly Consumer[]> {
  return Promise.all(
    project.consumers.map(async (consumer): Promise<Consumer> => {
      if (consumer.kind === 'ec2') return consumer;
      const { ecsCluster, container, service } = consumer.settings;
      const named = { ecsCluster, container, service };
      const app = await readApp(project.aws, named, { container: () => Promise.resolve(container) });
      return { ...consumer, app };
    }),
  );
}

interface OpenTarget extends Account, Target {
  readonly inputs: Inputs;
  /** One for each consumer. */
  readonly apps: readonly FoundConsumer[];
}

type FoundConsumer = App | InstanceApp;

/** One app and one cache, of which what nobody gave is asked. */
async function answeredTarget(session: Session, writes: boolean): Promise<OpenTarget> {
  const account = await openAccount(session, writes);
  const { aws, identity } = account;
  const { asker, command } = session;
  const app = await findApp(session.inputs, account, session);
  const reads = readsOf(aws, identity);
  const { serviceName: service } = app.service;
  const looking = command === 'verify';
  const read = withProfileInUse(session.inputs, app);
  const known = looking ? await withCacheInUse({ ...account, inputs: read, app }) : read;
  const name = await askCacheName(known, asker, service);
  const inputs = looking ? known : await askProof(await askNewCache(known, asker, reads, name), asker);
  checkRules(command, { inputs });
  const { ecsCluster, container } = app;
  return {
    ...account,
    inputs,
    project: inputs.project?.value ?? service,
    caches: [{ inputs, name }],
    consumers: [{ inputs, app: { kind: 'ecs', ecsCluster, service, container }, cache: name, variables: [] }],
    apps: [app],
  };
}

/** All of a config file. What it does not say is not asked: the next run could not know the answer. */
async function configuredTarget(
  session: Session,
  { caches, consumers }: Configured,
  writes: boolean,
): Promise<OpenTarget> {
  const account = await openAccount(session, writes);
  const cacheTargets = caches.map((inputs) => ({ inputs, name: inputs.cacheName?.value ?? '' }));
  const found = await Promise.all(
    consumers.map(async ({ inputs, cache, variables }) => {
      const app = await findApp(inputs, account, session);
      const { ecsCluster, container, service } = app;
      return {
        app,
        target: {
          inputs,
          app: { kind: 'ecs' as const, ecsCluster, service: service.serviceName, container },
          cache,
          variables,
        },
      };
    }),
  );
  const [first] = found;
  return {
    ...account,
    inputs: session.inputs,
    project: session.inputs.project?.value ?? first?.target.app.service ?? '',
    caches: cacheTargets,
    consumers: found.map(({ target }) => target),
    apps: found.map(({ app }) => app),
  };
}

async function findApp(inputs: Inputs, { aws, identity }: Account, { asker }: Session): Promise<App> {
  const answers = await askApp(inputs, asker, readsOf(aws, identity));
  const container = inputs.container?.value;
  return readApp(
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
}

function consumerOf(settings: ConsumerSettings, app: FoundConsumer | undefined): Consumer {
  // What was found was found for just this one; the types cannot see it.
  return { kind: settings.kind, settings, app } as Consumer;
}

/** Of a cache that is there, what nobody gave is as it is: which kind it is, and whether it asks for a password. */
async function withLivingCaches(target: OpenTarget): Promise<OpenTarget> {
  const caches = target.caches.map(async ({ inputs, name }) => {
    const { auth, serverless } = inputs;
    if (isGiven(auth) && isGiven(serverless)) return { name, inputs };
    const living = await target.aws.caches.read(name);
    if (!living) return { name, inputs };
    const asIs = isGiven(auth) ? inputs : withAnswer(inputs, 'auth', living.auth, 'found');
    return {
      name,
      inputs: isGiven(serverless)
        ? asIs
        : withAnswer(asIs, 'serverless', living.kind === 'serverless', 'found'),
    };
  });
  return { ...target, caches: await Promise.all(caches) };
}

/** An app that has the variables of a profile reads those, unless somebody says which it reads. */
function withProfileInUse(inputs: Inputs, { taskDefinition, container }: App): Inputs {
  if (inputs.envProfile || isGiven(inputs.envVar)) return inputs;
  const own = variablesIn(taskDefinition.document).filter((variable) => variable.container === container);
  const profile = profileOf(own.map(({ name }) => name));
  return profile === undefined || profile === 'url'
    ? inputs
    : withAnswer(inputs, 'envProfile', profile, 'found');
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
    cacheExists: async (name) => (await aws.caches.read(name)) !== undefined,
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
