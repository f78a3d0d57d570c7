/** Whole sessions with the wizard, as somebody has them who has read nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createAws } from '../../src/aws/clients.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import type { SandboxAccount } from '../../src/sandbox/sandbox.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { photograph } from '../faults/photograph.ts';
import { openStage } from '../faults/scene.ts';
import { FULL, inMatrix } from '../matrix.ts';
import { COLLABCANVAS, PROGRAMS } from '../sandbox/command-line.ts';
import { startSession, type WizardSession } from './wizard-session.ts';
import { accountCalls } from '../sandbox/account-calls.ts';
import { inertCanvas } from '../sandbox/quick-account.ts';

const stage = await openStage();
const folder = mkdtempSync(join(tmpdir(), 'wizard-'));
/** Where an earlier run has set all up. Nothing here changes it. */
const setUp = await stage.openScene();
await setUp.setup('--cache-node-type', 'cache.t3.small', '--no-verify');
afterAll(async () => {
  await stage.sandbox.close();
  rmSync(folder, { recursive: true });
});

const WINDOWS = [
  [80, 24],
  [200, 50],
  [40, 15],
] as const;
const COUNT = '/api/projects/demo/objects/count';

const started = (at: SandboxAccount, ...argv: string[]): WizardSession =>
  startSession(argv, at, stage.clock, [80, 40]);

/** All calls of the account's that are more than a look. */
function writes({ env }: SandboxAccount): string[] {
  return stage.sandbox
    .calls()
    .filter(({ accessKeyId }) => accessKeyId === env.AWS_ACCESS_KEY_ID)
    .map(({ action }) => action)
    .filter((action) => !/^(Describe|List|Get|Simulate|Filter)/.test(action));
}

async function withAccount(scenario: Scenario, play: (at: SandboxAccount) => Promise<void>): Promise<void> {
  const opened = await stage.sandbox.openAccount(scenario);
  await play(opened).finally(() => opened.account.close());
}

/** What does the same as the plan on the screen without a question. */
async function equivalentOf(session: WizardSession): Promise<string[]> {
  await session.choose('This plan:', 'Show the command');
  const [, command = ''] = await session.window.until(
    () => [...session.window.text().matchAll(/^npx elasticache-wizard ([^]*? --yes)$/gm)].at(-1),
    'the command',
  );
  const words = command.replaceAll('\\\n', ' ').split(/\s+/);
  // As a shell reads them.
  return words.map((word) => word.replace(/^'(.*)'$/, '$1'));
}

/** The sentence that a run ends with, without how to go on. */
function lastWords({ window }: WizardSession): string {
  return window.text().slice(window.text().lastIndexOf('\n✖'));
}

async function leave(session: WizardSession): Promise<void> {
  session.window.press('ctrl-c');
  expect(await session.ended()).toBe(130);
}

