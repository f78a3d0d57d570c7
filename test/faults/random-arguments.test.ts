/** Whatever is typed, it is taken or refused in a sentence: no stack trace, no secret, and no write on bad input. */
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import { WizardError } from '../../src/errors.ts';
import { COMMANDS } from '../../src/inputs/input.ts';
import { resolveInputs } from '../../src/inputs/resolve.ts';
import { checkRules } from '../../src/inputs/rules.ts';
import { settingsOf } from '../../src/inputs/settings.ts';
import { COLLABCANVAS, commandLine, type Ended } from '../sandbox/command-line.ts';
import { anyArguments, SECRET, type Arguments } from './random-arguments.ts';
import { DESTROY, FULL, openStage, ROLLBACK, SETUP } from './scene.ts';

const stage = await openStage();
const scene = await stage.openScene();
afterAll(() => stage.sandbox.close());

const APP = { kind: 'ecs', ecsCluster: 'web', service: 'backend', container: 'app' } as const;

/** Always the same ones, so that what fails fails again. */
const timeout = FULL ? 600_000 : 30_000;
const runs = (few: number, many: number) => ({ numRuns: FULL ? many : few, seed: 20_261_121 });

function mustBeOneSentence(text: string): void {
  expect(text).not.toMatch(/\n|^Not expected|\bundefined\b|\[object|\bat .+:\d+:\d+/);
  expect(text).not.toContain(SECRET);
}

function writesOf(): number {
  return stage.sandbox
    .calls()
    .filter(({ write, accessKeyId }) => write && accessKeyId === scene.env.AWS_ACCESS_KEY_ID).length;
}

async function run({ argv, env }: Arguments): Promise<Ended> {
  return commandLine(argv, scene, stage.clock, undefined, undefined, env);
}

const IN_AN_ACCOUNT = COMMANDS.filter((name) => name !== 'sandbox' && name !== 'demo');

describe.each(IN_AN_ACCOUNT)('%s', (command) => {
  test('takes whatever is typed, or says what is wrong with it', { timeout }, () => {
    fc.assert(
      fc.property(anyArguments(command), ({ argv, env }) => {
        try {
          const invocation = parseArguments(argv, '0.0.0');
          if (!('command' in invocation)) return;
          const inputs = resolveInputs(command, { flags: invocation.flags, environment: env });
          checkRules(command, { inputs });
          const consumer = { inputs, app: APP, cache: 'redis', variables: [] };
          const target = { project: 'web', caches: [{ inputs, name: 'redis' }], consumers: [consumer] };
          settingsOf(inputs, target, env);
        } catch (error) {
          if (!(error instanceof WizardError)) throw error;
          expect(error.exitCode).toBe(2);
          mustBeOneSentence(error.message);
          mustBeOneSentence(error.hint ?? '');
          expect(error.hint ?? '').not.toBe('');
        }
      }),
      runs(40, 3_000),
    );
  });
});

describe('on an account', () => {
  test.each(['plan', 'status'] as const)(
    'a %s ends as it may, and writes nothing',
    { timeout },
    async (command) => {
      await fc.assert(
        fc.asyncProperty(anyArguments(command, { junk: false }), async ({ argv, env }) => {
          const named = [argv[0] ?? '', ...COLLABCANVAS, ...argv.slice(1)];
          const ended = await run({ argv: named, env });
          expect([0, 2, 3, 4, 6, 10]).toContain(ended.exitCode);
          mustBeOneSentence(ended.result.error?.message ?? '');
          expect(ended.stderr).not.toMatch(/\n\s+at /);
          expect(writesOf()).toBe(0);
        }),
        runs(8, 200),
      );
    },
  );

  test.each([
    ['setup', SETUP],
    ['rollback', ROLLBACK],
    ['destroy', DESTROY],
  ] as const)(
    'a %s with an input that is wrong is refused before anybody is asked',
    async (command, line) => {
      await fc.assert(
        fc.asyncProperty(anyArguments(command), async ({ argv, env }) => {
          const { exitCode, result, stderr } = await run({
            argv: [...line, ...argv.slice(1), '--poll-interval=never'],
            env,
          });
          expect([exitCode, result.awsCalls]).toEqual([2, { reads: 0, writes: 0 }]);
          mustBeOneSentence(result.error?.message ?? '');
          expect(stderr).not.toMatch(/\n\s+at /);
          expect(stderr + JSON.stringify(result)).not.toContain(SECRET);
          expect(writesOf()).toBe(0);
        }),
        runs(15, 500),
      );
    },
  );
});
