/** Which app, and how it is handed its cache. */
import { input, PROJECT_COMMANDS, UNDO_COMMANDS } from './input.ts';
import { ecsName, oneOf, pattern, text, toggle, wholeNumber } from './schemas.ts';

const commands = PROJECT_COMMANDS;
const naming = [...PROJECT_COMMANDS, ...UNDO_COMMANDS, 'policy'] as const;
const changing = ['setup', 'plan'] as const;

export const appInputs = {
  ecsCluster: input({
    shape: 'value',
    placeholder: '<name>',
    aliases: ['--cluster'],
    schema: ecsName,
    help: 'the ECS cluster that the app runs in',
    group: 'app',
    commands: naming,
    requiredBy: commands,
    question: 'Which ECS cluster does the app run in?',
  }),
  service: input({
    shape: 'value',
    placeholder: '<name>',
    aliases: ['--service-name'],
    schema: ecsName,
    help: 'the ECS service of the app',
    group: 'app',
    commands: naming,
    requiredBy: commands,
    question: 'Which service is to get the cache?',
  }),
  container: input({
    shape: 'value',
    placeholder: '<name>',
    aliases: ['--container-name'],
    schema: ecsName,
    help: 'the container that gets the variables (default: the one behind the load balancer)',
    group: 'app',
    commands,
    question: 'Which container is to get the variables?',
  }),
  envVar: input({
    shape: 'value',
    placeholder: '<NAME>',
    schema: pattern(
      /^[A-Za-z_][A-Za-z0-9_]*$/,
      'must be letters, digits and underscores and not begin with a digit',
    ),
    default: 'REDIS_URL',
    help: 'the variable that carries the URL of the cache; named here, it replaces a value that the app has',
    group: 'delivery',
    commands,
  }),
  onFailure: input({
    shape: 'value',
    placeholder: '<what>',
    schema: oneOf('rollback', 'keep'),
    default: 'rollback',
    help: 'when the new revision does not become healthy: rollback puts the service back, keep leaves it',
    group: 'delivery',
    commands: ['setup'],
  }),
  stickiness: input({
    shape: 'switch',
    schema: toggle,
    default: true,
    help: 'turn on load balancer cookies where no stickiness is on',
    group: 'stickiness',
    commands: [...changing, 'verify', 'status'],
  }),
  stickinessSeconds: input({
    shape: 'value',
    placeholder: '<n>',
    schema: wholeNumber(1, 604_800),
    default: 3600,
    help: 'how long a cookie of the load balancer holds',
    group: 'stickiness',
    commands: [...changing, 'verify', 'status'],
  }),
  project: input({
    shape: 'value',
    placeholder: '<name>',
    schema: text.regex(
      /^[A-Za-z0-9][A-Za-z0-9 _.:/=+\-@]{0,127}$/,
      'must be 1 to 128 letters, digits, spaces and _.:/=+-@',
    ),
    help: 'the name under which all that is ours is tagged (default: the name of the service)',
    group: 'everywhere',
    commands: naming,
    requiredBy: UNDO_COMMANDS,
    question: 'Which project?',
  }),
};
