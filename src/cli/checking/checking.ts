/** Checks, and what they mean for the end of the run. */
import { readBaseline } from '../../checks/refresh/baseline-memory.ts';
import { checks, configurationChecks, leftOutChecks } from '../../checks/checks.ts';
import type { CheckContext, PingEvidence } from '../../checks/context.ts';
import type { InstanceCheckContext } from '../../checks/instance-context.ts';
import { climb, type AskedApp } from '../../checks/ladder.ts';
import { lintChecks } from '../../checks/lint/lint-checks.ts';
import { lintedCache, type LintContext } from '../../checks/lint/lint-context.ts';
import type { RefreshBaseline } from '../../checks/refresh/refresh-baseline.ts';
import { causeOf, type CheckReport } from '../../domain/check.ts';
import { frontOf, type Consumer, type Ec2Consumer, type EcsConsumer } from '../../domain/consumer.ts';
import { WizardError } from '../../errors.ts';
import { valueStore } from '../../resources/instances/instance-values.ts';
import { isBlocked } from '../../domain/change.ts';
import { remembering } from '../asked-once.ts';
import type { Project } from '../opening/project.ts';
import { readAccount } from '../reading.ts';
import { saidAgain } from '../opening/said-again.ts';
import type { Session } from '../session.ts';

export interface Evidence {
  /** Called once for a consumer, and only where the answer can tell something. */
  askPing(consumer: Consumer): Promise<PingEvidence>;
  /** Of the app whose page is refreshed. */
  readonly baseline?: RefreshBaseline | undefined;
  /** Apps on instances whose values this run has changed, and whom it could not restart. */
  readonly awaitingRestart?: ReadonlySet<string>;
}

/** Looks at the apps as they are by now. Throws where a check failed: that is the result. */
export async function check(
  changed: Project,
  consumers: readonly Consumer[],
  evidence: Evidence,
  session: Session,
): Promise<void> {
  const project = { ...changed, aws: remembering(changed.aws) };
  const reading = readAccount(project.aws, consumers, project.settings);
  if (!project.settings.proof.verify) {
    session.record.reading = await reading;
    return;
  }
  const front = frontOf(consumers);
  const opening = Promise.all(
    consumers.map((consumer) => {
      const askPing = once(() => evidence.askPing(consumer));
      const isFront = consumer === front;
      return consumer.kind === 'ecs'
        ? contextOf(consumer, askPing, isFront, project, evidence, session)
        : contextOfInstances(consumer, askPing, isFront, project, evidence, session);
    }),
  );
  const [contexts] = await Promise.all([
    opening,
    reading.then((known) => void (session.record.reading = known)),
  ]);
  const lints = session.inputs.lint.value;
  const apps = contexts.map((context) => ({
    name: context.consumer.name,
    checks: lints ? configurationChecks(context) : checks(context),
  }));
  const risks = lints ? [lintOf(contexts, project, session)] : [];
  const reports = await climb([...apps, ...risks], session.emit, session.signal);
  const failure = failureOf(reports, session.inputs.strict.value);
  if (failure) throw failure;
}

/** What an app is asked with, wherever it runs. */
async function sharedContext(
  app: Consumer['app'],
  askPing: CheckContext['askPing'],
  isFront: boolean,
  project: Project,
  evidence: Evidence,
  session: Session,
) {
  const { settings, aws } = project;
  const baseline = isFront ? await beforeUs(evidence.baseline, project, app) : undefined;
  const where = whereOf(project, session);
  return { settings, aws, clock: session.clock, where, askPing, isFront, ...(baseline ? { baseline } : {}) };
}

async function contextOf(
  { app, settings: consumer }: EcsConsumer,
  askPing: CheckContext['askPing'],
  isFront: boolean,
  project: Project,
  evidence: Evidence,
  session: Session,
): Promise<CheckContext> {
  const primary = app.service.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    ...(await sharedContext(app, askPing, isFront, project, evidence, session)),
    consumer,
    app,
    since: primary?.createdAt ?? session.clock.now(),
    wasSurveyed: session.command !== 'verify',
  };
}

async function contextOfInstances(
  { app, settings: consumer }: Ec2Consumer,
  askPing: CheckContext['askPing'],
  isFront: boolean,
  project: Project,
  evidence: Evidence,
  session: Session,
): Promise<InstanceCheckContext> {
  const shared = await sharedContext(app, askPing, isFront, project, evidence, session);
  const stored = await valueStore(consumer, project.settings, project.aws).read();
  return {
    ...shared,
    consumer,
    app,
    since: session.clock.now(),
    waiting: isBlocked(stored) ? { unreadable: stored.reason } : stored,
    awaitsRestart: evidence.awaitingRestart?.has(consumer.name) === true,
  };
}

/** Of the project as a whole: a cache that two apps use is looked at once. */
function lintOf(apps: LintContext['apps'], project: Project, session: Session): AskedApp {
  const { settings, aws } = project;
  const caches = settings.caches.map((cache) => lintedCache(cache, aws));
  const production = session.inputs.preset.value === 'production';
  const where = whereOf(project, session);
  const risks = lintChecks({ aws, settings, where, apps, caches, production });
  return { name: settings.project, checks: [...leftOutChecks(), ...risks] };
}

/** The AWS CLI reads other variables for the region than the SDK. */
export function whereOf(
  { identity }: Pick<Project, 'identity'>,
  { inputs }: Pick<Session, 'inputs'>,
): string[] {
  return ['--region', identity.region, ...saidAgain(inputs, false)];
}

/** What this run saw, unless the cache was there already: then what the run that brought it remembered. */
async function beforeUs(
  seen: RefreshBaseline | undefined,
  { aws, settings }: Project,
  app: Consumer['app'],
): Promise<RefreshBaseline | undefined> {
  if (seen && seen.verdict !== 'not seen' && !seen.wasOurs) return seen;
  return (await readBaseline(aws.ec2, settings, app)) ?? seen;
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

function failureOf(reports: readonly CheckReport[], strict: boolean): WizardError | undefined {
  const cause = causeOf(reports, strict);
  if (!cause) return undefined;
  const verdict = cause.outcome === 'fail' ? 'fails' : 'is inconclusive';
  return new WizardError('CheckFailed', `The check ${cause.id} ${verdict}: ${cause.detail}`, {
    hint: 'hint' in cause ? cause.hint : undefined,
  });
}
