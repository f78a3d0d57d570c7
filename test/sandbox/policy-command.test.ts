/** The printed policy, enforced: what it allows is enough, and each action that is taken out of it is missed by name. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PolicyCommand } from '../../src/domain/iam/right.ts';
import { rightsOf } from '../../src/domain/iam/rights.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { FULL, inMatrix } from '../matrix.ts';
import { COLLABCANVAS, type Ended } from './command-line.ts';
import { openPolicyStage, without } from './policy-canvas.ts';

const stage = await openPolicyStage();
const { sandbox, canvas, canvasOf } = stage;

afterEach(() => stage.closeCanvas());
afterAll(() => sandbox.close());

describe('policy prints a document', () => {
  test('without a call to any account', async () => {
    const app = await canvas();
    const document = await app.policy('--for', 'setup,verify,status');
    expect(document.Statement.length).toBeGreaterThan(0);
    expect(app.calls()).toEqual([]);
  });

  test('that names the roles and target groups of the service where it is asked to read it', async () => {
    const app = await canvas();
    const document = await app.policy('--for', 'setup', '--from-account');
    const resources = document.Statement.flatMap(({ Resource }) => Resource);
    expect(resources.filter((resource) => /:role\/\*$|targetgroup\/\*/.test(resource))).toEqual(
      // Whoever asks is not read: the check of permissions is about them.
      resources.filter((resource) => resource.endsWith(':role/*')),
    );
    const passed = document.Statement.find(({ Action }) => Action.includes('iam:PassRole'));
    expect(passed?.Resource.every((resource) => /role\/[\w-]+$/.test(resource))).toBe(true);
    expect(app.writes()).toEqual([]);
  });

  test('and stops at a command that there is none of', async () => {
    const app = await canvas();
    const { exitCode, result } = await app.run('policy', '--for', 'everything');
    expect(exitCode).toBe(2);
    expect(result.error?.message).toContain('setup, plan, verify');
  });
});

describe('with exactly its document', () => {
  test.each([
    ['named', [], {}],
    ['read from the account', ['--from-account'], { inert: INERT_CANVAS }],
  ])('%s, a setup is proven, and verify and status after it', async (_, flags, options) => {
    const app = await canvasOf(options);
    app.enforce(await app.policy('--for', 'setup,verify,status', ...flags));

    const setup = await app.setup();
    expect(setup.result.error).toBeUndefined();
    expect(setup.result.proven).toBe(true);
    const warnings = setup.events.filter(({ type }) => type === 'warning');
    expect(warnings).toEqual([]);

    // Once everything is as it is wanted, there is nothing to ask about.
    const asked = app.calls('iam:SimulatePrincipalPolicy').length;
    expect(asked).toBeGreaterThan(0);
    expect((await app.setup()).result.error).toBeUndefined();
    expect(app.calls('iam:SimulatePrincipalPolicy')).toHaveLength(asked);

    const verify = await app.verify();
    expect(verify.result.error).toBeUndefined();
    expect(verify.result.proven).toBe(true);
    expect((await app.run('status', ...COLLABCANVAS)).exitCode).toBe(0);
  });

  inMatrix('each of setup, verify and status passes with its own alone', async () => {
    const app = await canvas();
    app.enforce(await app.policy('--for', 'setup'));
    expect((await app.setup()).result).toMatchObject({ exitCode: 0, proven: true });
    app.enforce(await app.policy('--for', 'verify'));
    expect((await app.verify()).result).toMatchObject({ exitCode: 0, proven: true });
    app.enforce(await app.policy('--for', 'status'));
    expect((await app.run('status', ...COLLABCANVAS)).result).toMatchObject({ exitCode: 0 });
  });

  test('rollback goes back, and destroy leaves nothing', async () => {
    const app = await canvas();
    expect((await app.setup()).result.error).toBeUndefined();
    const project = ['--project', 'collabcanvas-backend'];

    app.enforce(await app.policy('--for', 'rollback'));
    const back = await app.run('rollback', ...project, '--yes');
    expect(back.result.error).toBeUndefined();

    app.enforce(await app.policy('--for', 'destroy'));
    const gone = await app.run('destroy', ...project, '--confirm', 'collabcanvas-backend');
    expect(gone.result.error).toBeUndefined();
    expect(gone.result.caches).toEqual([]);
  });

  inMatrix(
    'scale changes the size of the cache and nothing else, and logs reads what the app wrote',
    async () => {
      const app = await canvas();
      expect((await app.setup()).result.error).toBeUndefined();
      const before = app.writes().length;

      app.enforce(await app.policy('--for', 'scale'));
      const scaled = await app.run('scale', ...COLLABCANVAS, '--replicas', '1', '--yes');
      expect(scaled.result.error).toBeUndefined();
      const made = app.writes().slice(before);
      expect(made.filter((call) => !call.startsWith('ecs:'))).toEqual(['elasticache:IncreaseReplicaCount']);

      app.enforce(await app.policy('--for', 'logs'));
      const logs = await app.run('logs', ...COLLABCANVAS);
      expect(logs.result.error).toBeUndefined();
      expect(JSON.stringify(logs.events)).toContain('Redis connected successfully');
    },
  );

  const kinds = [
    ['token', 'secretsmanager'],
    ['rbac', 'ssm'],
  ] as const;
  inMatrix.each(kinds)('rotate-token changes a password of --auth %s in %s', async (auth, store) => {
    const app = await canvasOf({ tasks: 1 });
    const kept = ['--auth', auth, '--secrets', store];
    const flags = [...kept, '--fix-execution-role', '--no-probe', '--no-verify'];
    expect((await app.run('setup', ...COLLABCANVAS, '--yes', ...flags)).result.error).toBeUndefined();
    app.enforce(await app.policy('--for', 'rotate-token', ...kept));
    const rotated = await app.run('rotate-token', ...COLLABCANVAS, '--yes');
    expect([rotated.result.error, rotated.exitCode]).toEqual([undefined, 0]);
    const warnings = rotated.events.flatMap(({ type, code }) => (type === 'warning' ? [code] : []));
    // ECS reads the latest version of a parameter alone, so that the old one cannot be tried.
    expect(warnings).toEqual(store === 'ssm' ? ['refusal.unseen'] : []);
  });

  inMatrix('plan shows the same plan, and cannot apply it', async () => {
    const app = await canvas();
    app.enforce(await app.policy('--for', 'plan'));
    const plan = await app.run('plan', ...COLLABCANVAS, '--exit-code');
    expect(plan.result.error).toBeUndefined();
    expect(plan.exitCode).toBe(10);
    const { exitCode } = await app.setup();
    expect(exitCode).toBe(3);
    expect(app.writes()).toEqual([]);
  });
});

