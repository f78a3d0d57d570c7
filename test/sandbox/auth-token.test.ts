/** A cache with an AUTH token: made with one, or given one while it serves; and the token nowhere to be seen. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { collabcanvas } from '../../src/sandbox/scenarios/collabcanvas.ts';
import { startSandbox, type Sandbox, type SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { callsOf } from '../faults/photograph.ts';
import { COLLABCANVAS, commandLine, PROGRAMS, REFRESH, type Ended } from './command-line.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let opened: SandboxAccount | undefined;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock });
});
afterEach(async () => {
  await opened?.account.close();
  opened = undefined;
});
afterAll(() => sandbox.close());

async function canvas() {
  const at = await sandbox.openAccount(collabcanvas({ programsFolder: PROGRAMS, tasks: 2 }));
  opened = at;
  const call = callsOf(at.account);
  return {
    at,
    call,
    run: (...argv: string[]): Promise<Ended> => commandLine(argv, at, clock),
    setup: (...argv: string[]): Promise<Ended> =>
      commandLine(['setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...argv], at, clock),
  };
}

describe('setup --auth token', () => {
  test('from nothing', async () => {
    const app = await canvas();
    const ended = await app.setup('--auth', 'token', '--fix-execution-role', '--debug');
    console.log(ended.stderr.slice(0, 3000), JSON.stringify(ended.result, undefined, 1));
    expect(ended.exitCode).toBe(0);
    const again = await app.setup('--auth', 'token', '--fix-execution-role', '--debug');
    console.log(JSON.stringify(again.result.changes), again.result.error);
    expect(again.result.awsCalls.writes).toBe(0);
  });
});
