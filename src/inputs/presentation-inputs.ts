/** How a run speaks, and to whom. What it does is the same. */
import { CLIENTS } from '../domain/clients.ts';
import { COMMANDS, input } from './input.ts';
import { oneOf, text, toggle } from './schemas.ts';

const group = 'everywhere';

export const presentationInputs = {
  format: input({
    shape: 'value',
    placeholder: '<how>',
    schema: oneOf('text', 'json', 'github'),
    default: 'text',
    help: 'text; json: as --json; github: text, with annotations and a job summary for GitHub Actions',
    group,
    commands: COMMANDS,
  }),
  progress: input({
    shape: 'value',
    placeholder: '<how>',
    schema: oneOf('bar', 'events', 'errors-only'),
    default: 'bar',
    help: 'bar: what runs is redrawn, on a terminal that can; events: a line for each piece of news, as in a log or for a screen reader; errors-only: warnings and failures alone',
    group,
    commands: COMMANDS,
  }),
  notify: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'ring the bell and have the terminal notify you when the run waits for an answer, ends or fails',
    group,
    commands: [
      'setup',
      'rollback',
      'destroy',
      'snapshot create',
      'snapshot restore',
      'rotate-token',
      'scale',
    ],
  }),
  client: input({
    shape: 'value',
    placeholder: '<library>',
    schema: oneOf(...CLIENTS),
    help: `show how this library connects to the cache that there is: ${CLIENTS.join(', ')} (default: what the variables and the image suggest)`,
    group: 'operation',
    commands: ['setup', 'status'],
  }),
  save: input({
    shape: 'value',
    placeholder: '<file>',
    schema: text,
    help: 'write what was answered and given as a config file, for --config',
    group: 'operation',
    commands: ['setup', 'plan'],
    question: 'As which file is it to be saved?',
  }),
  detach: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'only begin the caches that are to be created, with what they need, say how to go on, and end; nothing of the app is touched yet',
    group: 'operation',
    commands: ['setup'],
  }),
};