/** What each command calls on the way of the canvas app, there and back, with every right. */
async function readUsual(): Promise<ReadonlyMap<PolicyCommand, readonly string[]>> {
  const app = await canvas();
  const usual = new Map<PolicyCommand, readonly string[]>();
  const see = async (command: PolicyCommand, run: Promise<Ended>): Promise<void> => {
    const before = app.calls().length;
    expect((await run).result.error).toBeUndefined();
    usual.set(command, app.calls().slice(before));
  };
  await see('plan', app.run('plan', ...COLLABCANVAS));
  await see('setup', app.setup());
  await see('verify', app.verify());
  await see('status', app.run('status', ...COLLABCANVAS));
  await see('rollback', app.run('rollback', '--project', 'collabcanvas-backend', '--yes'));
  expect((await app.setup()).result.error).toBeUndefined();
  await see(
    'destroy',
    app.run('destroy', ...['--project', 'collabcanvas-backend', '--confirm', 'collabcanvas-backend']),
  );
  await stage.closeCanvas();
  return usual;
}

let usual: ReadonlyMap<PolicyCommand, readonly string[]>;
beforeAll(async () => {
  usual = await readUsual();
});

/** Whether the canvas app gives a reason to ask for it: a right that is no call of its own is taken with another. */
const isUsual = (action: string, commands: readonly PolicyCommand[]): boolean =>
  rightsOf(commands).some(
    (right) =>
      right.action === action &&
      right.when === undefined &&
      commands.some((command) => usual.get(command)?.includes(right.partOf ?? action)),
  );

/** Parameter Store keeps the lease, which is done without, and the values of apps that the canvas is none of. */
const OF_THE_LEASE = /^ssm:(Get|Put|Delete)Parameter$|^ssm:AddTagsToResource$/;

const isFeature = (action: string, commands: readonly PolicyCommand[]): boolean =>
  OF_THE_LEASE.test(action) ||
  rightsOf(commands)
    .filter((right) => right.action === action)
    .every(({ feature }) => feature !== undefined);

