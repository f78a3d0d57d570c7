/** What a path of the app answers, before anybody says what of it is to be compared: asked twice, as two new visitors. */
import { randomBytes } from 'node:crypto';
import { refreshOnce, type Answer } from './refresh-request.ts';
import { NONCE_PARAMETER } from './refresh-visit.ts';
import { candidatesIn, type Candidate } from './sight-candidates.ts';

export type Sight =
  | {
      readonly seen: true;
      readonly format: 'json' | 'html' | 'text';
      /** The most telling first; none where there is nothing but the whole answer to compare. */
      readonly candidates: readonly Candidate[];
    }
  /** Why not, in a sentence. */
  | { readonly seen: false; readonly status?: number; readonly reason: string };

export type { Candidate };

/** Somebody waits for it before a question. */
const PATIENCE_MS = 5_000;
const LONGEST_TEXT = 40;

export async function sightOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Sight> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const first = await ask(url, headers, patience);
    if (first.status !== 200) return { seen: false, status: first.status, reason: refusal(first, url) };
    const second = await ask(url, headers, patience);
    return sightIn(first, second.status === 200 ? second : first);
  } catch (error) {
    signal.throwIfAborted();
    return { seen: false, reason: failure(error, url) };
  }
}

/** A query of its own, so that nothing on the way answers for the app. */
function ask(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
  const asked = new URL(url);
  asked.searchParams.set(NONCE_PARAMETER, randomBytes(4).toString('hex'));
  return refreshOnce({ url: asked, headers, signal });
}

function sightIn(first: Answer, second: Answer): Sight {
  const json = parsed(first.body);
  if (typeof json === 'object' && json !== null) {
    return { seen: true, format: 'json', candidates: candidatesIn(json, parsed(second.body)) };
  }
  if (/html/i.test(first.headers['content-type'] ?? '') || /^\s*</.test(first.body)) {
    return { seen: true, format: 'html', candidates: [] };
  }
  return { seen: true, format: 'text', candidates: bodyOf(first, second) };
}

/** '36', 'count: 36', '36 objects'. */
const AMOUNT = /^([A-Za-z_ ]+[:=]? *)?\d[\d.,]*( [A-Za-z]+)?$/;

/** A text that tells an amount is a value itself. */
function bodyOf(first: Answer, second: Answer): Candidate[] {
  const [shown, later] = [first.body.trim(), second.body.trim()];
  return shown.length > LONGEST_TEXT || !AMOUNT.test(shown)
    ? []
    : [{ expression: 'body', shown, differs: shown !== later }];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function refusal({ status, headers }: Answer, { pathname }: URL): string {
  const answers = `GET ${pathname} answers ${status}`;
  if (status >= 500)
    return `${answers}: the app itself fails there, or nothing healthy is behind the load balancer.`;
  if (status >= 300 && status < 400) {
    // A redirect's query may hold a session.
    const [to = ''] = (headers.location ?? 'nowhere').split(/[?#]/);
    return `${answers}, a redirect to ${to}.`;
  }
  if (status === 401 || status === 403) {
    return `${answers}: it wants to know who asks, such as by --header Authorization=env:NAME.`;
  }
  return status === 404 ? `${answers}: there is no such path.` : `${answers}.`;
}

function failure(error: unknown, { host }: URL): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return `The certificate of ${host} is not made out to that name (${code}): give the app’s own address with --app-url.`;
  }
  const isLate = code === 'ABORT_ERR' || (error instanceof Error && /Timeout|Abort/.test(error.name));
  if (isLate) return `${host} does not answer within ${PATIENCE_MS / 1_000} s from here.`;
  return `${host} cannot be reached from here (${code || String(error)}).`;
}
