/** The composition root: alone reads `process`, builds clients and sets the exit code. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { watchInterrupts } from './cli/interrupt.ts';
import { run } from './cli/run.ts';
import type { AwsTarget, Connect } from './cli/world.ts';
import { systemClock } from './clock.ts';
import { asWizardError, formatError } from './output/format-error.ts';
import { paintWith } from './output/paint.ts';
import { ownChildren } from './tunnel/children.ts';

// The SDK warns at each start that it will leave this Node version; whoever runs a bundle can do nothing about it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Loaded only when an account is asked: four clients cost more time than all the rest. */
const connect: Connect = async ({ region: given, profile, endpointUrl, clock, credentials }: AwsTarget) => {
  const { createAws } = await import('./aws/clients.ts');
  const { resolveRegion } = await import('./aws/region.ts');
  const region = await resolveRegion({ region: given, profile });
  return createAws({ region, profile, endpointUrl, clock, credentials, version: readVersion() });
};

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}

const { stdin, stdout, stderr, env, argv } = process;

// A reader that has seen enough (`| head -1`), or a terminal that was closed, is no failure of ours.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

/** What nobody waited for: of such an error Node shows all that it finds in it, and so what was asked of AWS. */
process.on('uncaughtException', (thrown) => {
  const error = asWizardError(thrown);
  stderr.write(`${formatError(error, paintWith(false), argv.includes('--debug')).join('\n')}\n`);
  process.exit(error.exitCode);
});

/** A closed terminal ends us as a termination does. */
function heedHangUp(): void {
  if (process.listenerCount('SIGHUP') === 0) process.on('SIGHUP', () => process.emit('SIGTERM', 'SIGTERM'));
}

// Whoever says nohup is to be heeded, who then has no terminal; but not while other programs depend on us.
if (stderr.isTTY) heedHangUp();
const children = ownChildren({
  foreground: [0, 1, 2],
  terminal: stdin.isTTY,
  signalGroup: process.platform === 'win32' ? undefined : (leader, signal) => process.kill(-leader, signal),
  began: heedHangUp,
});
// However we end, none of them is left.
process.on('exit', () => children.kill());

/** The second Ctrl-C: whoever presses it does not want to wait for a clean end. */
const endAtOnce = (exitCode: number): void => process.exit(exitCode);

process.exitCode = await run({
  argv: argv.slice(2),
  env,
  stdin,
  stdout,
  stderr,
  terminal: { stdin: stdin.isTTY, stdout: stdout.isTTY, stderr: stderr.isTTY },
  clock: systemClock(),
  signal: watchInterrupts(process, Date.now, endAtOnce, () => children.interrupt()),
  onExit: (last) => process.once('exit', last),
  version: readVersion(),
  programsFolder: fileURLToPath(new URL('./programs/', import.meta.url)),
  connect,
  children,
});
