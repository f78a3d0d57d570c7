/** One thing of a project that may have drifted. Looking only reads; where it may not look, it says so. */
import type { Drift, DriftKind, Observation } from '../domain/drift.ts';
import { WizardError } from '../errors.ts';

export interface Observer {
  readonly kind: DriftKind;
  readonly name: string;
  look(): Promise<readonly Observation[]>;
}

export async function observeAll(observers: readonly Observer[]): Promise<Observation[]> {
  const observations = await Promise.all(observers.map(observe));
  return observations.flat();
}

/** What one of them may not see must not hide what the others do. */
async function observe(observer: Observer): Promise<readonly Observation[]> {
  const { kind, name } = observer;
  try {
    return await observer.look();
  } catch (error) {
    if (!(error instanceof WizardError) || isEnd(error)) throw error;
    return [{ outcome: 'unseen', kind, name, what: error.message }];
  }
}

function isEnd({ code }: WizardError): boolean {
  return code === 'Interrupted' || code === 'Terminated';
}

/** `more` leaves out what is undefined. */
export function drift(
  subject: Pick<Drift, 'kind' | 'name'>,
  what: string,
  command: readonly string[],
  more: { [K in 'was' | 'now' | 'by']?: string | undefined } = {},
): Observation {
  const { kind, name } = subject;
  const { was, now, by } = more;
  return {
    outcome: 'drift',
    kind,
    name,
    what,
    ...(was === undefined ? {} : { was }),
    ...(now === undefined ? {} : { now }),
    ...(by === undefined ? {} : { by }),
    command,
  };
}

export function note(subject: Pick<Drift, 'kind' | 'name'>, what: string, by?: string): Observation {
  const { kind, name } = subject;
  return { outcome: 'note', kind, name, what, ...(by === undefined ? {} : { by }) };
}
