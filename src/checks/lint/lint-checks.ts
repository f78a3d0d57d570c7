/** All questions of `verify --lint` beside the ladder's own: each is asked once, of all caches and apps of the project. */
import { LINT_CHECKS, type LintId } from '../../domain/check.ts';
import type { Check } from '../check.ts';
import { alarms } from './alarms.ts';
import { availability } from './availability.ts';
import { backups } from './backups.ts';
import { credentials } from './credentials.ts';
import { encryption } from './encryption.ts';
import { endpoint } from './endpoint.ts';
import { engine } from './engine.ts';
import { eviction } from './eviction.ts';
import { exposure } from './exposure.ts';
import type { LintContext } from './lint-context.ts';

const LINTS: Readonly<Record<LintId, (context: LintContext) => Check>> = {
  exposure,
  credentials,
  encryption,
  availability,
  backups,
  endpoint,
  eviction,
  alarms,
  engine,
};

export function lintChecks(context: LintContext): Check[] {
  return LINT_CHECKS.map((id) => LINTS[id](context));
}
