/** GitHub Actions: the workflow of docs/ci.md as it stands, on a local AWS, and what GitHub is told. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createAws } from '../../src/aws/clients.ts';
import { run } from '../../src/cli/run.ts';
import { VirtualClock } from '../../src/clock.ts';
import { annotation, inert } from '../../src/output/github-commands.ts';
import { appendSummary } from '../../src/output/github-summary-file.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { ownChildren } from '../../src/tunnel/children.ts';
import { closeGroup } from '../sandbox/account-calls.ts';
import { COLLABCANVAS, PROGRAMS } from '../sandbox/command-line.ts';
import { inertCanvas, quickSandbox } from '../sandbox/quick-account.ts';

const CONFIG = `project: backend
caches:
  - name: collabcanvas-redis
consumers:
  - ecsCluster: collabcanvas
    service: collabcanvas-backend
    variables: { REDIS_URL: '{url}' }
checks:
  refreshPath: /api/projects/demo/objects/count
  refreshValue: $.count
`;

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}
type Pipeline = Readonly<Record<string, { readonly script?: readonly string[] }>>;

const workflow = parse(readFileSync('templates/ci/github-actions.yaml', 'utf8')) as Workflow;
const pipeline = parse(readFileSync('templates/ci/gitlab-ci.yaml', 'utf8')) as Pipeline;

const clock = new VirtualClock();
const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
const config = join(folder, 'cache.yaml');
const summaryFile = join(folder, 'summary.md');
let sandbox: Sandbox;

beforeAll(async () => {
  writeFileSync(config, CONFIG);
  sandbox = await quickSandbox({ scenario: inertCanvas(), clock });
  // What npx does once the package is fetched.
  const npx = join(folder, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\nshift 2\nexec "${process.execPath}" "${process.cwd()}/bin/elasticache-wizard.cjs" "$@"\n`,
  );
  chmodSync(npx, 0o755);
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What was added to the summary of the job. */
  readonly summary: string;
}

async function summarised(work: () => Promise<Omit<Ended, 'summary'>>): Promise<Ended> {
  writeFileSync(summaryFile, '');
  const ended = await work();
  return { ...ended, summary: readFileSync(summaryFile, 'utf8') };
}

function commandOf(job: string): string {
  return workflow.jobs[job]?.steps.find(({ run: command }) => command !== undefined)?.run ?? '';
}

/** As the runner does: bash, which ends at the first command that fails. */
function inShell(command: string): Promise<Ended> {
  return summarised(
    () =>
      new Promise((resolve, reject) => {
        const child = spawn('bash', ['-e', '-c', command], {
          cwd: folder,
          env: {
            PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
            ...sandbox.env,
            ...{ CI: 'true', GITHUB_ACTIONS: 'true', FORCE_COLOR: '1', GITHUB_STEP_SUMMARY: summaryFile },
          },
        });
        const texts = Promise.all([text(child.stdout), text(child.stderr)]);
        child.on('error', reject);
        child.on('close', (exitCode) => {
          void texts.then(([stdout, stderr]) => resolve({ exitCode, stdout, stderr }));
        });
      }),
  );
}

/** On the clock of the sandbox, so that its waits take no time. */
function onClock(argv: readonly string[], summary: string | undefined = summaryFile): Promise<Ended> {
  return summarised(async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const texts = Promise.all([text(stdout), text(stderr)]);
    const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = sandbox.env;
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env;
    const exitCode = await run({
      argv,
      env: {
        ...{ CI: 'true', FORCE_COLOR: '1', ELASTICACHE_WIZARD_POLL_INTERVAL: '30' },
        GITHUB_STEP_SUMMARY: summary,
      },
      stdin: new PassThrough(),
      stdout,
      stderr,
      terminal: { stdin: false, stdout: false, stderr: false },
      clock,
      signal: new AbortController().signal,
      version: '0.0.0',
      programsFolder: PROGRAMS,
      children: ownChildren({ foreground: ['ignore', 'ignore', 'ignore'], terminal: false }),
      connect: () => {
        const credentials = { accessKeyId, secretAccessKey };
        return Promise.resolve(createAws({ region, endpointUrl, credentials, clock, retryDelay: () => 0 }));
      },
    });
    stdout.end();
    stderr.end();
    const [out, err] = await texts;
    return { exitCode, stdout: out, stderr: err };
  });
}

/** The words behind the program's name, with this file in the place of the repository's. */
function argvOf(command: string): string[] {
  const words = command.split(' ');
  return words
    .slice(words.indexOf('elasticache-wizard') + 1)
    .map((word) => (word === 'cache.yaml' ? config : word));
}

const COLOUR = String.fromCharCode(27);

