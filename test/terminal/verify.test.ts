/** `verify` at a terminal of 80 × 24, of a canvas whose cache somebody has closed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAws } from '../../src/aws/clients.ts';
import { run } from '../../src/cli/run.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { ownChildren } from '../../src/tunnel/children.ts';
import { closeGroup } from '../sandbox/account-calls.ts';
import { COLLABCANVAS, commandLine, PROGRAMS } from '../sandbox/command-line.ts';
import { VirtualScreen } from './virtual-screen.ts';
import { quickCanvas, quickSandbox } from '../sandbox/quick-account.ts';

const clock = new VirtualClock();
const folder = mkdtempSync(join(tmpdir(), 'report-'));
const page = join(folder, 'report.html');
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: quickCanvas(), clock });
  await commandLine(['setup', ...COLLABCANVAS, '--yes'], sandbox, clock);
  await closeGroup('collabcanvas-redis-sg', sandbox, clock);
});

afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

async function verify(...argv: string[]): Promise<{ exitCode: number; lines: string[]; connected: boolean }> {
  const screen = new VirtualScreen(80);
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = sandbox.env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = sandbox.env;
  let connected = false;
  const exitCode = await run({
    argv: ['verify', ...COLLABCANVAS, ...argv],
    env: { NO_COLOR: '1' },
    stdin: new PassThrough(),
    stdout: screen.stream(),
    stderr: screen.stream(),
    terminal: { stdin: false, stdout: true, stderr: true },
    clock,
    signal: new AbortController().signal,
    version: '0.0.0',
    programsFolder: PROGRAMS,
    children: ownChildren({ foreground: ['ignore', 'ignore', 'ignore'], terminal: false }),
    connect: () => {
      connected = true;
      const credentials = { accessKeyId, secretAccessKey };
      return Promise.resolve(createAws({ region, endpointUrl, credentials, clock, retryDelay: () => 0 }));
    },
  });
  return { exitCode, lines: await screen.lines(), connected };
}

test('a failing run fits the screen, names one cause, says it once, and writes the report all the same', async () => {
  const { exitCode, lines } = await verify('--report', page);
  expect(exitCode).toBe(6);
  expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(24);
  const screen = lines.join('\n');
  expect(screen.match(/root cause/g)).toHaveLength(1);
  expect(screen).toContain('✖ root cause: ingress\n  seen   collabcanvas-redis-sg');
  expect(screen).toMatch(/^- not asked, for ingress fails: .*\bping\b/m);
  expect(screen).not.toContain('running:');
  expect(readFileSync(page, 'utf8')).toContain('Root cause: ingress');
});

test('a report that could not be written is said before anybody is asked', async () => {
  const { exitCode, lines, connected } = await verify('--report', folder);
  expect(exitCode).toBe(2);
  expect(lines.join('')).toContain('it is a directory');
  expect(connected).toBe(false);
});
