/** What commands begin with that are about apps and caches: which they are, and all that is wanted of them. */
import type { App, AppNetwork } from '../../domain/app.ts';
import type { Consumer } from '../../domain/consumer.ts';
import type { Monitoring } from '../../domain/monitoring.ts';
import { isGiven, type Settings } from '../../domain/settings.ts';
import type { AnyResource } from '../../engine/resource.ts';
import { WizardError } from '../../errors.ts';
import { withAnswer, type Inputs } from '../../inputs/resolve.ts';
import { checkRules } from '../../inputs/rules.ts';
import type { Configured } from '../../inputs/project-inputs.ts';
import { authOf, settingsOf, type Target } from '../../inputs/settings.ts';
import { ecsProbe } from '../../probe/ecs-probe.ts';
import { instanceProbe as probeOfInstances, type InstanceProbe } from '../../probe/instance-probe.ts';
import type { Probe } from '../../probe/probe.ts';
import { resources as resourcesOf } from '../../resources/index.ts';
import { nameProjectOf, readAnchors } from '../../survey/project.ts';
import { requireInputs } from '../../inputs/strict-asker.ts';
import { accountReads } from '../wizard/account-reads.ts';
import type { Answers } from '../wizard/question.ts';
import { consumerOf, nameOfTarget, readConsumersAgain, targetOf, type Found } from './apps.ts';
import { openAccount, type Account } from './account.ts';
import { readAhead } from './ahead.ts';
import { namesProjectAlone, withAnchored, withAnchoredService } from './anchored-inputs.ts';
import { withLivingCache, withWhatIsInUse } from './living-inputs.ts';
import { wantedMonitoring } from './monitoring.ts';
import { readProbePrograms } from './probe-programs.ts';
import { answerApp, answerEverything, unanswered } from './questions.ts';
import { saidAgain } from './said-again.ts';
import type { Session } from '../session.ts';

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
  readonly instanceProbe: InstanceProbe;
  /** Undefined: nobody watches the caches. */
  readonly monitoring: Monitoring | undefined;
  /** Of a cache that stands in for another. */
  readonly network?: AppNetwork | undefined;
  readonly resources: readonly AnyResource[];
}

export interface OpenedProject extends Project {
  /** What the settings were made of. */
  readonly answers: Answers;
}

/** What an earlier round of the same run knows. */
export interface Round {
  readonly account: Account;
  /** To all questions. */
  readonly answers: Answers;
}

/** The one ECS service that flags, variables and answers name. */
export async function openApp(session: Session): Promise<FoundApp> {
  const account = await openAccount(session);
  const { aws, identity } = account;
  const reads = accountReads(aws, identity, session);
  const { inputs } = await answerApp(unanswered(session.inputs), session.asker, reads);
  const { app } = await reads.app(inputs, session.asker);
  if (!('service' in app)) {
    throw new WizardError(
      'InvalidInput',
      'What is read here is a service of ECS, and the app is on instances',
      {
        hint: 'Name what is on instances by its flags, and leave --from-account out.',
      },
    );
  }
  session.record.project = inputs.project?.value ?? app.service.serviceName;
  return { ...account, inputs, app };
}

export async function openProject(session: Session, writes = false, round?: Round): Promise<OpenedProject> {
  const found = session.configured
    ? await configuredTarget(session, session.configured, writes)
    : await answeredTarget(session, writes, round);
  const [living, monitoring] = await Promise.all([withLivingCaches(found), readMonitoring(found, session)]);
  const target = session.command === 'rotate-token' ? withFirstPasswords(living) : living;
  const { aws, identity, inputs, apps, answers } = target;
  session.record.project = target.project;
  checkFound(target, session);
  const settings = settingsOf(inputs, target, session.env);
  session.record.again = saidAgain(
    inputs,
    settings.consumers.some(({ kind }) => kind === 'ec2'),
  );
  const project = projectOf({ aws, identity }, settings, { apps, monitoring }, session);
  return { ...project, answers };
}

/** `apps`: what was found for each consumer. */
export function projectOf(
  { aws, identity }: Account,
  settings: Settings,
  {
    apps,
    monitoring,
    network,
  }: Pick<Project, 'monitoring' | 'network'> & { readonly apps: readonly Found['app'][] },
  session: Session,
): Project {
  const consumers = settings.consumers.map((consumer, index) => consumerOf(consumer, apps[index], aws));
  const { probeImage } = settings.proof;
  const programs = readProbePrograms(session.programsFolder);
  const instanceProbe = probeOfInstances({ aws, project: settings.project, programs });
  const probe = ecsProbe({
    aws,
    project: settings.project,
    programs,
    userTags: settings.tags,
    clock: session.clock,
    ...(probeImage === undefined ? {} : { probeImage }),
  });
  const parts = { settings, consumers, aws, probe, instanceProbe, monitoring, network };
  return { ...parts, identity, resources: resourcesOf(parts) };
}

async function readMonitoring(
  { aws, identity, inputs, project }: OpenTarget,
  { command }: Session,
): Promise<Monitoring | undefined> {
  if (command === 'verify') return undefined;
  return wantedMonitoring(inputs, project, identity, await readAnchors(aws, project));
}

