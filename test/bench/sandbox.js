/** The local AWS: until it is ready, and the demonstration that runs in it. */
import { withLocalAws } from './local-aws.js';
import { OURS, run, sideBySide } from './measuring.js';
import { atMost, milliseconds, seconds, times } from './report.js';

const START_GOAL_MS = 1000;
/** `demo` runs its AWS this much faster. */
const DEMO_SPEED = 120;

/** `setupMs`: how long AWS takes for what the demonstration shows. */
export async function sandboxFigures({ setupMs }) {
  const untilReady = () => {
    const startedAt = performance.now();
    return withLocalAws(() => performance.now() - startedAt, [...OURS, 'sandbox']);
  };
  const { sandbox } = await sideBySide({ sandbox: untilReady }, { rounds: 5 });
  const { demo } = await sideBySide(
    { demo: async () => (await run([...OURS, 'demo'])).ms },
    { rounds: 3, warmUp: false },
  );
  return [
    {
      what: '`sandbox`, until it is ready',
      figure: milliseconds(sandbox),
      ...atMost(START_GOAL_MS, sandbox.median, seconds),
    },
    {
      what: '`demo`, all of it',
      figure: `${seconds(demo.median)} (${seconds(demo.fastest)} to ${seconds(demo.slowest)})`,
      against: `its clock: ${seconds(setupMs / DEMO_SPEED)} for ${Math.round(setupMs / 60_000)} minutes of AWS`,
      ratio: times((demo.median * DEMO_SPEED) / setupMs),
    },
  ];
}
