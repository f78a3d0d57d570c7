/** The guide's whole work: done by its AWS CLI script, and by one setup, plan and checks included. */
import { dirname, join } from 'node:path';
import { callsOf, PROJECT, withLocalAws } from './local-aws.js';
import { processorTime, ROOT, sideBySide } from './measuring.js';
import { atLeast, seconds, times } from './report.js';

const GOAL = 20;
const ROUNDS = 3;
/** The speed of our waits: it then looks as often as the script does, every 0.5 to 0.8 s, on an AWS that is faster. */
const PATIENCE = 30;
export const GUIDE = join(ROOT, 'test', 'bench', 'guide.sh');

/** Each on an account of its own. What a client itself takes is the time of its processors: AWS's time is not in it. */
export async function guideFigures({ aws, laboratory }) {
  let calls = 0;
  const onFreshAccount = (command, env = {}) =>
    withLocalAws(async (account) => {
      const ms = await processorTime(command, { env: { ...account.env, ...env } });
      if (command[0] === GUIDE) calls = (await callsOf(account)).length;
      return ms;
    });
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
