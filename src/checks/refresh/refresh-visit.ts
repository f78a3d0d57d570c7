/** A number of refreshes in a row, each with a nonce of its own by which it is found again in the tasks' logs. */
import { randomBytes } from 'node:crypto';
import type { CookieJar } from 'tough-cookie';
import type { Clock } from '../../clock.ts';
import type { CheckResult } from '../../domain/check.ts';
import type { Shown } from '../../domain/check-evidence.ts';
import type { ProofSettings } from '../../domain/settings.ts';
import { fail, inconclusive } from '../question.ts';
import { refreshOnce, type Answer } from './refresh-request.ts';
import { shownValue, type ReadValue } from './refresh-value.ts';

export interface Page {
  /** '<run>-<number>': one look at the log finds a whole run. */
  readonly nonce: string;
  readonly value: string;
  /** What `--task-header` said. */
  readonly task: string | undefined;
}

/** Why a page could not be read. It ends the check. */
export interface Trouble {
  readonly trouble: CheckResult;
}

export interface Visits {
  readonly run: string;
  readonly base: string;
  readonly path: string;
  readonly readValue: ReadValue;
  readonly proof: ProofSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How the load balancer is reached, for the hint of one that is not: 'internal' or 'internet-facing'. */
  readonly scheme: string | undefined;
}

export const NONCE_PARAMETER = 'elasticache-wizard';
/** A load balancer answers so for a moment when a task goes. */
const PASSING_STATUSES = [502, 503, 504];
const TRIES = 3;

export async function visit(
  visits: Visits,
  times: number,
  jar?: CookieJar,
): Promise<readonly Page[] | Trouble> {
  const pages: Page[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const page = await visitOnce(visits, jar);
    if ('trouble' in page) return page;
    pages.push(page);
  }
  return pages;
}

async function visitOnce(visits: Visits, jar: CookieJar | undefined): Promise<Page | Trouble> {
  const { clock, proof, readValue, signal } = visits;
  for (let tries = 1; ; tries += 1) {
    const nonce = `${visits.run}-${randomBytes(4).toString('hex')}`;
    const url = new URL(visits.path, visits.base);
    url.searchParams.set(NONCE_PARAMETER, nonce);
    let answer: Answer;
    try {
      answer = await clock.busy(
        refreshOnce({ url, headers: proof.headers, signal, ...(jar ? { jar } : {}) }),
      );
    } catch (error) {
      signal.throwIfAborted();
      return { trouble: unreachable(error, visits) };
    }
    if (PASSING_STATUSES.includes(answer.status) && tries < TRIES) {
      await clock.sleep(1_000, signal);
      continue;
    }
    if (answer.status !== 200) return { trouble: refused(answer, visits) };
    const value = readValue(answer.body);
    if (value === undefined) return { trouble: notFound(answer, visits) };
    const task = proof.taskHeader === undefined ? undefined : answer.headers[proof.taskHeader.toLowerCase()];
    return { nonce, value, task: Array.isArray(task) ? task[0] : task };
  }
}

function refused({ status, headers }: Answer, { path }: Visits): CheckResult {
  const detail = `GET ${path} answers ${status}`;
  if (status >= 500) return fail(detail, 'The app itself fails there: look at the logs of its tasks.');
  if (status >= 300 && status < 400) {
    return inconclusive(
      `${detail}, a redirect to ${withoutQuery(headers.location)}`,
      'To another address: give it as --app-url. To a login: give a session with --header Cookie=env:NAME.',
    );
  }
  if (status === 401 || status === 403) {
    return inconclusive(detail, 'Give what it takes to be let in: --header Authorization=env:NAME.');
  }
  return inconclusive(detail, 'Give another path: --refresh-path.');
}

function notFound({ body, headers }: Answer, { path, proof }: Visits): CheckResult {
  const html = /html/i.test(headers['content-type'] ?? '') || /^\s*</.test(body);
  const kind = html ? 'an HTML page' : `${body.length} characters`;
  return inconclusive(
    `the value ${proof.refreshValue ?? ''} is not in what GET ${path} answers, ${kind}`,
    html
      ? 'A login or error page, or a path of the front end: --refresh-path, --header.'
      : 'Give where it is: --refresh-value.',
  );
}

function unreachable(error: unknown, { base, scheme }: Visits): CheckResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const host = new URL(base).host;
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return inconclusive(
      `the certificate of ${host} is not made out to that name (${code})`,
      'Give the app’s own address: --app-url https://….',
    );
  }
  const late = error instanceof Error && error.name === 'TimeoutError';
  const reason = late || code === 'ABORT_ERR' ? 'no answer in 15 s' : code || String(error);
  const hint =
    scheme === 'internal'
      ? 'The load balancer is internal: run this from inside its network, or give an address that leads there with --app-url.'
      : 'Give the address at which the app answers: --app-url.';
  return inconclusive(`${host} cannot be reached from here: ${reason}`, hint);
}

/** A redirect's query may hold a session. */
function withoutQuery(location: string | undefined): string {
  return location === undefined ? 'nowhere' : (location.split(/[?#]/)[0] ?? '');
}

/** How often each value was shown, the most frequent first. */
export function countsOf(pages: readonly Page[]): Shown[] {
  const counts = new Map<string, number>();
  for (const { value } of pages) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, times]) => ({ value: shownValue(value), times }))
    .sort((one, other) => other.times - one.times);
}

export function shownInOrder(pages: readonly Page[]): string[] {
  return pages.map(({ value }) => shownValue(value));
}

/** '36 × 4, 57 × 3, 12 × 3'. */
export function distribution(pages: readonly Page[]): string {
  return countsOf(pages)
    .map(({ value, times }) => `${value} × ${times}`)
    .join(', ');
}
