/** The guide that a team follows by hand, run as it stands with the AWS CLI: the sandbox is an AWS to programs that are not ours. */
import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { Canvas } from './canvas.ts';
import { FULL } from '../matrix.ts';

const programsFolder = resolve('dist/programs');
const installed = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** The CLI's own processes cost more than all that they ask: a part of the matrix. */

describe.skipIf(!FULL || !installed('aws') || !installed('redis-server'))(
  'the guide for CollabCanvas',
  () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      const scenario = collabcanvas({ programsFolder });
      sandbox = await startSandbox({ scenario, programsFolder, clock: systemClock(240) });
    });
    afterAll(() => sandbox.close());

    it('ends with refreshes that agree, on any task and on the same one', { timeout: 120_000 }, async () => {
      const canvas = new Canvas(sandbox.appUrl!);
      expect(new Set(await canvas.counts(6))).toEqual(new Set([36, 57, 12]));

      const { stdout } = await promisify(execFile)('test/bench/guide.sh', [], {
        env: {
          ...process.env,
          ...sandbox.env,
          // Version 1 of the CLI knows the region by this name only.
          AWS_DEFAULT_REGION: sandbox.region,
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        },
      });
      expect(stdout.trim()).toMatch(/^master\.collabcanvas-redis\..*cache\.amazonaws\.com$/);

      const agreed = new Set(await canvas.counts(9));
      expect(agreed.size).toBe(1);
      expect([36, 57, 12]).toContain([...agreed][0]);
      await canvas.draw();
      expect(new Set(await canvas.counts(9))).toEqual(new Set([[...agreed][0]! + 1]));

      expect((await canvas.tasks(6)).size).toBe(3);
      expect((await canvas.tasks(6, await canvas.cookie())).size).toBe(1);
    });
  },
);
