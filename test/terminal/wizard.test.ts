import { PassThrough } from 'node:stream';
import { screen } from '@inquirer/testing/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireApproval } from '../../src/cli/applying/approval.ts';
import { askApp, askCacheName, askNewCache, askProof, type Reads } from '../../src/cli/opening/questions.ts';
import { parseArguments } from '../../src/cli/program.ts';
import { WizardError } from '../../src/errors.ts';
import type { Asker } from '../../src/inputs/asker.ts';
import { inquirerAsker } from '../../src/inputs/inquirer-asker.ts';
import { resolveInputs, type Inputs } from '../../src/inputs/resolve.ts';

const names = [
  'backend',
  'billing',
  'gateway',
  'mail',
  'search',
  'uploads',
  'web',
  'worker',
  'collabcanvas-backend',
];

const reads: Reads = {
  region: 'us-east-1',
  listClusters: () => Promise.resolve(['canvas', 'tools']),
  listServices: (ecsCluster) =>
    Promise.resolve(
      ecsCluster === 'canvas'
        ? names.map((service) => ({
            service,
            desiredCount: 3,
            runningCount: 3,
            hasLoadBalancer: service !== 'worker',
          }))
        : [],
    ),
  cacheExists: (name) => Promise.resolve(name === 'already-there'),
};

let echoed: PassThrough;
let interrupt: AbortController;
let asker: Asker;
let drawing: string[];

beforeEach(() => {
  echoed = new PassThrough();
  interrupt = new AbortController();
  drawing = [];
  asker = inquirerAsker({
    input: new PassThrough(),
    output: echoed,
    signal: interrupt.signal,
    suspend: () => drawing.push('suspended'),
    resume: () => drawing.push('resumed'),
  });
});

afterEach(() => interrupt.abort());

