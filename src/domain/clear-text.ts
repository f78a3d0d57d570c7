/** Headers may carry a session or a token: what must not go by plain HTTP. */
import type { ProofSettings } from './settings.ts';

/** Refreshes would send headers unencrypted to an address that nobody gave: a load balancer's own name. */
export function headersInClear(
  { headers, appUrl }: Pick<ProofSettings, 'headers' | 'appUrl'>,
  foundUrl: string | undefined,
): { readonly problem: string; readonly hint: string } | undefined {
  const names = Object.keys(headers);
  if (appUrl !== undefined || foundUrl === undefined || names.length === 0) return undefined;
  const { protocol, hostname } = new URL(foundUrl);
  if (protocol !== 'http:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return undefined;
  return {
    problem: `the refreshes would send ${names.join(', ')} unencrypted to ${foundUrl}`,
    hint: 'Give --app-url https://… with the name of the app’s certificate; --app-url http://… if plain HTTP is meant.',
  };
}
