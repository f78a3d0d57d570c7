/** What a plan prints and saves leads to the same project again. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { COLLABCANVAS, commandLine, type Ended } from './command-line.ts';
import { inertCanvas, quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterAll(() => sandbox.close());

test('the command of a plan sets up what its saved file then finds nothing to change in', async () => {
  const at = await sandbox.openAccount(inertCanvas());
  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock);
  const folder = mkdtempSync(join(tmpdir(), 'saved-'));
  const saved = join(folder, 'canvas.yaml');
  const given = [...COLLABCANVAS, '--port', '6380', '--tag', 'team=web', '--no-verify'];

  const planned = await run('plan', ...given, '--save', saved, '--exit-code');
  expect(planned.exitCode).toBe(10);
  const { equivalent } = planned.events.find(({ type }) => type === 'plan.ready') as { equivalent: string[] };
  expect(equivalent.slice(0, 2)).toEqual(['npx', 'elasticache-wizard']);
  expect((await run(...equivalent.slice(2))).exitCode).toBe(0);

  expect((await run('plan', '--config', saved, '--exit-code')).exitCode).toBe(0);
  const text = readFileSync(saved, 'utf8');
  expect(text).toMatch(
    /^# Saved by .*\n\nproject: collabcanvas-backend\nregion: us-east-1\naccount: "\d{12}"\n/,
  );

  const other = join(folder, 'other.yaml');
  const twice = await run('plan', '--config', saved, '--save', other);
  expect([twice.exitCode, twice.result.awsCalls, existsSync(other)]).toEqual([
    2,
    { reads: 0, writes: 0 },
    false,
  ]);
  const again = await run('plan', ...given, '--log-pattern', 'other', '--save', saved);
  expect([again.exitCode, readFileSync(saved, 'utf8')]).toEqual([2, text]);
  await at.account.close();
});
