/** How the cache is reached from this machine. */
import { LEAVE_ONE_OUT, type Rule } from './rule.ts';

export const CONNECT_RULES: readonly Rule[] = [
  ({ inputs: { through, bastion }, name, say, said }) =>
    through?.value === 'ssh' &&
    bastion === undefined && {
      problem: `${said('through')} goes through a machine that nobody has named`,
      fix: `Add ${say('bastion', 'user@host')}, instead of which ${name('through')} can be task, instance or i-….`,
    },
  ({ inputs: { through, bastion }, name, said }) =>
    through !== undefined &&
    through.value !== 'ssh' &&
    bastion !== undefined && {
      problem: `${name('bastion')} has no meaning with ${said('through')}`,
      fix: LEAVE_ONE_OUT,
    },
];
