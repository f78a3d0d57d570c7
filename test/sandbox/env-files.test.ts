/** Several apps of one project whose values are in files: each gets its own back, by the commands as they are printed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'env-files-'));
  const scenario = kempian({ programsFolder: PROGRAMS, phases: ['development', 'staging'] });
  sandbox = await quickSandbox({ scenario, clock });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const run = (...argv: string[]): Promise<Ended> => commandLine(argv, sandbox, clock);

const NAMED = ['--project', 'kempian', '--cache-name', 'kempian-cache', '--no-stickiness'];
const UNASKED = ['--no-probe', '--no-verify', '--yes'];
const setup = (phase: string, file: string, ...more: string[]): Promise<Ended> =>
  run(
    'setup',
    '--instance-security-group',
    `kempian-${phase}-app-sg`,
    ...NAMED,
    '--env-file',
    file,
    ...more,
    ...UNASKED,
  );

/** Through a shell, as somebody would paste it. */
function type(command: string | undefined, ...more: string[]): Promise<Ended> {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command ?? ''}`], { encoding: 'utf8' });
  const [program, ...argv] = words.split('\0').slice(0, -1);
  expect(program).toBe('elasticache-wizard');
  return run(...argv, ...more);
}

test.skipIf(!hasRedis)('each is put back with its own file, and only with that', async () => {
  const [development, staging] = [join(folder, 'development.env'), join(folder, "what's staged.env")];
  const foreign = join(folder, 'theirs.env');
  writeFileSync(foreign, 'REDIS_URL=redis://theirs:6379\n');
  const restart = "systemctl restart kempian && echo 'restarted'";
  const first = await setup('staging', staging, '--restart-command', restart);
  expect([first.result.error, first.exitCode, existsSync(staging)]).toEqual([undefined, 0, true]);

  // As printed: the file is gone, and the app was restarted without it.
  const typed = await type(first.result.undoCommand, '--yes');
  expect([typed.result.error, typed.exitCode, existsSync(staging)]).toEqual([undefined, 0, false]);
  expect(typed.result.changes).toContainEqual(
    expect.objectContaining({ kind: 'restart', action: 'update', outcome: 'undone' }),
  );

  await setup('staging', staging);
  await setup('development', development);
  const one = await run('rollback', '--project', 'kempian', '--env-file', development, '--yes');
  expect([one.exitCode, one.result.error?.message, one.result.awsCalls.writes]).toEqual([
    4,
    expect.stringContaining('The values of kempian-staging-app-sg are in a file'),
    0,
  ]);
  expect([development, staging].map((file) => existsSync(file))).toEqual([true, true]);
  const named = [staging, foreign, development].flatMap((file) => ['--env-file', file]);
  const both = await run('rollback', '--project', 'kempian', ...named, '--yes');
  expect([both.result.error, both.exitCode]).toEqual([undefined, 0]);
  expect([development, staging, foreign].map((file) => existsSync(file))).toEqual([false, false, true]);

  const config = join(folder, 'two apps.yaml');
  const consumers = { development, staging };
  writeFileSync(
    config,
    JSON.stringify({
      project: 'kempian',
      caches: [{ name: 'kempian-cache' }],
      consumers: Object.entries(consumers).map(([phase, envFile]) => ({
        instanceSecurityGroup: `kempian-${phase}-app-sg`,
        envFile,
      })),
      stickiness: { enabled: false },
    }),
  );
  const configured = await run('setup', '--config', config, ...UNASKED);
  expect([configured.result.error, existsSync(staging), existsSync(development)]).toEqual([
    undefined,
    true,
    true,
  ]);
  const back = await type(configured.result.undoCommand, '--yes');
  expect([back.result.error, existsSync(staging), existsSync(development)]).toEqual([
    undefined,
    false,
    false,
  ]);
});
