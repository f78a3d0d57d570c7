/**
 * Does a refresh show the same, whichever task answers? Without cookies first, for sticky sessions hide a cache that
 * nobody uses; then with them, for that is what they are for. Agreement counts only where there was none before.
 */
import { randomBytes } from 'node:crypto';
import type { CookieJar } from 'tough-cookie';
import type { Clock } from '../../clock.ts';
import type { App } from '../../domain/app.ts';
import type { InstanceApp } from '../../domain/instance-app.ts';
import { headersInClear } from '../../domain/clear-text.ts';
import type { CheckEvidence } from '../../domain/check-evidence.ts';
import type { CheckResult } from '../../domain/check.ts';
import { PROJECT_TAG } from '../../domain/ownership.ts';
import type { ProofSettings } from '../../domain/settings.ts';
import { stickinessObstacle } from '../../domain/stickiness.ts';
import { WizardError } from '../../errors.ts';
import { answeringTasks, type AnsweringTasks } from './answering-tasks.ts';
import type { Check } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { fail, inconclusive, pass, question, skip } from '../question.ts';
import type { RefreshBaseline } from './refresh-baseline.ts';
import { observe, type Observation } from './refresh-observation.ts';
import { isEmptyValue, isOpaquePage, shownValue, valueReader } from './refresh-value.ts';
import { strangersAmong } from './strangers.ts';
import {
  countsOf,
  distribution,
  shownInOrder,
  visit,
  type Page,
  type Trouble,
  type Visits,
} from './refresh-visit.ts';

type RefreshedApp = App | InstanceApp;

interface RefreshContext extends Pick<
  CheckContext,
  'settings' | 'aws' | 'clock' | 'isFront' | 'since' | 'where'
> {
  readonly app: RefreshedApp;
  readonly baseline?: RefreshBaseline;
}

/** `wasOurs`: the app had the cache already; of a service its revision tells. */
export async function takeBaseline(
  proof: ProofSettings,
  app: RefreshedApp,
  { clock, signal, wasOurs = isOnOurs(app) }: { clock: Clock; signal: AbortSignal; wasOurs?: boolean },
): Promise<RefreshBaseline> {
  const visits = plan(proof, app, clock, signal);
  if ('outcome' in visits) return { verdict: 'not seen', reason: visits.detail };
  const seen = await observe(visits);
  if ('trouble' in seen) return { verdict: 'not seen', reason: seen.trouble.detail };
  return {
    verdict: seen.verdict,
    shown: distribution(seen.pages),
    counts: countsOf(seen.pages),
    inOrder: shownInOrder(seen.pages),
    wasOurs,
  };
}

export function refresh(context: RefreshContext): Check {
  const { settings, app, clock } = context;
  return question('refresh', async (signal) => {
    if (!context.isFront) return skip('asked of another app of the project');
    const visits = plan(settings.proof, app, clock, signal);
    if ('outcome' in visits) return visits;
    const seen = await observe(visits);
    if ('trouble' in seen) return seen.trouble;
    const tasks = await answeringTasks(seen.pages, { ...context, signal });
    const evidence = evidenceOf(seen, context.baseline);
    const shared = {
      ...((seen.verdict === 'split' && (await askStrangers(seen, tasks, context))) ||
        askShared(seen, tasks, context)),
      evidence,
    };
    if (shared.outcome === 'fail' || !isSticky(context)) return shared;
    const sticky = { ...(await askSticky(visits, context)), evidence };
    if (sticky.outcome === 'pass') return { ...shared, detail: `${shared.detail}; ${sticky.detail}` };
    return sticky.outcome === 'fail' || shared.outcome === 'pass' ? sticky : shared;
  });
}

/** Before the app is blamed. */
async function askStrangers(
  { pages }: Observation,
  tasks: AnsweringTasks,
  { app, aws, where }: RefreshContext,
): Promise<CheckResult | undefined> {
  const strangers =
    'service' in app ? await strangersAmong(app, aws, where).catch(noneWithoutTheRight) : undefined;
  if (!strangers) return undefined;
  const { said, hint, means, fix } = strangers;
  return fail(`without cookies ${distribution(pages)} over ${countOf(tasks)}: ${said}`, hint, { means, fix });
}

function noneWithoutTheRight(error: unknown): undefined {
  if (error instanceof WizardError && error.code === 'AccessDenied') return undefined;
  throw error;
}

function evidenceOf({ pages }: Observation, before: RefreshBaseline | undefined): CheckEvidence {
  const now = { now: countsOf(pages), nowInOrder: shownInOrder(pages) };
  if (!before || before.verdict === 'not seen') return { refreshes: now };
  const { shown, counts, inOrder } = before;
  return {
    refreshes: { ...now, before: { shown, ...(counts ? { counts } : {}), ...(inOrder ? { inOrder } : {}) } },
  };
}

/** How to ask, or why nothing can be asked. */
function plan(
  proof: ProofSettings,
  app: RefreshedApp,
  clock: Clock,
  signal: AbortSignal,
): Visits | CheckResult {
  const { refreshPath: path, refreshValue: expression, appUrl } = proof;
  if (path === undefined || expression === undefined) {
    return skip('no value was named to compare: --refresh-path and --refresh-value');
  }
  const base = appUrl ?? app.url;
  if (base === undefined) {
    const why =
      app.targetGroups.length === 0
        ? 'no load balancer is before the app'
        : 'the load balancer does not tell';
    return inconclusive(`where the app answers is not known: ${why}`, 'Give it: --app-url https://….');
  }
  const unsafe = headersInClear(proof, app.url);
  if (unsafe) return inconclusive(unsafe.problem, unsafe.hint);
  const scheme =
    appUrl === undefined
      ? app.targetGroups.find(({ loadBalancer }) => loadBalancer)?.loadBalancer?.scheme
      : undefined;
  const run = randomBytes(6).toString('hex');
  return { run, base, path, readValue: valueReader(expression), proof, clock, signal, scheme };
}

