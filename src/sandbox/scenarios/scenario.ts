/** What an account of the sandbox holds when it opens. */
import type { Account } from '../account.ts';

export interface Scenario {
  readonly name: string;
  /** Where it is at home, unless whoever opens it says otherwise. */
  readonly region?: string;
  /** Callers are as far away as from AWS, in ms, and are throttled as AWS throttles; else neither. */
  readonly distanceMs?: number;
  /** Makes it through the account's own operations, as anybody would. `appUrl`: where its app answers. */
  prepare(account: Account): Promise<{ appUrl?: string }>;
}
