/** What a shell is told at a Tab, by the program as the shell runs it; nothing that goes wrong is seen there. */
import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { PROGRAMS } from '../sandbox/command-line.ts';

const clock = new VirtualClock();
const scenario = collabcanvas({ programsFolder: PROGRAMS, inert: INERT_CANVAS });
const sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock });
afterAll(() => sandbox.close());

const BIN = 'bin/elasticache-wizard.cjs';

/** The words that are offered for the last one. */
async function offered(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [BIN, 'complete', '--', ...words], {
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = out.trimEnd().split('\n');
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0]), err };
}

describe('at a Tab', () => {
  test('commands, the second word of those in two, flags, and what a flag may be', async () => {
    expect((await offered(['ro'])).words).toEqual(['rollback', 'rotate-token']);
    expect((await offered(['snapshot', ''])).words).toEqual(['create', 'list', 'restore', 'delete']);
    expect((await offered(['drill', 'outage', '--sec'])).words).toEqual(['--seconds']);
    expect((await offered(['setup', '--engine', ''])).words).toEqual(['redis', 'valkey']);
  });

  test('the names that are in the account', async () => {
    const { env } = sandbox;
    expect((await offered(['setup', '--ecs-cluster', ''], env)).words).toEqual(['collabcanvas']);
    const inCluster = ['verify', '--ecs-cluster', 'collabcanvas', '--service', 'coll'];
    expect((await offered(inCluster, env)).words).toEqual(['collabcanvas-backend']);
  });

  test('without credentials nothing is offered, and nothing is said', async () => {
    const env = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(await offered(['setup', '--ecs-cluster', ''], env)).toEqual({ words: [], err: '' });
  });
});

test.each(['bash', 'zsh', 'fish', 'powershell'])('the script for %s asks the program', (shell) => {
  const { stdout, status } = spawnSync(process.execPath, [BIN, 'completion', shell], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringMatching(/elasticache-wizard\b.* complete/s)]);
});

test('bash can read its script', () => {
  const script = `source <(${process.execPath} ${BIN} completion bash) && complete -p elasticache-wizard`;
  const { stdout, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('-F ')]);
});

test('another shell is refused in a sentence', () => {
  const { stderr, status } = spawnSync(process.execPath, [BIN, 'completion', 'tcsh'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish, powershell')]);
});
