/** For programs: one event a line. */
import type { Renderer } from '../engine/events.ts';
import { WizardError } from '../errors.ts';

export function jsonRenderer(write: (line: string) => void): Renderer {
  return {
    render: (event) => write(toJsonLine(event)),
    suspend: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  };
}

export function toJsonLine(value: object): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member instanceof WizardError
      ? { code: member.code, message: member.message, hint: member.hint }
      : member,
  );
}
