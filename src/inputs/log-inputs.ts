/** What is said to `logs` alone. */
import { input } from './input.ts';
import { moment, toggle } from './schemas.ts';

const group = 'operation';
const commands = ['logs'] as const;

export const logInputs = {
  since: input({
    shape: 'value',
    placeholder: '<when>',
    schema: moment,
    help: 'from when: a time ago (30m, 2h, 3d) or a moment (2026-11-21T02:10Z); default: the last rollout',
    group,
    commands,
  }),
  follow: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'go on with what is written from now on, until Ctrl-C',
    group,
    commands,
  }),
  all: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'every line, not only those that concern the cache',
    group,
    commands,
  }),
};
