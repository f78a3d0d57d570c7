/** What is said to `snapshot` alone. */
import { input } from './input.ts';
import { text, toggle } from './schemas.ts';

const group = 'operation';

/** AWS keeps them in lower case; those that it takes itself have a dot after `automatic`, and are named as they are. */
const snapshotName = text
  .transform((name) => name.toLowerCase())
  .refine(
    (name) => name.length <= 255 && /^(automatic\.)?[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name),
    'must be 1 to 255 letters, digits and single hyphens, begin with a letter and not end with a hyphen',
  );

export const snapshotInputs = {
  snapshotName: input({
    shape: 'value',
    placeholder: '<name>',
    schema: snapshotName,
    help: 'the snapshot (create makes a name of the cache and the time)',
    group,
    commands: ['snapshot create', 'snapshot restore', 'snapshot delete'],
    requiredBy: ['snapshot restore', 'snapshot delete'],
    question: 'Which snapshot?',
  }),
  move: input({
    shape: 'on',
    schema: toggle,
    default: false,
    help: 'then move the services that use the old cache to the new one, as setup does: probe, rollout, checks',
    group,
    commands: ['snapshot restore'],
  }),
};
