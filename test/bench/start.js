/** What it takes to start: Node itself, the words that need no account, and the AWS CLI beside them. */
import { closeSync, openSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { OURS, run, sideBySide } from './measuring.js';
import { atMost, milliseconds, times } from './report.js';

const GOAL = 1.25;
export const NODE = [process.execPath, '-e', '0'];

export async function startFigures({ aws }) {
  const timed = (command) => async () => (await run(command)).ms;
  const { node, cli, ...ours } = await sideBySide(
    {
      node: timed(NODE),
      '--version': timed([...OURS, '--version']),
      '--help': timed([...OURS, '--help']),
      'completion bash': timed([...OURS, 'completion', 'bash']),
      'complete -- setup --eng': timed([...OURS, 'complete', '--', 'setup', '--eng']),
      ...(aws && { cli: timed([aws, '--version']) }),
    },
    { rounds: 15 },
  );
  const rows = Object.entries(ours).map(([name, figure]) => {
    const ratio = figure.median / node.median;
    const against = `\`node -e 0\`: ${milliseconds(node)}`;
    const goal = atMost(GOAL, ratio, times);
    return { what: `\`${name}\``, figure: milliseconds(figure), against, ratio: times(ratio), ...goal };
  });
  const version = ours['--version'];
  rows.push({
    what: '`--version`',
    figure: milliseconds(version),
    against: cli
      ? `\`aws --version\`: ${milliseconds(cli)}`
      : '`aws --version`: not measured, not on the PATH',
    ratio: cli ? times(version.median / cli.median) : '',
  });
  return rows;
}

/** The AWS CLI on the PATH; of a version manager's scripts, which take time of their own, the one behind them. */
export function awsOnPath() {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'aws'));
  const programs = found.filter((file) => firstLine(file) !== undefined);
  return {
    aws: programs.find((file) => !isShellScript(file)) ?? programs[0],
    shim: programs.every(isShellScript),
  };
}

const isShellScript = (file) => /^#!.*\b(ba|da|z)?sh\b/.test(firstLine(file));

function firstLine(file) {
  try {
    const descriptor = openSync(file);
    const start = Buffer.alloc(80);
    const length = readSync(descriptor, start);
    closeSync(descriptor);
    return start.toString('latin1', 0, length).split('\n')[0];
  } catch {
    return undefined;
  }
}
