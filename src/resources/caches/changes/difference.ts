/** What was asked for beside what is: the value to send, and the row of the plan. */
import type { Detail } from '../../../domain/change.ts';
import { given, type Sourced } from '../../../domain/settings.ts';

interface Difference<T> {
  readonly to: T;
  readonly detail: Detail;
}

/** Undefined where nobody gave it, or it is so already. */
export function difference<T extends string | number>(
  field: string,
  setting: Sourced<T> | undefined,
  now: T | undefined,
): Difference<T> | undefined {
  const to = given(setting);
  if (!setting || to === undefined || to === now) return undefined;
  return { to, detail: { field, from: String(now ?? 'none'), to: String(to), origin: setting.origin } };
}

export function detailsOf(differences: readonly (Difference<unknown> | undefined)[]): Detail[] {
  return differences.flatMap((each) => each?.detail ?? []);
}

export function withoutAbsent<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
