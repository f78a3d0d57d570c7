/** Why a call failed, without what was being done. */
import type { ErrorCode } from '../errors.ts';

export interface Problem {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint?: string;
  /** The same call may be answered in a moment. */
  readonly transient?: boolean;
}
