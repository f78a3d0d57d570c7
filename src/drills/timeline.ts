/** What visits tell together: how many failed, for how long, and whether all is as before at the end. */
import { isEmptyValue, shownValue } from '../checks/refresh/refresh-value.ts';
import type { LoadReport } from '../domain/drill.ts';
import type { Visit } from './visit.ts';

/** How the app answers while nothing is wrong. */
export interface Usual {
  readonly status: number;
  /** What all tasks show; undefined: nothing that could be compared. */
  readonly value: string | undefined;
}

/** Undefined where they differ or fail: then nothing could be told by a drill. */
export function usualOf(visits: readonly Visit[], compares: boolean): Usual | undefined {
  const [first] = visits;
  if (first?.status === undefined || first.status >= 500) return undefined;
  if (visits.some(({ status }) => status !== first.status)) return undefined;
  const agreed = visits.every(({ value }) => value === first.value) ? first.value : undefined;
  const comparable = compares && agreed !== undefined && !isEmptyValue(agreed);
  return { status: first.status, value: comparable ? agreed : undefined };
}

/** The last ones are all good, and show the same where that can be compared: what it is may have been written meanwhile. */
export function isSettled(visits: readonly Visit[], usual: Usual, wanted: number): boolean {
  const last = visits.slice(-wanted);
  const agrees = ({ value }: Visit): boolean => usual.value === undefined || value === last[0]?.value;
  return last.length >= wanted && last.every((visit) => isAnswered(visit, usual) && agrees(visit));
}

export function timelineOf(
  visits: readonly Visit[],
  usual: Usual,
  { since, wanted }: { readonly since: number; readonly wanted: number },
): LoadReport {
  const settled = isSettled(visits, usual, wanted);
  const after = settled ? visits.at(-1)?.value : undefined;
  const isOther = (visit: Visit): boolean =>
    usual.value !== undefined &&
    isAnswered(visit, usual) &&
    visit.value !== usual.value &&
    visit.value !== after;
  const failed = visits.filter((visit) => !isAnswered(visit, usual) || isOther(visit));
  const [first] = failed;
  const last = failed.at(-1);
  const durations = visits.map(({ ms }) => ms).sort((one, other) => one - other);
  return {
    requests: visits.length,
    failed: failed.length,
    otherValues: failed.filter(isOther).length,
    errorSeconds: first && last ? seconds(last.at + last.ms - first.at) : 0,
    errors: countsOf(failed.map((visit) => whatOf(visit, usual))),
    latencyMs: { usual: durations[Math.floor(durations.length / 2)] ?? 0, worst: durations.at(-1) ?? 0 },
    recoveredAfterSeconds: settled ? seconds((last ? last.at + last.ms : since) - since) : null,
    value:
      usual.value === undefined
        ? null
        : { before: shownValue(usual.value), after: after === undefined ? null : shownValue(after) },
  };
}

function isAnswered({ status, value }: Visit, usual: Usual): boolean {
  return status === usual.status && (usual.value === undefined || value !== undefined);
}

function whatOf({ status, error, value }: Visit, usual: Usual): string {
  if (status === undefined) return error ?? 'no answer';
  if (status !== usual.status) return String(status);
  return value === undefined ? 'an answer without the value' : `another value: ${shownValue(value)}`;
}

function countsOf(all: readonly string[]): { what: string; times: number }[] {
  return [...new Set(all)]
    .map((what) => ({ what, times: all.filter((each) => each === what).length }))
    .sort((one, other) => other.times - one.times);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
