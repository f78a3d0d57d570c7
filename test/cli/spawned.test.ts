/** The program as a script meets it: spawned, without a terminal. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/output/result.ts';

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nobody's credentials, and no place to look for some. */
const STRANGER = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1', HOME: '/nowhere/at/all' };
const SETUP = ['setup', '--ecs-cluster', 'web', '--service', 'backend', '--cache-name', 'web-redis', '--yes'];

const BIN = 'bin/elasticache-wizard.cjs';

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, bin = BIN): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      env: { PATH: process.env.PATH, ...STRANGER, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function resultIn(stdout: string): Result {
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
  return lines.at(-1)!;
}

/** Nothing listens at a port that only root may use and nobody does; a port just freed may be taken again. */
const DEAD_ENDPOINT = 'http://127.0.0.1:1';

describe('asking for help', () => {
  test('--help names the commands and the exit codes on stdout', async () => {
    const { exitCode, stdout, stderr } = await run(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const word of [
      'setup',
      'plan',
      'verify',
      'status',
      'sandbox',
      'demo',
      'Exit codes',
      'without an account',
    ]) {
      expect(stdout).toContain(word);
    }
  });

  test('setup --help says what each input takes and where its default counts', async () => {
    const { exitCode, stdout } = await run(['setup', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--cache-node-type <type>');
    expect(stdout).toContain('(default: cache.t3.micro)');
    expect(stdout).toContain('[also --replication-group-id]');
    expect(stdout).toContain('defaults count only when it is made');
  });

  test('--version prints the version alone', async () => {
    const { exitCode, stdout } = await run(['--version']);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });
});

describe('what is typed wrong', () => {
  test('an unknown flag ends with the nearest one, exit code 2 and an empty stdout', async () => {
    expect(await run(['setup', '--servce', 'backend'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "✖ Unknown option '--servce'\n  Try: --service\n",
    });
  });

  test('a flag without its value is told by its name', async () => {
    const { exitCode, stderr } = await run(['setup', '--service']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--service <name> was given without its value');
  });

  test('all that is missing is listed at once', async () => {
    const { exitCode, stdout, stderr } = await run(['setup']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    for (const flag of ['--ecs-cluster', '--service', '--cache-name', '--yes'])
      expect(stderr).toContain(flag);
  });

  test('flags can come from the environment', async () => {
    const { exitCode, stderr } = await run(['setup', '--yes'], {
      ELASTICACHE_WIZARD_ECS_CLUSTER: 'web',
      ELASTICACHE_WIZARD_SERVICE: 'backend',
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Nobody can be asked for --cache-name\n');
  });

  test('with --json the error is the result, and nothing else is said', async () => {
    const { exitCode, stdout, stderr } = await run(['plan', '--replicas', '9', '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(resultIn(stdout)).toMatchObject({
      type: 'result',
      v: 1,
      command: 'plan',
      ok: false,
      exitCode: 2,
      error: { code: 'InvalidInput', message: '--replicas "9" must be a whole number from 0 to 5' },
    });
  });

  test('with --json even an unknown flag ends in a result', async () => {
    const { exitCode, stdout } = await run(['status', '--json', '--nonsense']);
    expect(exitCode).toBe(2);
    expect(resultIn(stdout)).toMatchObject({ command: 'status', error: { code: 'InvalidInput' } });
  });
});

describe('before anything is asked of AWS', () => {
  test('without credentials it ends with exit code 3 and says what to do', async () => {
    const { exitCode, stdout, stderr } = await run(SETUP);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^✖ .*credentials/i);
    expect(stderr).toContain('Try: ');
  });

  test('without a region it ends with exit code 2 and names the flag', async () => {
    const { exitCode, stderr } = await run(SETUP, { AWS_REGION: '' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--region');
  });

  test('an endpoint at which nothing listens ends in one sentence', async () => {
    const credentials = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-to-be-seen' };
    const { exitCode, stdout } = await run(
      [...SETUP, '--json', '--endpoint-url', DEAD_ENDPOINT],
      credentials,
    );
    const { error, awsCalls } = resultIn(stdout);
    expect(exitCode).toBe(2);
    expect(error?.message).toContain('nothing listens');
    expect(awsCalls.writes).toBe(0);
    expect(stdout).not.toContain('not-to-be-seen');
  });

  test('--debug tells the causes, and still no secret', async () => {
    const credentials = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-to-be-seen' };
    const { stderr } = await run([...SETUP, '--debug', '--endpoint-url', DEAD_ENDPOINT], credentials);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).not.toContain('not-to-be-seen');
  });
});

test('there is no colour where there is no terminal, nor with NO_COLOR', async () => {
  const answers = await Promise.all([
    run(['setup']),
    run(['setup'], { NO_COLOR: '1' }),
    run(['setup', '--no-color']),
  ]);
  const escape = String.fromCharCode(27);
  expect(answers.map(({ stderr }) => stderr.includes(escape))).toEqual([false, false, false]);
});

test('a checkout that is not built says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'not-built-'));
  await cp(BIN, join(folder, BIN));
  const { exitCode, stderr } = await run(['--help'], {}, join(folder, BIN));
  await rm(folder, { recursive: true });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: 'elasticache-wizard is not built yet.\n  Try: npm run build\n',
  });
});

test('a mistake of ours ends in a sentence, without what the error holds of the call', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elasticache-wizard-mistake-'));
  const mistake = join(folder, 'mistake.cjs');
  await writeFile(
    mistake,
    `const { write } = process.stdout;
    process.stdout.write = function (text) {
      setImmediate(() => Promise.reject(Object.assign(new Error('of ours'), { input: { AuthToken: 'hunter2' } })));
      return write.call(process.stdout, text);
    };`,
  );
  try {
    const { exitCode, stderr } = await run(['sandbox'], { NODE_OPTIONS: `--require ${mistake}` });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('✖ Not expected: of ours\n  Try: Run it again with --debug');
    expect(stderr).not.toMatch(/hunter2|\n {4}at /);
  } finally {
    await rm(folder, { recursive: true });
  }
});
