/** The app's page, loaded before the cache is asked who uses it: clients may connect only when somebody comes. */
import { headersInClear } from '../../domain/clear-text.ts';
import type { ProofSettings } from '../../domain/settings.ts';
import { refreshOnce } from '../refresh/refresh-request.ts';

const AT_MOST = 12;

/** How many of the visits were answered by the app. */
export async function loadPage(
  proof: ProofSettings,
  app: { readonly url?: string },
  tasks: number,
  signal: AbortSignal,
): Promise<number> {
  const base = proof.appUrl ?? app.url;
  if (base === undefined || headersInClear(proof, app.url)) return 0;
  const url = new URL(proof.refreshPath ?? '/', base);
  let answered = 0;
  // In turn, so that a load balancer hands them round.
  for (let visit = 0; visit < Math.min(AT_MOST, 2 * Math.max(1, tasks)); visit += 1) {
    try {
      const { status } = await refreshOnce({ url, headers: proof.headers, signal });
      if (status < 500) answered += 1;
    } catch {
      signal.throwIfAborted();
      return answered;
    }
  }
  return answered;
}
