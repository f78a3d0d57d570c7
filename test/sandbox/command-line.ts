/** The whole command line in the test's own process, on the sandbox's clock: ten minutes of AWS take a moment. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createAws, type AwsOptions } from '../../src/aws/clients.ts';
import { run } from '../../src/cli/run.ts';
import type { Clock } from '../../src/clock.ts';
import { WizardError } from '../../src/errors.ts';
import type { Result } from '../../src/output/result.ts';
import { ownChildren, type Children } from '../../src/tunnel/children.ts';
import type { SandboxAccount } from '../../src/sandbox/sandbox.ts';

export const PROGRAMS = `${process.cwd()}/dist/programs/`;

/** What the reader would type for CollabCanvas. */
export const COLLABCANVAS = [
  '--ecs-cluster',
  'collabcanvas',
  '--service',
  'collabcanvas-backend',
  '--cache-name',
  'collabcanvas-redis',
];

/** How the canvas app shows its symptom. */
export const REFRESH = [
  '--refresh-path',
  '/api/projects/demo/objects/count',
  '--refresh-value',
  '$.count',
  '--task-header',
  'x-task-id',
];

export interface Ended {
  readonly exitCode: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly result: Result;
  readonly stderr: string;
}

/** Not so often that most of a run's calls were the same question again. */
const PACE = { ELASTICACHE_WIZARD_POLL_INTERVAL: '60' };

/** Runs a command with --json and without a terminal. */
export async function commandLine(
  argv: readonly string[],
  { env }: Pick<SandboxAccount, 'env'>,
  clock: Clock,
  signal: AbortSignal = new AbortController().signal,
  timeouts?: AwsOptions['timeouts'],
  variables: Readonly<Record<string, string>> = {},
  children: Children = ownChildren({ foreground: ['ignore', 'ignore', 'ignore'], terminal: false }),
): Promise<Ended> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = Promise.all([text(stdout), text(stderr)]);
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  const exitCode = await run({
    argv: withJson(argv),
    env: { ...PACE, ...variables },
    stdin: new PassThrough(),
    stdout,
    stderr: stderr as never,
    terminal: { stdin: false, stdout: false, stderr: false },
    clock,
    signal,
    version: '0.0.0',
    programsFolder: PROGRAMS,
    children,
    connect: (target) =>
      Promise.resolve(
        createAws({
          region: target.region ?? region,
          endpointUrl,
          credentials: { accessKeyId, secretAccessKey },
          clock,
          retryDelay: () => 0,
          timeouts,
        }),
      ),
  });
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  const lines = out.trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const result = events.at(-1);
  if (result?.type !== 'result') throw new Error(`The last line is no result: ${lines.at(-1) ?? ''}`);
  return { exitCode, events, result: result as unknown as Result, stderr: err };
}

/** Behind two hyphens stand the words of another program. */
function withJson(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return [...argv.slice(0, end), '--json', ...argv.slice(end)];
}

export function interrupted(): WizardError {
  return new WizardError('Interrupted', 'Interrupted');
}
