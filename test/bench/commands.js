/**
 * Each command on one project: how many calls it makes, how many of them one after another, and the time it takes for
 * itself, which is measured at an endpoint that has seen the same calls answered once and answers them at once.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, SPEED, through, withLocalAws } from './local-aws.js';
import { OURS, ROOT, run, sideBySide, temporaryFolder } from './measuring.js';
import { atMost, milliseconds, times } from './report.js';
import { NODE } from './start.js';
import { askedOnce, longestChain, openWire } from './wire.js';

const GOAL = 2.5;
/** Long beside what the client does between two calls, so that what could be asked at once is seen to be. */
const ROUND_TRIP_MS = 50;

const FIRST = ['plan', 'setup'];
const CONVERGED = ['plan', 'setup', 'status', 'verify --lint', 'verify'];
const OWN_TIME = ['plan', 'verify --lint', 'verify'];

const argumentsOf = (name) => [
  ...name.split(' '),
  ...PROJECT,
  ...(name === 'setup' ? ['--yes'] : []),
  '--json',
];

export async function commandFigures({ laboratory, guideCalls }) {
  const folder = temporaryFolder();
  const scripts = {};
  const { rows, wire, env } = await withLocalAws(async (account) => {
    const wire = await openWire(account.endpointUrl, { delayMs: ROUND_TRIP_MS, recording: true });
    const env = through(wire, account);
    const counted = async (name, when) => {
      wire.calls.length = 0;
      await run([...laboratory.fastClient(SPEED), ...argumentsOf(name)], { env });
      return countRow(name, when, wire.calls, guideCalls);
    };
    const rows = [];
    for (const name of FIRST) rows.push(await counted(name, 'first run'));
    for (const name of CONVERGED) {
      rows.push(await counted(name, 'nothing to do'));
      scripts[name] = join(folder, `${name}.json`);
      const calls = askedOnce(wire.calls).map((call) => ({ ...call, body: call.body.toString('utf8') }));
      writeFileSync(scripts[name], JSON.stringify(calls));
    }
    return { rows, wire, env };
  });
  wire.replaying = true;
  try {
    return { counts: rows, ownTime: await ownTime(wire, env, scripts) };
  } finally {
    wire.close();
  }
}

function countRow(name, when, calls, guideCalls) {
  const anew = askedOnce(calls);
  return {
    what: `calls of \`${name}\`, ${when}`,
    figure: `${anew.length}, ${longestChain(anew).length} of them one after another; ${calls.length - anew.length} asked again`,
    against: guideCalls && name === 'setup' ? `\`aws\` script: ${guideCalls}, all one after another` : '',
  };
}

async function ownTime(wire, env, scripts) {
  const timed = (command) => async () => (await run(command, { env })).ms;
  const measurements = { node: timed(NODE) };
  for (const name of OWN_TIME) {
    measurements[name] = timed([...OURS, ...argumentsOf(name)]);
    measurements[`${name} by SDK`] = timed([
      process.execPath,
      join(ROOT, 'test', 'bench', 'sdk-script.js'),
      scripts[name],
    ]);
  }
  const measured = await sideBySide(measurements, { rounds: 5 });
  if (wire.unknown > 0)
    throw new Error(`${wire.unknown} calls were not answered: they were never made before`);
  return OWN_TIME.flatMap((name) => ownTimeRows(name, measured));
}

function ownTimeRows(name, { node, [name]: figure, [`${name} by SDK`]: script }) {
  const what = `\`${name}\`, nothing to do, without round trips`;
  const ratio = figure.median / node.median;
  const written = milliseconds(figure);
  return [
    {
      what,
      figure: written,
      against: `\`node -e 0\`: ${milliseconds(node)}`,
      ratio: times(ratio),
      ...atMost(GOAL, ratio, times),
    },
    {
      what,
      figure: written,
      against: `the same calls by the unbundled SDK: ${milliseconds(script)}`,
      ratio: times(figure.median / script.median),
    },
  ];
}
