/** Headers may carry a session or a token: what must not go by plain HTTP. */
import type { ProofSettings } from './settings.ts';

/** Whether refreshes would send headers unencrypted to an address that nobody gave: a load balancer's own name. */
export function sendsHeadersInClear(
  { headers, appUrl }: Pick<ProofSettings, 'headers' | 'appUrl'>,
  foundUrl: string | undefined,
): boolean {
  if (appUrl !== undefined || foundUrl === undefined || Object.keys(headers).length === 0) return false;
  const { protocol, hostname } = new URL(foundUrl);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
