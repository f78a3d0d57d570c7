/** What is handed out is one of two passwords, both of which let in. */
import type { CheckResult } from '../../domain/check.ts';
import { warn } from '../question.ts';

export function rotating(what: string): CheckResult {
  return warn(
    `${what} holds the password from before a rotation that is under way: both let in`,
    'Bring the rotation to its end: elasticache-wizard rotate-token.',
  );
}
