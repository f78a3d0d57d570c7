/**
 * What the tool itself costs, beside what people would use instead: each figure with its baseline, measured in turns on
 * the same machine in one run. Uses the built bundle and the local AWS; nothing leaves this machine. It never fails for
 * a slow second: it says what was to be reached, and marks what was not. With --write the table goes into the README.
 */
import { commandFigures } from './commands.js';
import { crowdFigures } from './crowd.js';
import { guideFigures } from './guide.js';
import { buildLaboratory } from './laboratory.js';
import { packageFigures } from './package.js';
import { machine, tableOf, writeIntoReadme } from './report.js';
import { sandboxFigures } from './sandbox.js';
import { awsOnPath, startFigures } from './start.js';
import { waitingFigures } from './waiting.js';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const { words, busy } = machine();
const { aws, shim } = awsOnPath();
say(words);
if (busy) say('this machine is busy: the times below say more of it than of us');
if (shim && aws)
  say(`${aws} is a script before the AWS CLI, and its time counts too: put the CLI's own folder first`);

const startedAt = performance.now();
const laboratory = await buildLaboratory();

async function subject(name, measure) {
  say(`${name} ...`);
  return measure();
}

const start = await subject('start', () => startFigures({ aws }));
const guide = await subject('the guide', () => guideFigures({ aws, laboratory }));
const commands = await subject('commands', () => commandFigures({ laboratory, guideCalls: guide.calls }));
const weight = await subject('package', () => packageFigures({ laboratory }));
const waiting = await subject('waiting', () => waitingFigures({ aws, laboratory }));
const crowd = await subject('a crowded account', crowdFigures);
const sandbox = await subject('sandbox', () => sandboxFigures(waiting));

const rows = [
  ...start,
  ...commands.ownTime,
  ...guide.rows,
  ...weight,
  ...commands.counts,
  ...waiting.rows,
  ...crowd,
  ...sandbox,
];
const missed = rows.filter((row) => row.missed).length;
const notes = [
  `${words}${busy ? ' (busy)' : ''}; medians, with the fastest and the slowest run; ${rows.length} figures, ${missed} of them beyond their goal.`,
  `Round trips are taken out by an endpoint that has seen the same calls answered once; the guide and \`setup\` are compared by processor time, on an AWS that has done everything when it is looked at again; waiting is measured on virtual time, as slow as AWS. What a wait looks at again counts as asked again.`,
];
const text = `${tableOf(rows)}\n\n${notes.join(' ')}`;
process.stdout.write(`${text}\n`);
say(`took ${Math.round((performance.now() - startedAt) / 1000)} s`);
if (process.argv.includes('--write')) writeIntoReadme(text);