/** The apps as they are by now. */
export function readAgain({ consumers, aws }: Project): Promise<readonly Consumer[]> {
  return readConsumersAgain(consumers, aws);
}

interface OpenTarget extends Account, Target {
  readonly inputs: Inputs;
  /** One for each consumer. */
  readonly apps: readonly Found['app'][];
  readonly answers: Answers;
}

/** One app and one cache, of which what nobody gave is asked. */
async function answeredTarget(opening: Session, writes: boolean, round?: Round): Promise<OpenTarget> {
  const { asker, command } = opening;
  const operating = command === 'scale' || command === 'rotate-token';
  // On a terminal verify asks which of several apps is meant.
  const finds = operating || (command === 'verify' && !asker.interactive);
  const findable = finds && namesProjectAlone(opening.inputs);
  const account =
    round?.account ?? (await openAccount(opening, writes, findable ? ['ecsCluster', 'service'] : []));
  const { aws, identity } = account;
  const session = findable ? { ...opening, inputs: await withAnchoredService(opening.inputs, aws) } : opening;
  if (!asker.interactive) requireInputs(command, session, writes);
  const looking = command === 'verify' || operating;
  const answer = looking ? answerApp : answerEverything;
  const asked = accountReads(aws, identity, session);
  const answers = round?.answers ?? (await answer(unanswered(session.inputs), asker, asked));
  // Whoever has answered slowly is shown the app as it is by then.
  const reads = accountReads(aws, identity, session);
  const ahead = asker.interactive ? undefined : readAhead(answers.inputs, [answers.inputs], looking, aws);
  const { app } = await reads.app(answers.inputs, asker).finally(() => ahead);
  const target = targetOf(app);
  const { inputs: known, variables } =
    'service' in app
      ? await withWhatIsInUse({ ...session, inputs: answers.inputs }, app, account, looking)
      : { inputs: answers.inputs, variables: [] };
  const called = nameOfTarget(target);
  const name = (known.cacheName?.value ?? (await asker.type('cacheName'))).toLowerCase();
  const living =
    looking && target.kind === 'ecs' && !known.project
      ? await nameProjectOf(aws, target.ecsCluster, target.service)
      : called;
  const project = known.project?.value ?? living;
  const inputs = looking ? await withAnchored(known, project, name, aws) : known;
  checkRules(command, { inputs });
  return {
    ...account,
    inputs,
    project,
    caches: [{ inputs, name }],
    consumers: [{ inputs, app: target, cache: name, variables }],
    apps: [app],
    answers,
  };
}

/** All of a config file. What it does not say is not asked: the next run could not know the answer. */
async function configuredTarget(
  session: Session,
  { caches, consumers }: Configured,
  writes: boolean,
): Promise<OpenTarget> {
  const account = await openAccount(session, writes);
  const { aws, identity } = account;
  const reads = accountReads(aws, identity, session);
  const [only] = consumers;
  const ahead = only && readAhead({ ...only.inputs, project: session.inputs.project }, caches, false, aws);
  const found = await Promise.all(
    consumers.map(async ({ inputs, cache, variables }) => {
      const { app } = await reads.app(inputs, session.asker);
      return { app, consumer: { inputs, app: targetOf(app), cache, variables } };
    }),
  ).finally(() => ahead);
  const [first] = found;
  const project = session.inputs.project?.value ?? (first ? nameOfTarget(first.consumer.app) : '');
  const named = caches.map(async (inputs) => {
    const name = inputs.cacheName?.value ?? '';
    // Of a cache this command takes next to nothing from the file: it is as it was set up.
    const isAsSetUp = session.command === 'rotate-token';
    return { name, inputs: isAsSetUp ? await withAnchored(inputs, project, name, aws) : inputs };
  });
  return {
    ...account,
    inputs: session.inputs,
    project,
    caches: await Promise.all(named),
    consumers: found.map(({ consumer }) => consumer),
    apps: found.map(({ app }) => app),
    answers: unanswered(session.inputs),
  };
}

/** What goes with a cache of nodes may not go with a serverless one, and only now is that known. */
function checkFound({ caches }: OpenTarget, { command, inputs, configured }: Session): void {
  const found = caches.map((cache) => cache.inputs);
  const [only] = found;
  if (!only || !found.some(({ serverless }) => serverless.origin === 'found')) return;
  checkRules(
    command,
    configured ? { inputs, configured: { ...configured, caches: found } } : { inputs: only },
  );
}

async function withLivingCaches(target: OpenTarget): Promise<OpenTarget> {
  const caches = target.caches.map(async ({ inputs, name }) => ({
    name,
    inputs: await withLivingCache(inputs, name, target.aws),
  }));
  return { ...target, caches: await Promise.all(caches) };
}

/** Caches of which none has a password are to get their first, unless somebody says that they are to have none. */
function withFirstPasswords(target: OpenTarget): OpenTarget {
  if (target.caches.some(({ inputs }) => authOf(inputs).value !== 'none')) return target;
  const caches = target.caches.map(({ name, inputs }) => ({
    name,
    inputs: isGiven(inputs.auth)
      ? inputs
      : withAnswer(inputs, 'auth', inputs.serverless.value ? 'rbac' : 'token', 'found'),
  }));
  return { ...target, caches };
}
