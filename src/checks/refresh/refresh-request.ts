/** One refresh of a page, as a new visitor makes it: a connection of its own, GET, nothing from a cache. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { CookieJar } from 'tough-cookie';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const TIMEOUT_MS = 15_000;
const BODY_BYTES = 2_000_000;

export interface RefreshRequest {
  readonly url: URL;
  /** The user's own, a session perhaps: sent, and never shown. */
  readonly headers: Readonly<Record<string, string>>;
  /** With a jar the visitor is a returning one. */
  readonly jar?: CookieJar;
  readonly signal: AbortSignal;
}

export async function refreshOnce({ url, headers, jar, signal }: RefreshRequest): Promise<Answer> {
  const cookie = cookieHeader(headers, jar?.getCookieStringSync(url.href));
  const sent = {
    accept: '*/*',
    'user-agent': 'elasticache-wizard',
    ...withoutCookie(headers),
    ...(cookie === '' ? {} : { cookie }),
    'cache-control': 'no-cache',
    connection: 'close',
  };
  const answer = await get(url, sent, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  for (const line of answer.headers['set-cookie'] ?? [])
    jar?.setCookieSync(line, url.href, { ignoreError: true });
  return answer;
}

function get(url: URL, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    // Without an agent each request opens a connection; one kept alive would stay with one node of the load balancer.
    const request = client.request(url, { agent: false, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= BODY_BYTES) chunks.push(chunk);
        else request.destroy(new Error(`the answer is longer than ${BODY_BYTES} bytes`));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

/** A load balancer's cookie among the user's own would bind a visitor who is to be a new one to one task. */
function cookieHeader(headers: Readonly<Record<string, string>>, ofJar: string | undefined): string {
  const own = Object.entries(headers).find(([name]) => name.toLowerCase() === 'cookie')?.[1] ?? '';
  const kept = own.split(/;\s*/).filter((cookie) => cookie !== '' && !cookie.startsWith('AWSALB'));
  return [...kept, ...(ofJar ? [ofJar] : [])].join('; ');
}

function withoutCookie(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'cookie'));
}
