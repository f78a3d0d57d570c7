/** How a run speaks. */
import { LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const PRESENTATION_RULES: readonly Rule[] = [
  ({ inputs: { format, json }, said }) =>
    json.value &&
    format.value !== 'json' && {
      problem: `${said('json')} and ${said('format')} are two ways of speaking, and a run has one`,
      fix: LEAVE_ONE_OUT,
    },
];
