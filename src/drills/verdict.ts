/** What the drills have in common in what they conclude. */
import type { CheckResult } from '../domain/check.ts';
import type { LoadReport, Verdict } from '../domain/drill.ts';
import type { AppEvidence } from './app-evidence.ts';
import { mendingSetting } from './client-settings.ts';

export interface Seen {
  /** Undefined: nobody knows where the app answers. */
  readonly load: LoadReport | undefined;
  readonly app: AppEvidence;
  /** Whether the tasks are connected to the cache at the end; undefined: it was not asked. */
  readonly usage: CheckResult | undefined;
}

export const NO_LOAD =
  'Name a page that reads from the cache: --refresh-path and --refresh-value, and --app-url where it is not found.';

export function failed(detail: string, { app, usage }: Seen): Verdict {
  const known = app.symptom;
  const line = app.log?.find(({ word }) => word === known?.word)?.line ?? '';
  const said = known ? `; the app says ${known.word}: ${known.meaning}` : '';
  // Of an address that leads to the wrong node no setting of the client's makes a right one.
  const misled = usage?.outcome === 'fail' && /READONLY/.test(usage.detail) ? usage : undefined;
  return {
    outcome: 'fail',
    detail: `${detail}${misled ? `; ${misled.detail}` : said}`,
    hint: misled?.hint ?? mendingSetting(known, line),
  };
}

/** Something of the app has shown that it was without its cache. */
export function hasNoticed({ load, app }: Seen): boolean {
  return (load?.failed ?? 0) > 0 || (app.log ?? []).length > 0 || app.tasksReplaced > 0;
}

/** It shows the same as before, or as everybody by now; or its tasks are seen to be connected. */
export function isShared({ load, usage }: Seen): boolean {
  return (load?.value ?? null) !== null || usage?.outcome === 'pass';
}

/** A lost connection that a page hides. */
export function disconnected(about: string, seen: Seen): Verdict | undefined {
  const { usage } = seen;
  if (usage?.outcome !== 'fail') return undefined;
  return failed(/READONLY/.test(usage.detail) ? about : `${about}: ${usage.detail}`, seen);
}

export function changedValue({ load }: Seen): string {
  const value = load?.value;
  if (!value || value.after === null || value.after === value.before) return '';
  return `; it shows ${value.after} now, and showed ${value.before} before: somebody has written meanwhile, or writes were lost`;
}

export function errorsOf({ errors }: LoadReport): string {
  return errors
    .slice(0, 3)
    .map(({ what, times }) => `${what} × ${times}`)
    .join(', ');
}