describe('a newcomer', () => {
  test('who takes what is offered has a proof, and just what the printed command makes', async () => {
    await stage.withScene(async (scene) => {
      const session = started(scene, 'setup');
      await session.enterUntil('Which path');
      await session.answer('refreshPath', COUNT);
      expect(await session.asks('refreshValue')).toMatch(/❯ \$\.count {2}now \d+, and another value/);
      session.window.press('enter');
      await session.enterUntil('This plan:');
      expect(writes(scene)).toEqual([]);
      const command = await equivalentOf(session);
      await session.choose('This plan:', 'Apply it');
      expect(await session.ended(), session.window.text()).toBe(0);
      expect(session.window.text()).not.toContain('Not proven');
      const made = await photograph(scene.account);
      await stage.withScene(async (other) => {
        const { exitCode, result } = await other.run(command);
        expect([exitCode, result.proven]).toEqual([0, true]);
        expect(await photograph(other.account)).toEqual(made);
      });
    });
  });

  test('who presses Enter at the plan, too, has applied nothing, and may still leave', async () => {
    await stage.withScene(async (scene) => {
      const session = started(scene, 'setup');
      await session.enterUntil('This plan:');
      session.window.press('enter');
      await session.asks('Which answer?');
      session.window.press('escape');
      await session.choose('This plan:', 'Leave');
      expect(await session.ended()).toBe(130);
      expect(lastWords(session)).toContain('nothing was changed');
      expect(writes(scene)).toEqual([]);
    });
  });

  test.each(FULL ? WINDOWS : WINDOWS.slice(0, 1))(
    'may press Ctrl-C at every question, in a window of %i × %i',
    async (columns, rows) => {
      await stage.withScene(async (scene) => {
        const questions = new Set<string | undefined>();
        for (let isAtPlan = false; !isAtPlan;) {
          const argv = ['setup', '--preset', 'production'];
          const session = startSession(argv, scene, stage.clock, [columns, rows]);
          let asked = await session.next();
          for (let answered = 0; answered < questions.size; answered += 1) {
            if (asked?.startsWith('? Which path')) session.window.type(COUNT);
            session.window.press('enter');
            asked = await session.next();
          }
          expect(questions, session.window.text()).not.toContain(asked);
          questions.add(asked);
          isAtPlan = asked === '? This plan:';
          session.window.press('ctrl-c');
          expect(await session.ended(), asked).toBe(130);
          expect(session.window.text().split(asked!), 'asked once').toHaveLength(2);
          // However narrow the window is.
          expect(lastWords(session).replace(/\s/g, '')).toContain('nothingwaschanged');
          expect([session.window.showsCursor, session.window.isRaw]).toEqual([true, false]);
        }
        expect(questions.size).toBe(12);
        expect(writes(scene)).toEqual([]);
      });
    },
  );
});

describe('an answer that is changed after the plan', () => {
  test('makes another plan, of which nothing of the first is left, and that is applied', async () => {
    await stage.withScene(async (scene) => {
      const session = started(scene, 'setup', ...COLLABCANVAS, '--workload', 'cache', '--no-stickiness');
      await session.enterUntil('This plan:');
      await session.choose('This plan:', 'Change an answer');
      await session.choose('Which answer?', 'How large');
      await session.choose('cacheNodeType', 'cache.t4g.small');
      await session.asks('This plan:');
      const second = session.window.text().slice(session.window.text().lastIndexOf('\nPlan:'));
      expect(second).toContain('cache.t4g.small');
      expect(second).not.toContain('cache.t3.micro');
      await session.choose('This plan:', 'Apply it');
      expect(await session.ended()).toBe(0);
      const { nodes } = await photograph(scene.account);
      expect(nodes).toMatchObject([{ CacheNodeType: 'cache.t4g.small' }]);
    });
  });

  test('never makes the size of a new cache that of one that is there', async () => {
    const session = started(setUp, 'setup', '--no-verify');
    await session.enterUntil('What is the cache');
    await session.choose('cacheName', 'another one');
    await session.window.sees('Esc goes back');
    await session.answer('cacheName', 'another-redis');
    await session.enterUntil('This plan:');
    await session.choose('This plan:', 'Change an answer');
    await session.choose('Which answer?', 'What is the cache');
    await session.choose('cacheName', 'collabcanvas-redis');
    expect(await session.ended()).toBe(0);
    expect(session.window.text()).toContain('nothing to change');
    const { nodes } = await photograph(setUp.account);
    expect(nodes).toMatchObject([{ CacheNodeType: 'cache.t3.small' }]);
  });
});

test('the app’s own cache is offered first: Enter through all of it goes on with that one', async () => {
  const session = started(setUp, 'setup', '--no-verify');
  while ((await session.next()) !== undefined) session.window.press('enter');
  expect(await session.ended()).toBe(0);
  expect(session.window.text()).toContain('What is the cache to be called? collabcanvas-redis');
  expect(session.window.text()).toContain('nothing to change');
});

test('Esc at an answer that is to be changed leaves it as it was', async () => {
  await stage.withScene(async (scene) => {
    const session = started(scene, 'setup', ...COLLABCANVAS, '--workload', 'cache', '--no-stickiness');
    await session.enterUntil('This plan:');
    await session.choose('This plan:', 'Change an answer');
    await session.choose('Which answer?', 'How large');
    await session.asks('cacheNodeType');
    session.window.press('escape');
    await session.asks('This plan:');
    expect(await equivalentOf(session)).toContain('cache.t3.micro');
    await session.asks('This plan:');
    await leave(session);
  });
});

