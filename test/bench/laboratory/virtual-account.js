/**
 * A local AWS on virtual time. Its ready line is that of `sandbox`; then each line on stdin is answered by one on stdout:
 * `["setup", ...]` runs a command on the same clock, `{"advanceMs": 15000}` lets time pass for a program that waits
 * elsewhere, `"now"` only says what time it is.
 */
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createAws } from '../../../src/aws/clients.ts';
import { run } from '../../../src/cli/run.ts';
import { VirtualClock } from '../../../src/clock.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { collabcanvas } from '../../../src/sandbox/scenarios/collabcanvas.ts';
import { ownChildren } from '../../../src/tunnel/children.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const programsFolder = process.argv[2];
const clock = new VirtualClock();
const sandbox = await startSandbox({ scenario: collabcanvas({ programsFolder }), programsFolder, clock });
const { env, endpointUrl, region, controlToken, appUrl } = sandbox;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function command(argv) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = Promise.all([text(stdout), text(stderr)]);
  const startedAt = clock.now();
  const exitCode = await run({
    argv,
    env: {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    terminal: { stdin: false, stdout: false, stderr: false },
    clock,
    signal: new AbortController().signal,
    version: '0.0.0',
    programsFolder,
    children: ownChildren({ foreground: ['ignore', 'ignore', 'ignore'], terminal: false }),
    connect: () => {
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
      const credentials = { accessKeyId, secretAccessKey };
      return Promise.resolve(createAws({ region, endpointUrl, credentials, clock }));
    },
  });
  const ms = clock.now() - startedAt;
  stdout.end();
  stderr.end();
  const [, said] = await texts;
  return { exitCode, ms, startedAt, said: exitCode === 0 ? '' : said };
}

async function answer(asked) {
  if (Array.isArray(asked)) return command(asked);
  if (asked !== 'now') await clock.advance(asked.advanceMs);
  return { now: clock.now() };
}

say({ endpointUrl, region, env, appUrl, controlToken });
const lines = createInterface({ input: process.stdin });
process.once('SIGINT', () => lines.close());
for await (const line of lines) say(await answer(JSON.parse(line)));
await sandbox.close();
process.stdin.destroy();
