/** Credentials that a program gives (credential_process), as single sign-on tools have it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { COLLABCANVAS, PROGRAMS } from '../sandbox/command-line.ts';

test.skipIf(process.platform === 'win32')(
  'the program is run once, however many services are asked',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elasticache-wizard-credentials-'));
    const scenario = collabcanvas({ programsFolder: PROGRAMS, inert: INERT_CANVAS });
    const sandbox = await startSandbox({ scenario, programsFolder: PROGRAMS, clock: new VirtualClock() });
    try {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = sandbox.env;
      const given = join(folder, 'given.json');
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      writeFileSync(
        given,
        JSON.stringify({
          Version: 1,
          AccessKeyId: AWS_ACCESS_KEY_ID,
          SecretAccessKey: AWS_SECRET_ACCESS_KEY,
          Expiration,
        }),
      );
      const program = join(folder, 'program.sh');
      writeFileSync(program, `echo asked >> '${folder}/runs'\ncat '${given}'\n`);
      const config = join(folder, 'config');
      writeFileSync(config, `[default]\ncredential_process = sh ${program}\n`);
      const child = spawn(process.execPath, ['bin/elasticache-wizard.cjs', 'plan', ...COLLABCANVAS], {
        env: { PATH: process.env.PATH, HOME: folder, ...env, AWS_CONFIG_FILE: config },
        stdio: 'ignore',
      });
      expect(await once(child, 'close')).toEqual([0, null]);
      expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('asked\n');
    } finally {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    }
  },
);