test('a plan that is saved and left has changed nothing, and is the same from its file', async () => {
  await stage.withScene(async (scene) => {
    const file = join(folder, 'canvas.yaml');
    const session = started(scene, 'setup');
    await session.enterUntil('This plan:');
    const command = await equivalentOf(session);
    await session.choose('This plan:', 'Save it');
    await session.answer('save', file);
    await session.choose('This plan:', 'Leave');
    expect(await session.ended()).toBe(130);
    expect(writes(scene)).toEqual([]);

    const typed = await scene.run(['plan', ...command.slice(1, -1)]);
    const fromFile = await scene.run(['plan', '--config', file, '--exit-code']);
    expect(fromFile.exitCode).toBe(10);
    expect(fromFile.result.changes).toEqual(typed.result.changes);
  });
});

describe('what stands in the way', () => {
  test('is told; another answer goes on, and leaving ends as without a terminal', async () => {
    const before = writes(setUp);
    const blocked = async (): Promise<WizardSession> => {
      const flags = [...COLLABCANVAS, '--project', 'another', '--no-stickiness', '--no-verify'];
      const session = started(setUp, 'setup', ...flags);
      await session.enterUntil('What now?');
      expect(lastWords(session).replace(/\s+/g, ' ')).toContain('to the project collabcanvas-backend');
      return session;
    };
    const left = await blocked();
    await left.choose('What now?', 'Leave');
    expect(await left.ended()).toBe(4);

    const session = await blocked();
    await session.choose('What now?', 'Change an answer');
    await session.choose('Which answer?', 'What is the cache');
    await session.answer('cacheName', 'canvas-of-mine');
    await session.enterUntil('This plan:');
    expect(await equivalentOf(session)).toContain('canvas-of-mine');
    await session.asks('This plan:');
    await leave(session);
    expect(writes(setUp)).toEqual(before);
  });

  test('between a flag and an answer is told, too', async () => {
    await stage.withScene(async (scene) => {
      const session = started(
        scene,
        'setup',
        ...COLLABCANVAS,
        '--serverless',
        '--no-stickiness',
        '--no-verify',
      );
      await session.choose('workload', 'a queue');
      await session.enterUntil('What now?');
      expect(lastWords(session)).toContain('--serverless');
      await session.choose('What now?', 'Change an answer');
      await session.choose('Which answer?', 'What is the app to keep');
      await session.choose('workload', 'sessions');
      await session.enterUntil('This plan:');
      await leave(session);
    });
  });

  test('between flags is told before any question', async () => {
    await stage.withScene(async (scene) => {
      const session = started(scene, 'setup', '--serverless', '--workload', 'queue');
      expect(await session.next()).toBeUndefined();
      expect(await session.ended()).toBe(2);
      expect(scene.calls()).toEqual([]);
    });
  });

  test('beside a config file is told, too, for of that nothing is asked', async () => {
    const file = join(folder, 'half.yaml');
    const [, ecsCluster, , service] = COLLABCANVAS;
    const project = { caches: [{ name: 'canvas-redis' }], consumers: [{ ecsCluster, service }] };
    writeFileSync(file, JSON.stringify(project));
    const session = started(setUp, 'setup', '--config', file, '--refresh-path', COUNT);
    expect(await session.ended()).toBe(2);
    expect(session.window.text().replace(/\s+/g, ' ')).toContain('not what to compare');
  });
});

test('a plan is of the app as it is by then, however long the answers took', async () => {
  await stage.withScene(async (scene) => {
    const flags = [...COLLABCANVAS, '--workload', 'cache', '--stickiness', '--no-verify'];
    const session = started(scene, 'setup', ...flags);
    await session.window.sees('How large');
    await turnStickinessOn(scene);
    await session.enterUntil('This plan:');
    expect(session.window.text()).not.toContain('off → load balancer cookie');
    await leave(session);
  });
});

