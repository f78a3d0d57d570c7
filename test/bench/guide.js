/** The guide's whole work: done by its AWS CLI script, and by one setup, plan and checks included. */
import { dirname, join } from 'node:path';
import { passTime, PROJECT, through, withLocalAws } from './local-aws.js';
import { processorTime, ROOT, sideBySide } from './measuring.js';
import { atLeast, seconds, times } from './report.js';
import { openWire } from './wire.js';

const GOAL = 20;
const ROUNDS = 3;
/** The speed of our waits, of which there are few: each look finds that what it waits for is over. */
const PATIENCE = 30;
/** Longer than anything that AWS does here. */
const ALL_OVER_MS = 10 * 60_000;
export const GUIDE = join(ROOT, 'test', 'bench', 'guide.sh');

/**
 * Each on an account of its own that answers at once: all time of AWS has passed when it is looked at again. What is
 * left is what the client itself takes of the processors.
 */
export async function guideFigures({ aws, laboratory }) {
  let calls = 0;
  const onFreshAccount = (command, env = {}) =>
    withLocalAws(async (account) => {
      const wire = await openWire(account.endpointUrl, { settle: () => passTime(account, ALL_OVER_MS) });
      try {
        return await processorTime(command, { env: { ...through(wire, account), ...env } });
      } finally {
        if (command[0] === GUIDE) calls = wire.calls.length;
        wire.close();
      }
    }, laboratory.virtualAccount);
  const setup = [...laboratory.fastClient(PATIENCE), 'setup', ...PROJECT, '--yes', '--json'];
  const { ours, guide } = await sideBySide(
    {
      ours: () => onFreshAccount(setup),
      ...(aws && {
        guide: () => onFreshAccount([GUIDE], { PATH: `${dirname(aws)}:${process.env.PATH}` }),
      }),
    },
    { rounds: ROUNDS, warmUp: false },
  );
  const what = 'the guide’s whole work, processor time of the client, plan and checks included';
  const figure = `${seconds(ours.median)} (${seconds(ours.fastest)} to ${seconds(ours.slowest)})`;
  if (!guide) return { rows: [{ what, figure, against: '`aws` script: not measured, not on the PATH' }] };
  const ratio = guide.median / ours.median;
  const against = `\`aws\` script: ${seconds(guide.median)} (${seconds(guide.fastest)} to ${seconds(guide.slowest)})`;
  return { rows: [{ what, figure, against, ratio: times(ratio), ...atLeast(GOAL, ratio, times) }], calls };
}
