/** Checks, and what they mean for the end of the run. */
import { readBaseline } from '../checks/baseline-memory.ts';
import { checks, runChecks } from '../checks/checks.ts';
import type { CheckContext, PingEvidence } from '../checks/context.ts';
import type { RefreshBaseline } from '../checks/refresh-baseline.ts';
import { CHECKS, type CheckReport } from '../domain/check.ts';
import type { App } from '../domain/app.ts';
import { WizardError } from '../errors.ts';
import type { Project } from './project.ts';
import { readAccount } from './reading.ts';
import type { Session } from './session.ts';

export interface Evidence {
  readonly ping: PingEvidence;
  readonly baseline?: RefreshBaseline | undefined;
}

/** Looks at the app as it is by now. Throws where a check failed: that is the result. */
export async function check(project: Project, app: App, evidence: Evidence, session: Session): Promise<void> {
  const { settings, aws } = project;
  session.record.reading = await readAccount(aws, app, namedIn(project));
  if (!settings.proof.verify) return;
  const { ping } = evidence;
  const baseline = await beforeUs(evidence.baseline, project, app);
  const primary = app.service.deployments.find(({ status }) => status === 'PRIMARY');
  const context: CheckContext = {
    settings,
    app,
    aws,
    clock: session.clock,
    ping,
    since: primary?.createdAt ?? session.clock.now(),
    ...(baseline ? { baseline } : {}),
  };
  const reports = await runChecks(checks(context), session.emit, session.signal);
  const failure = failureOf(reports, session.inputs.strict.value);
  if (failure) throw failure;
}

/** What this run saw, unless the cache was there already: then what the run that brought it remembered. */
async function beforeUs(
  seen: RefreshBaseline | undefined,
  { aws, settings }: Project,
  app: App,
): Promise<RefreshBaseline | undefined> {
  if (seen && seen.verdict !== 'not seen' && !seen.wasOurs) return seen;
  return (await readBaseline(aws.ec2, settings, app)) ?? seen;
}

export function namedIn({ settings }: Project): { caches: string[]; variables: string[] } {
  return {
    caches: settings.caches.map(({ name }) => name),
    variables: settings.consumers.flatMap((consumer) => consumer.variables.map(({ name }) => name.value)),
  };
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
