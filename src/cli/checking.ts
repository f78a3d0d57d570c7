/** Checks, and what they mean for the end of the run. */
import { readBaseline } from '../checks/baseline-memory.ts';
import { checks, runChecks } from '../checks/checks.ts';
import type { CheckContext, PingEvidence } from '../checks/context.ts';
import type { InstanceCheckContext } from '../checks/instance-context.ts';
import type { RefreshBaseline } from '../checks/refresh-baseline.ts';
import { CHECKS, type CheckReport } from '../domain/check.ts';
import { frontOf, type Consumer, type Ec2Consumer, type EcsConsumer } from '../domain/consumer.ts';
import { WizardError } from '../errors.ts';
import { valueStore } from '../resources/instances/instance-values.ts';
import { isInTheWay } from '../resources/instances/value-store.ts';
import type { Project } from './project.ts';
import { readAccount } from './reading.ts';
import type { Session } from './session.ts';

export interface Evidence {
  /** By the consumer's name. */
  readonly pings: ReadonlyMap<string, PingEvidence>;
  /** Of the app whose page is refreshed. */
  readonly baseline?: RefreshBaseline | undefined;
  /** Apps on instances whose values this run has changed, and whom it could not restart. */
  readonly awaitingRestart?: ReadonlySet<string>;
}

/** Looks at the apps as they are by now. Throws where a check failed: that is the result. */
export async function check(
  project: Project,
  consumers: readonly Consumer[],
  evidence: Evidence,
  session: Session,
): Promise<void> {
  session.record.reading = await readAccount(project.aws, consumers, project.settings);
  if (!project.settings.proof.verify) return;
  const front = frontOf(consumers);
  const contexts = await Promise.all(
    consumers.map((consumer) =>
      consumer.kind === 'ecs'
        ? contextOf(consumer, consumer === front, project, evidence, session)
        : contextOfInstances(consumer, consumer === front, project, evidence, session),
    ),
  );
  const reports = await runChecks(checks(contexts), session.emit, session.signal);
  const failure = failureOf(reports, session.inputs.strict.value);
  if (failure) throw failure;
}

async function contextOf(
  { app, settings: consumer }: EcsConsumer,
  isFront: boolean,
  project: Project,
  evidence: Evidence,
  { clock }: Session,
): Promise<CheckContext> {
  const { settings, aws } = project;
  const baseline = isFront ? await beforeUs(evidence.baseline, project, app) : undefined;
  const primary = app.service.deployments.find(({ status }) => status === 'PRIMARY');
  return {
    settings,
    consumer,
    app,
    aws,
    clock,
    ping: evidence.pings.get(consumer.name) ?? { notWanted: 'it is not among those that were asked' },
    isFront,
    since: primary?.createdAt ?? clock.now(),
    ...(baseline ? { baseline } : {}),
  };
}

async function contextOfInstances(
  { app, settings: consumer }: Ec2Consumer,
  isFront: boolean,
  project: Project,
  evidence: Evidence,
  { clock }: Session,
): Promise<InstanceCheckContext> {
  const { settings, aws } = project;
  const baseline = isFront ? await beforeUs(evidence.baseline, project, app) : undefined;
  const stored = await valueStore(consumer, settings, aws).read();
  return {
    settings,
    consumer,
    app,
    aws,
    clock,
    ping: evidence.pings.get(consumer.name) ?? { notWanted: 'it is not among those that were asked' },
    isFront,
    since: clock.now(),
    waiting: isInTheWay(stored) ? { unreadable: stored.reason } : stored,
    awaitsRestart: evidence.awaitingRestart?.has(consumer.name) === true,
    ...(baseline ? { baseline } : {}),
  };
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

/** One cause: of what failed, the first in the order in which one thing rests on another. */
export function failureOf(reports: readonly CheckReport[], strict: boolean): WizardError | undefined {
  const inOrder = CHECKS.flatMap((id) => reports.filter((report) => report.id === id));
  const cause =
    inOrder.find(({ outcome }) => outcome === 'fail') ??
    (strict ? inOrder.find(({ outcome }) => outcome === 'inconclusive') : undefined);
  if (!cause) return undefined;
  const verdict = cause.outcome === 'fail' ? 'fails' : 'is inconclusive';
  return new WizardError('CheckFailed', `The check ${cause.id} ${verdict}: ${cause.detail}`, {
    hint: 'hint' in cause ? cause.hint : undefined,
  });
}
