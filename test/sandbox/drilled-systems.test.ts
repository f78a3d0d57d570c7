/** The drills on the systems of the package’s own configurations: serverless, and on instances, where no tasks are. */
import { afterEach, expect } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { inMatrix } from '../matrix.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { quickSandbox } from './quick-account.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario, config: string): Promise<(...argv: string[]) => Promise<Ended>> {
  const clock = new VirtualClock();
  const started = await quickSandbox({ scenario, clock });
  sandbox = started;
  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, started, clock);
  const ended = await run('setup', '--config', `templates/configs/${config}.yaml`, '--yes', '--no-verify');
  expect(ended.result.error).toBeUndefined();
  return run;
}

const VIEWS = ['--refresh-path', '/views/home', '--refresh-value', '$.from'];

const HEALTH = ['--refresh-path', '/health', '--refresh-value', '$.status'];

const drill = (kind: string, ...argv: string[]): string[] => [
  'drill',
  kind,
  '--yes',
  '--timeout',
  '1800',
  '--every',
  '10',
  ...argv,
];

inMatrix('a serverless cache fails over by itself, and can be taken away', async () => {
  const run = await open(closeUp({ programsFolder: PROGRAMS }), 'close-up');
  const failover = await run(...drill('failover', '--project', 'close-up', ...VIEWS));
  expect([failover.exitCode, failover.result.error?.hint]).toEqual([
    4,
    expect.stringMatching('fails over by itself'),
  ]);
  const outage = await run(...drill('outage', '--project', 'close-up', ...VIEWS));
  expect(outage.result.drill).toMatchObject({ outage: { rules: [expect.any(String), expect.any(String)] } });
});

inMatrix('an app on instances comes back when its cache fails over', async () => {
  const run = await open(kempian({ programsFolder: PROGRAMS, phases: ['production'] }), 'kempian-production');
  const { exitCode, result } = await run(
    ...drill(
      'failover',
      '--project',
      'kempian-production',
      '--refresh-path',
      '/items/one',
      '--refresh-value',
      '$.value',
    ),
  );
  expect(result.drill?.recovered).toBe(true);
  expect(exitCode).toBe(0);
});

inMatrix('of several caches the one is failed over that is named', async () => {
  const run = await open(funmagic({ programsFolder: PROGRAMS }), 'funmagic');
  const unnamed = await run(...drill('failover', '--project', 'funmagic', ...HEALTH));
  expect(unnamed.exitCode).toBe(2);
  const { exitCode, result } = await run(
    ...drill('failover', '--project', 'funmagic', '--cache-name', 'funmagic-queue', ...HEALTH),
  );
  // Its page of health says nothing of the cache, and on instances nobody looks at the log.
  expect([exitCode, result.drill]).toMatchObject([
    0,
    { cache: 'funmagic-queue', recovered: true, log: null, verdict: { outcome: 'inconclusive' } },
  ]);
});