/** Not missed aloud: what is deregistered can still be read; without the interfaces all subnets are looked at. */
const DONE_WITHOUT = ['ecs:DeleteTaskDefinitions', 'ec2:DescribeNetworkInterfaces'];

const actionsOf = (...commands: PolicyCommand[]): string[] => [
  ...new Set(rightsOf(commands).map(({ action }) => action)),
];
const SAMPLE = ['elasticache:CreateReplicationGroup'];

describe('a setup with one action less', () => {
  const commands: readonly PolicyCommand[] = ['setup', 'verify'];

  test.each(FULL ? actionsOf(...commands) : SAMPLE)('%s is missed by name', async (action) => {
    const app = await canvas();
    const whole = await app.policy('--for', commands.join());
    app.enforce(without(whole, action));

    const ended = await app.setup();

    if (!isUsual(action, ['setup'])) {
      expect(ended.result.error).toBeUndefined();
    } else if (isFeature(action, commands)) {
      expect(ended.exitCode).toBe(0);
      expect(ended.result.changes.find(({ kind }) => kind === 'service')?.outcome).toBe('updated');
      if (!DONE_WITHOUT.includes(action)) expect(JSON.stringify(ended.events)).toContain(action);
    } else {
      expect(ended.exitCode).toBe(3);
      expect(ended.result.error?.message).toContain(action);
      expect(app.writes()).toEqual([]);
    }

    app.enforce(whole);
    const after = await app.setup();
    expect(after.result.error).toBeUndefined();
    expect((await app.run('plan', ...COLLABCANVAS, '--exit-code')).exitCode).toBe(0);
  });
});

/** The revision of the probe is then named, and not the action. */
const SAID_AS_LEFT_BEHIND = ['ecs:DeregisterTaskDefinition', 'ecs:DeleteTaskDefinitions'];

describe.each(['plan', 'verify', 'status'] as const)('a %s with one action less', (command) => {
  const sample = { plan: 'ec2:DescribeSubnets', verify: 'ecs:RunTask', status: 'ecs:DescribeServices' };

  test.each(FULL ? actionsOf(command) : [sample[command]])('%s is missed by name', async (action) => {
    const app = await canvas();
    if (command !== 'plan') expect((await app.setup()).result.error).toBeUndefined();
    const run = (): Promise<Ended> =>
      command === 'verify' ? app.verify() : app.run(command, ...COLLABCANVAS);
    const whole = await app.policy('--for', command);
    app.enforce(without(whole, action));
    const writes = app.writes().length;

    const { exitCode, result, events } = await run();

    if (exitCode === 0) {
      // What it is done without is said; what the account gave no reason to ask for is not missed.
      const isSaid = JSON.stringify(events).includes(action);
      expect(
        !isUsual(action, [command]) || isSaid || [...SAID_AS_LEFT_BEHIND, ...DONE_WITHOUT].includes(action),
      ).toBe(true);
    } else {
      expect(exitCode).toBe(3);
      expect(result.error?.message).toContain(action);
    }
    if (command !== 'verify') expect(app.writes()).toHaveLength(writes);
    app.enforce(whole);
    expect((await run()).exitCode).toBe(0);
  });
});

describe.each(['rollback', 'destroy'] as const)('a %s with one action less', (command) => {
  const sample = command === 'rollback' ? ['ecs:UpdateService'] : ['elasticache:DeleteReplicationGroup'];

  test.each(FULL ? actionsOf(command) : sample)('%s is missed by name', async (action) => {
    const app = await canvas();
    expect((await app.setup()).result.error).toBeUndefined();
    const argv = [command, '--project', 'collabcanvas-backend'];
    argv.push(...(command === 'rollback' ? ['--yes'] : ['--confirm', 'collabcanvas-backend']));
    const whole = await app.policy('--for', command);
    app.enforce(without(whole, action));

    const { exitCode, result, events } = await app.run(...argv);

    if (!isUsual(action, [command]) || isFeature(action, [command])) {
      expect(result.error).toBeUndefined();
    } else if (exitCode === 0) {
      // All is removed by then, and what is there now is not read: that is said.
      expect(JSON.stringify(events)).toMatch(new RegExp(`end\\.unread.*${action}`));
    } else {
      expect(exitCode).toBe(3);
      expect(result.error?.message).toContain(action);
    }
    app.enforce(whole);
    // A project that is gone already is not found again.
    expect((await app.run(...argv)).exitCode).toBe(command === 'destroy' && exitCode === 0 ? 2 : 0);
  });
});
