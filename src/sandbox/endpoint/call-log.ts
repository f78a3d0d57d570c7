/** What was asked of the sandbox: one line a call, so that tests and users can see what a program really did. */
import type { FaultKind } from './faults.ts';

export interface LoggedCall {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly requestId: string;
  /** When it arrived, by the sandbox's clock: ISO 8601. */
  readonly at: string;
  /** 'ok', or the error code that the client was sent. */
  readonly outcome: string;
  /** Whether the operation may change something. */
  readonly write: boolean;
  /** The fault that befell it; after 'lost-response' the outcome is that of the operation, which was done. */
  readonly fault?: FaultKind;
}

export function isWrite(action: string): boolean {
  return !/^(Describe|List|Get|Filter|Simulate)/.test(action);
}

export class CallLog {
  private calls: LoggedCall[] = [];

  add(call: LoggedCall): void {
    this.calls.push(call);
  }

  list(): readonly LoggedCall[] {
    return [...this.calls];
  }

  clear(): void {
    this.calls = [];
  }
}