function inputsFrom(...argv: string[]): Inputs {
  const invocation = parseArguments(['setup', ...argv], '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  return resolveInputs(invocation.command, { flags: invocation.flags, environment: {} });
}

/** The prompt may not be there yet: reads come before it. */
async function seen(text: string): Promise<string> {
  await expect.poll(() => screen.getScreen(), { timeout: 5_000, interval: 5 }).toContain(text);
  return screen.getScreen();
}

test('the cluster is picked from what is there, and a long list of services is searched', async () => {
  const answers = askApp(inputsFrom(), asker, reads);
  await seen('Which ECS cluster does the app run in?');
  screen.keypress('enter');
  await seen('Which service is to get the cache?');
  screen.type('collab');
  await expect.poll(() => screen.getScreen()).not.toContain('billing');
  expect(screen.getScreen()).toContain('collabcanvas-backend  3 of 3 tasks run');
  screen.keypress('enter');
  await expect(answers).resolves.toEqual({ ecsCluster: 'canvas', service: 'collabcanvas-backend' });
});

test('what a flag has answered is shown as an answered question and not asked', async () => {
  const inputs = inputsFrom('--ecs-cluster', 'canvas', '--service', 'web');
  await expect(askApp(inputs, asker, reads)).resolves.toEqual({ ecsCluster: 'canvas', service: 'web' });
  expect(String(echoed.read())).toBe(
    '✔ Which ECS cluster does the app run in? canvas\n✔ Which service is to get the cache? web\n',
  );
});

test('a cluster without services ends with a sentence, not with an empty list', async () => {
  await expect(askApp(inputsFrom('--ecs-cluster', 'tools'), asker, reads)).rejects.toMatchObject({
    code: 'NotFound',
    message: 'There is no service in the ECS cluster tools',
  });
});

test('a name is suggested, and one that AWS would refuse is asked again', async () => {
  const answer = askCacheName(inputsFrom(), asker, 'CollabCanvas_Backend');
  await seen(
    'What is the cache to be called? (fixed for the life of the cache) (collabcanvas-backend-redis)',
  );
  screen.type('9lives');
  screen.keypress('enter');
  await seen('begin with a letter');
  for (let letter = 0; letter < '9lives'.length; letter += 1) screen.keypress('backspace');
  screen.type('Canvas-Redis');
  screen.keypress('enter');
  await expect(answer).resolves.toBe('canvas-redis');
});

test('the size is asked with its price and its memory, and says that it can be changed later', async () => {
  const answer = askNewCache(inputsFrom(), asker, reads, 'new-one');
  const sizes = await seen('How large is each node to be? (can be changed later');
  expect(sizes).toContain('cache.t3.micro    $12.41 a month, 0.38 GiB for data');
  screen.type('t4g.small');
  await expect.poll(() => screen.getScreen()).not.toContain('t3.micro');
  screen.keypress('enter');
  await seen('outlive the loss of a zone');
  screen.type('y');
  screen.keypress('enter');
  const inputs = await answer;
  expect(inputs.cacheNodeType).toEqual({ value: 'cache.t4g.small', origin: 'answer' });
  expect(inputs.multiAz).toEqual({ value: true, origin: 'answer' });
  expect(inputs.replicas).toEqual({ value: 1, origin: 'answer' });
});

test('the first size in the list is the default one, so that enter takes it', async () => {
  const answer = askNewCache(inputsFrom('--no-multi-az'), asker, reads, 'new-one');
  await seen('How large is each node to be?');
  screen.keypress('enter');
  expect((await answer).cacheNodeType).toEqual({ value: 'cache.t3.micro', origin: 'answer' });
});

test('nothing is asked of a cache that is there, because it stays as it is', async () => {
  const inputs = inputsFrom();
  await expect(askNewCache(inputs, asker, reads, 'already-there')).resolves.toBe(inputs);
});

test('the proof may be left out, and what it compares is asked only where there is a path', async () => {
  const skipped = askProof(inputsFrom(), asker);
  await seen('Which path is to show the same on every refresh?');
  screen.keypress('enter');
  expect((await skipped).refreshPath).toBeUndefined();

  screen.clear();
  const compared = askProof(inputsFrom(), asker);
  await seen('Which path is to show the same on every refresh?');
  screen.type('/api/count');
  screen.keypress('enter');
  await seen('What is to be compared');
  screen.type('$.count');
  screen.keypress('enter');
  const { refreshPath, refreshValue } = await compared;
  expect([refreshPath?.value, refreshValue?.value]).toEqual(['/api/count', '$.count']);
});

test('the plan is not approved by an accidental enter', async () => {
  const answer = asker.approve('Apply this plan?');
  await seen('Apply this plan?');
  screen.keypress('enter');
  await expect(answer).resolves.toBe(false);
});

test('declining the plan is told as that, and ends a script', async () => {
  const approval = requireApproval({ asker, inputs: inputsFrom() });
  await seen('Apply this plan?');
  screen.type('n');
  screen.keypress('enter');
  await expect(approval).rejects.toMatchObject({ code: 'Declined', exitCode: 130 });
});

test('the renderer leaves the terminal alone while a question is asked', async () => {
  const answer = asker.approve('Apply this plan?');
  await seen('Apply this plan?');
  expect(drawing).toEqual(['suspended']);
  screen.type('y');
  screen.keypress('enter');
  await expect(answer).resolves.toBe(true);
  expect(drawing).toEqual(['suspended', 'resumed']);
});

test('Ctrl-C at a question ends with how to go on, and changes nothing', async () => {
  const answer = asker.approve('Apply this plan?');
  await seen('Apply this plan?');
  screen.keypress({ name: 'c', ctrl: true });
  await expect(answer).rejects.toMatchObject({ code: 'Interrupted', exitCode: 130 });
});

test('a termination while a question is asked is told as what it is', async () => {
  const answer = asker.approve('Apply this plan?');
  await seen('Apply this plan?');
  interrupt.abort(new WizardError('Terminated', 'Terminated'));
  await expect(answer).rejects.toMatchObject({ code: 'Terminated' });
});
