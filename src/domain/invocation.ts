/** A script on one instance, as Systems Manager tells of it, and what its end means. */
import { maskPasswords } from './connection.ts';

export interface Invocation {
  /** Pending, InProgress, Delayed, Success, Cancelled, TimedOut, Failed, Cancelling. */
  readonly status: string;
  /** What a status came of: 'Undeliverable', 'DeliveryTimedOut', 'ExecutionTimedOut'. */
  readonly details: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Systems Manager API reference, CommandInvocation.Status. */
const UNDER_WAY = ['Pending', 'InProgress', 'Delayed', 'Cancelling'];
const LINES_SHOWN = 5;

export function isOver({ status }: Invocation): boolean {
  return !UNDER_WAY.includes(status);
}

/** How one ended that did not succeed, with the last lines that it wrote. */
export function reasonOf({ status, details, exitCode, stdout, stderr }: Invocation): string {
  const how = status === 'Failed' && exitCode > 0 ? `it ended with exit code ${exitCode}` : MEANINGS[details];
  const last = lastLines(`${stdout}\n${stderr}`);
  return `${how ?? `Systems Manager calls it ${details}`}${last === '' ? '' : ` (“${last}”)`}`;
}

const MEANINGS: Readonly<Record<string, string>> = {
  Undeliverable: 'it could not be delivered, for the instance is gone or its SSM agent is not there',
  DeliveryTimedOut: 'it was not delivered in time, for the SSM agent does not answer',
  ExecutionTimedOut: 'it did not end in time',
  Cancelled: 'somebody cancelled it',
};

function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return maskPasswords(lines.slice(-LINES_SHOWN).join(' / '));
}
