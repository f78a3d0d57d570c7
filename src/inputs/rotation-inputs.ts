/** What is said to `rotate-token` alone. */
import { input } from './input.ts';
import { toggle } from './schemas.ts';

export const rotationInputs = {
  restarted: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'EC2: the apps that no --restart-command restarts were restarted by hand since they got the new password, so that the old one may go',
    group: 'operation',
    commands: ['rotate-token'],
  }),
};