describe('the workflow', () => {
  test('stands in docs/ci.md word for word, as that of GitLab does', () => {
    const page = readFileSync('docs/ci.md', 'utf8');
    for (const file of ['github-actions.yaml', 'gitlab-ci.yaml']) {
      expect(page).toContain(readFileSync(`templates/ci/${file}`, 'utf8'));
    }
  });

  test('on a pull request plans, succeeds though changes are pending, and shows them with their price', async () => {
    const { exitCode, stdout, stderr, summary } = await inShell(commandOf('plan'));
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('::notice title=elasticache-wizard plan::Plan: 3 to create, 3 to update, $');
    expect(summary).toContain('### elasticache-wizard plan: 3 to create, 3 to update');
    expect(summary).toContain('| create | cache collabcanvas-redis | engine: redis 7.1 (default)<br>');
    expect(summary).toContain('- Price: $12.41 a month');
    expect(`${stdout}${stderr}${summary}`).not.toContain(COLOUR);
    expect(`${stdout}${stderr}${summary}`).not.toContain(sandbox.env.AWS_SECRET_ACCESS_KEY);
  });

  test('on main sets up, folds the steps, and says that it is proven', async () => {
    const { exitCode, stderr, summary } = await onClock(argvOf(commandOf('setup')));
    expect(exitCode, stderr).toBe(0);
    const lines = stderr.split('\n');
    expect(lines.indexOf('::group::Step by step')).toBeGreaterThan(0);
    expect(lines.indexOf('::endgroup::')).toBeGreaterThan(lines.indexOf('::group::Step by step'));
    expect(stderr).toContain('::notice title=elasticache-wizard setup::Proven: ');
    expect(stderr).not.toContain(COLOUR);
    expect(summary).toContain('### elasticache-wizard setup: ✔ proven');
    expect(summary).toMatch(/^\| update \| service collabcanvas-backend \| .* \| updated \|$/m);
    expect(summary).toContain('- ✔ **ping** PONG');
    expect(summary).toContain('elasticache-wizard rollback --project backend');
  });

  test('of GitLab plans with exit code 0 once nothing is pending, and sets up what is there already', async () => {
    for (const job of ['cache plan', 'cache setup']) {
      const { exitCode, stderr, summary } = await onClock(argvOf(pipeline[job]?.script?.[0] ?? ''));
      expect(exitCode, stderr).toBe(0);
      expect(stderr).not.toMatch(/^::/m);
      expect(summary).toBe('');
    }
  });
});

test('what is not proven has no tick, even where nothing failed', async () => {
  const { exitCode, stderr, summary } = await onClock(['verify', ...COLLABCANVAS, '--format', 'github']);
  expect(exitCode, stderr).toBe(0);
  expect(summary).toContain('### elasticache-wizard verify: done, not proven');
  expect(stderr).toContain('::warning title=elasticache-wizard verify::Not proven: refresh');
});

describe('a verify that fails', () => {
  let ended: Ended;

  beforeAll(async () => {
    await closeGroup('collabcanvas-redis-sg', sandbox, clock);
    ended = await onClock(['verify', ...COLLABCANVAS, '--format', 'github']);
  });

  test('names its root cause and what mends it in one error, and has no tick that is not earned', () => {
    const { exitCode, stderr, summary } = ended;
    expect(exitCode).toBe(6);
    expect(stderr.match(/^::error /gm)).toHaveLength(1);
    expect(stderr).toMatch(
      /^::error title=root cause%3A ingress::Seen: .*%0Aaws ec2 authorize-security-group-ingress/m,
    );
    expect(summary).toContain('### elasticache-wizard verify: ✖ ended with exit code 6');
    expect(summary).toMatch(/\*\*Root cause: ingress\*\*[^]*```\naws ec2 authorize-security-group-ingress/);
    expect(summary).toContain('- – **ping** not asked');
  });

  test('ends the same where there is no summary, with one warning', async () => {
    const unwritable = await onClock(['verify', ...COLLABCANVAS, '--format', 'github'], folder);
    expect(unwritable.exitCode).toBe(6);
    expect(unwritable.stderr.match(/There is no job summary/g)).toHaveLength(1);
  });
});

describe('two ways of speaking at once', () => {
  test('are refused with exit code 2, in the one that a script reads', async () => {
    const { exitCode, stdout } = await onClock(['plan', '--json', '--format', 'github']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'InvalidInput',
        message: '--json and --format github are two ways of speaking, and a run has one',
      },
    });
  });

  test('that are the same one are not: --format json is --json', async () => {
    const { exitCode, stdout } = await onClock(['policy', '--format', 'json', '--json', '--for', 'plan']);
    expect(exitCode).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['policy', 'result']);
  });

  test('a flag that does not exist is an annotation too', async () => {
    const { exitCode, stderr } = await onClock(['plan', '--nonsense', '--format=github']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("::error title=elasticache-wizard plan::Unknown option '--nonsense'");
  });
});

describe('what the runner reads', () => {
  test('is escaped as its toolkit does', () => {
    expect(annotation('error', 'a: b, 5%', ['100 %', 'two\r'])).toBe(
      '::error title=a%3A b%2C 5%25::100 %25%0Atwo%0D',
    );
  });

  test('is never what an app has logged', () => {
    const logged = [
      '::set-output name=a::b',
      '  ::error::x',
      'seen ##[add-mask]a',
      'a :: b',
      'a\n::debug::b',
    ];
    expect(logged.map(inert)).toEqual([
      ': :set-output name=a::b',
      '  : :error::x',
      'seen ## [add-mask]a',
      'a :: b',
      'a\n: :debug::b',
    ]);
  });

  test('of a summary is never more than GitHub takes, what another command wrote included', () => {
    const file = join(folder, 'large.md');
    writeFileSync(file, 'x'.repeat(1_000_000));
    expect(appendSummary(file, 'a line – with a dash\n'.repeat(10_000))).toBeUndefined();
    const written = readFileSync(file);
    expect(written.length).toBeLessThanOrEqual(1024 * 1024);
    expect(String(written)).toMatch(
      /a line – with a dash\n_The rest was too long for a summary; the log has it\._\n$/,
    );
  });
});
