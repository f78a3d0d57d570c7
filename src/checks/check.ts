/** One question about the result. */
import type { CheckId, CheckResult } from '../domain/check.ts';

export interface Check {
  readonly id: CheckId;
  /** Never throws for what it was made to find out; what it cannot look at is inconclusive or skipped, with the reason. */
  run(signal: AbortSignal): Promise<CheckResult>;
}
