/** What a run came to, in a few words. */
import { causeOfFailure, type Result } from '../result.ts';

export interface Verdict {
  readonly kind: 'broken' | 'proven' | 'open';
  readonly words: string;
}

export function verdictOf(result: Result): Verdict {
  const cause = causeOfFailure(result);
  if (cause) {
    const fails = cause.outcome === 'fail';
    return { kind: fails ? 'broken' : 'open', words: `${cause.id} ${fails ? 'fails' : 'is inconclusive'}` };
  }
  if (result.proven) return { kind: 'proven', words: 'proven' };
  return { kind: 'open', words: 'nothing is broken, not all is proven' };
}