function askShared(seen: Observation, tasks: AnsweringTasks, context: RefreshContext): CheckResult {
  const { app, baseline } = context;
  const shown = `without cookies ${distribution(seen.pages)} over ${countOf(tasks)}`;
  if (seen.verdict === 'moving') {
    return inconclusive(
      `${shown}: the value changes all the time`,
      'Compare one that does not: --refresh-value.',
    );
  }
  if (seen.verdict === 'split') {
    return fail(
      `${shown}: each task shows a state of its own`,
      'The app does not use the cache: look at the checks variables, revision and logs first.',
    );
  }
  if (tasks.count < 2) {
    const one = isAlone(app) ? 'only one task runs' : 'only one task answered';
    return inconclusive(
      `${shown}: ${one}, so there was nothing to disagree with`,
      'Run two tasks or more, and more --refreshes.',
    );
  }
  const value = seen.pages[0]?.value ?? '';
  if (isEmptyValue(value)) {
    return inconclusive(
      `${shown}: tasks that have just started show that too`,
      'Put something in, then: elasticache-wizard verify.',
    );
  }
  if (isOpaquePage(value, context.settings.proof.refreshValue)) {
    return inconclusive(
      `${shown}: whether that page shows anything that tasks which have just started do not is not known`,
      'Name the value in it: --refresh-value "/(\\d+) objects/".',
    );
  }
  return compareWithBefore(shown, baseline);
}

function isOnOurs(app: RefreshedApp): boolean {
  return 'service' in app && app.taskDefinition.tags[PROJECT_TAG] !== undefined;
}

function isAlone(app: RefreshedApp): boolean {
  return ('service' in app ? app.service.runningCount : app.instances.length) === 1;
}

function compareWithBefore(shown: string, before: RefreshBaseline | undefined): CheckResult {
  const other = 'Compare a value that differed between the tasks before: --refresh-value.';
  if (before === undefined) {
    return inconclusive(
      `${shown}; how it was before the cache was not seen, so it proves nothing alone`,
      'It is compared by the setup that brings the cache.',
    );
  }
  switch (before.verdict) {
    case 'split':
      return pass(`${shown}; before: ${before.shown}`);
    case 'agreed':
      return before.wasOurs
        ? inconclusive(
            `${shown}; the service had the cache before this run already, and agreed`,
            'It was compared by the setup that brought the cache.',
          )
        : inconclusive(`${shown}; it agreed before too (${before.shown}), so it proves nothing`, other);
    case 'moving':
      return inconclusive(`${shown}; before, the value changed all the time (${before.shown})`, other);
    case 'not seen':
      return inconclusive(`${shown}; how it was before could not be seen: ${before.reason}`, other);
  }
}

function countOf({ count, known }: AnsweringTasks): string {
  return `${count} ${count === 1 ? 'task' : 'tasks'}${known === 'assumed from healthy targets' ? ' (assumed: which one answered is not known)' : ''}`;
}

function isSticky({ app }: Pick<RefreshContext, 'app'>): boolean {
  return app.targetGroups.some(
    (targetGroup) =>
      stickinessObstacle(targetGroup) === undefined &&
      targetGroup.attributes['stickiness.enabled'] === 'true',
  );
}

/** A changed attribute takes a moment to reach every node of the load balancer. */
const COOKIE_TRIES = 6;
const BETWEEN_COOKIE_TRIES_MS = 5_000;

async function askSticky(visits: Visits, context: RefreshContext): Promise<CheckResult> {
  const { clock, signal } = visits;
  // No sticky sessions, no cookies: the jar and all that it knows of them stay where they are.
  const { CookieJar: Jar } = await clock.busy(import('tough-cookie'));
  for (let tries = 1; ; tries += 1) {
    // It visits one site alone, so that no list of public suffixes has to keep sites apart.
    const jar = new Jar(undefined, { rejectPublicSuffixes: false });
    const first = await visit(visits, 1, jar);
    if ('trouble' in first) return first.trouble;
    if (hasCookie(jar, visits.base)) return askReturning(visits, jar, first, context);
    if (tries === COOKIE_TRIES) break;
    await clock.sleep(BETWEEN_COOKIE_TRIES_MS, signal);
  }
  return fail(
    'sticky sessions are on, and no AWSALB cookie comes back',
    'The request does not pass this target group: look at the listener’s rules, or give the app’s address with --app-url.',
  );
}

async function askReturning(
  visits: Visits,
  jar: CookieJar,
  first: readonly Page[],
  context: RefreshContext,
): Promise<CheckResult> {
  const rest: readonly Page[] | Trouble = await visit(visits, visits.proof.refreshes - 1, jar);
  if ('trouble' in rest) return rest.trouble;
  const pages = [...first, ...rest];
  const tasks = await answeringTasks(pages, { ...context, signal: visits.signal });
  if (tasks.known === 'assumed from healthy targets') {
    return pass(
      `with cookies ${pages.length} times ${shownValue(pages[0]?.value ?? '')}, the load balancer’s cookie among them`,
    );
  }
  if (tasks.count === 1) return pass(`with cookies ${pages.length} of ${pages.length} from one task`);
  return fail(
    `with cookies ${tasks.count} tasks answered one visitor`,
    'The cookie does not stick: look at the listener’s rules and at what is before the load balancer.',
  );
}

/** AWSALB of the load balancer's own, AWSALBAPP of the app's cookie. */
function hasCookie(jar: CookieJar, base: string): boolean {
  return jar.getCookiesSync(base, { allPaths: true }).some(({ key }) => key.startsWith('AWSALB'));
}
