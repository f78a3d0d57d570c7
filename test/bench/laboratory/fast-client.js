/** elasticache-wizard on a fast clock: its programs' folder, the speed, then its own arguments. */
import { createAws } from '../../../src/aws/clients.ts';
import { run } from '../../../src/cli/run.ts';
import { systemClock } from '../../../src/clock.ts';
import { ownChildren } from '../../../src/tunnel/children.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const { stdin, stdout, stderr, env } = process;
const [programsFolder, speed, ...argv] = process.argv.slice(2);
process.exitCode = await run({
  argv,
  env,
  stdin,
  stdout,
  stderr,
  terminal: { stdin: false, stdout: false, stderr: false },
  clock: systemClock(Number(speed)),
  signal: new AbortController().signal,
  version: '0.0.0',
  programsFolder,
  children: ownChildren({ foreground: ['ignore', 'ignore', 'ignore'], terminal: false }),
  connect: ({ clock }) => Promise.resolve(createAws({ region: env.AWS_REGION, clock })),
});
