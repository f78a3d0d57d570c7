/** What is said to `connect` alone: through whom, and where it ends on this machine. */
import { input } from './input.ts';
import { pattern, wholeNumber } from './schemas.ts';

const group = 'operation';
const commands = ['connect'] as const;

export const connectInputs = {
  through: input({
    shape: 'value',
    placeholder: '<way>',
    schema: pattern(
      /^(task|instance|ssh|i-[0-9a-f]{8,17})$/,
      'must be task, instance, ssh or the id of an instance (i-…)',
    ),
    help: 'who passes the packets on: a task of the app (ECS Exec), an instance (SSM agent), an instance id, or ssh (default: the first that is fit)',
    group,
    commands,
  }),
  bastion: input({
    shape: 'value',
    placeholder: '<user@host>',
    // It stands among the arguments of ssh, where a hyphen would begin an option.
    schema: pattern(
      /^([\w.][\w.-]*@)?[A-Za-z0-9][\w.-]*$/,
      'must be user@host, or a host that the configuration of ssh knows',
    ),
    help: 'with --through ssh: the machine that ssh goes through',
    group,
    commands,
  }),
  localPort: input({
    shape: 'value',
    placeholder: '<port>',
    schema: wholeNumber(1, 65_535),
    help: 'where the tunnel listens on 127.0.0.1 (default: any free port)',
    group,
    commands,
  }),
};