/** By somebody else, at the console. */
async function turnStickinessOn({ env }: SandboxAccount): Promise<void> {
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  const credentials = { accessKeyId, secretAccessKey };
  const { ecs, elbv2 } = createAws({ region, endpointUrl, credentials, clock: stage.clock });
  const [, ecsCluster = '', , service = ''] = COLLABCANVAS;
  const [running] = await ecs.describeServices(ecsCluster, [service]);
  const { targetGroupArn = '' } = running!.loadBalancers[0]!;
  await elbv2.modifyTargetGroupAttributes(targetGroupArn, { 'stickiness.enabled': 'true' });
}

test('a plan that somebody has deployed over is not applied', async () => {
  await stage.withScene(async (scene) => {
    const flags = ['--workload', 'cache', '--stickiness', '--no-verify'];
    const session = started(scene, 'setup', ...COLLABCANVAS, ...flags);
    await session.enterUntil('This plan:');
    await deployAnother(scene);
    await session.choose('This plan:', 'Apply it');
    expect(await session.ended()).toBe(1);
    expect(session.window.text()).toMatch(
      /Somebody has deployed \S+ to collabcanvas-backend since the\s+plan/,
    );
    expect(writes(scene)).toEqual([]);
  });
});

const COPIED = [
  'family',
  'containerDefinitions',
  'networkMode',
  'cpu',
  'memory',
  'executionRoleArn',
  'requiresCompatibilities',
];

/** By somebody else's pipeline. */
async function deployAnother(scene: SandboxAccount): Promise<void> {
  const call = accountCalls(scene, stage.clock);
  const [, cluster = '', , service = ''] = COLLABCANVAS;
  const { taskDefinition: running } = await call<{ taskDefinition: Record<string, unknown> }>(
    'ecs',
    'DescribeTaskDefinition',
    { taskDefinition: service },
  );
  const copy = Object.fromEntries(COPIED.map((member) => [member, running[member]]));
  const { taskDefinition: made } = await call<{ taskDefinition: { taskDefinitionArn: string } }>(
    'ecs',
    'RegisterTaskDefinition',
    copy,
  );
  await call('ecs', 'UpdateService', { cluster, service, taskDefinition: made.taskDefinitionArn });
}

test('plan asks the same, and changes nothing', async () => {
  await stage.withScene(async (scene) => {
    const session = started(scene, 'plan', '--exit-code');
    while ((await session.next()) !== undefined) session.window.press('enter');
    expect(await session.ended()).toBe(10);
    expect(session.window.text()).toContain('+ cache collabcanvas-backend-redis');
    expect(writes(scene)).toEqual([]);
  });
});

test.each([
  ['status', ['Where', 'Which service']],
  ['scale', ['Where', 'Which service']],
  ['logs', ['Which project']],
  ['verify', ['Where', 'Which service']],
] as const)('%s asks for the app alone', async (command, questions) => {
  const session = started(setUp, command);
  for (const question of questions) {
    expect(await session.next()).toMatch(new RegExp(`^\\? ${question}`));
    session.window.press('enter');
  }
  expect(await session.next()).toBeUndefined();
  expect(await session.ended()).toBe(0);
});

test('a container is asked for where several could be meant', async () => {
  const unbalanced = inertCanvas({ loadBalancer: 'none' });
  await withAccount(unbalanced, async (at) => {
    const session = started(at, 'setup', ...COLLABCANVAS.slice(0, 4));
    await session.choose('container', 'log-router');
    await session.asks('cacheName');
    session.window.press('escape');
    await session.choose('container', 'backend');
    await session.enterUntil('This plan:');
    expect((await equivalentOf(session)).join(' ')).toContain('--container backend');
    await session.asks('This plan:');
    expect(session.window.text()).not.toContain('sticky');
    await leave(session);
  });
});

inMatrix('an app on instances is chosen from a list, and planned', async () => {
  await withAccount(funmagic({ programsFolder: PROGRAMS }), async (at) => {
    const session = started(at, 'setup');
    await session.choose('ecsCluster', 'on EC2 instances');
    await session.choose('instance', 'funmagic-web');
    await session.enterUntil('This plan:');
    const command = (await equivalentOf(session)).join(' ');
    await session.asks('This plan:');
    expect(command).toContain('--auto-scaling-group funmagic-web');
    expect(writes(at)).toEqual([]);
    await leave(session);
  });
});
