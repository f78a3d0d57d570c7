/** The questions of the wizard, one by one, on a terminal of 80 × 24. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireApproval } from '../../src/cli/applying/approval.ts';
import { unanswered } from '../../src/cli/opening/questions.ts';
import { parseArguments } from '../../src/cli/program.ts';
import { withoutAnswer } from '../../src/cli/wizard/asking-in-order.ts';
import type { Answers } from '../../src/cli/wizard/question.ts';
import { askEverything, QUESTIONS } from '../../src/cli/wizard/questions.ts';
import { WizardError } from '../../src/errors.ts';
import type { Asker } from '../../src/inputs/asker.ts';
import { CATALOGUE, type InputName } from '../../src/inputs/catalogue.ts';
import type { Input } from '../../src/inputs/input.ts';
import { inquirerAsker } from '../../src/inputs/inquirer-asker.ts';
import { resolveInputs, type Inputs } from '../../src/inputs/resolve.ts';
import { indented } from '../../src/output/line-width.ts';
import { TerminalWindow } from './terminal-window.ts';
import { accountInMemory, BALANCED, type AccountInMemory } from './wizard-account.ts';

let window: TerminalWindow;
let interrupt: AbortController;
let asker: Asker;
let drawing: string[];

beforeEach(() => {
  window = new TerminalWindow();
  interrupt = new AbortController();
  drawing = [];
  asker = inquirerAsker({
    input: window.stdin,
    output: window.output,
    signal: interrupt.signal,
    setting: { bold: String, dim: String, indented: (text, blanks) => indented(text, blanks, 80) },
    suspend: () => drawing.push('suspended'),
    resume: () => drawing.push('resumed'),
  });
});

afterEach(() => interrupt.abort());

function inputsFrom(argv: readonly string[]): Inputs {
  const invocation = parseArguments(['setup', ...argv], '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  return resolveInputs(invocation.command, { flags: invocation.flags, environment: {} });
}

/** What answers each question. */
const FLAGS = {
  ecsCluster: ['--ecs-cluster', 'canvas'],
  service: ['--service', 'web'],
  cacheName: ['--cache-name', 'canvas-redis'],
  workload: ['--workload', 'cache'],
  cacheNodeType: ['--cache-node-type', 'cache.t3.micro'],
  preset: ['--preset', 'development'],
  envProfile: ['--env-profile', 'url'],
  refreshPath: ['--refresh-path', '/api/count'],
  refreshValue: ['--refresh-value', '$.count'],
  stickiness: ['--no-stickiness'],
} as const;

function allBut(...open: readonly (keyof typeof FLAGS)[]): string[] {
  return Object.entries(FLAGS).flatMap(([name, flag]) => (open.some((each) => each === name) ? [] : flag));
}

function ask(argv: readonly string[], account: Partial<AccountInMemory> = {}): Promise<Answers> {
  return kept(askEverything(unanswered(inputsFrom(argv)), asker, accountInMemory(account)));
}

/** A test may end at a question. */
function kept<T>(answers: Promise<T>): Promise<T> {
  answers.catch(() => undefined);
  return answers;
}

function wordsOf(name: InputName): string {
  const { question }: Input<unknown> = CATALOGUE[name];
  return question ?? name;
}

/** What stands from the question on, as one line. */
async function asks(name: InputName): Promise<string> {
  return (await window.asks(wordsOf(name))).replace(/\s+/g, ' ');
}

async function answer(name: InputName, ...typed: readonly string[]): Promise<void> {
  await asks(name);
  for (const text of typed) window.type(text);
  window.press('enter');
}

/** The values that somebody gave or answered. */
async function said(answers: Promise<Answers>): Promise<Record<string, unknown>> {
  const { inputs } = await answers;
  const given = Object.entries(inputs).filter(([, input]) => input && input.origin !== 'default');
  return Object.fromEntries(given.map(([name, input]) => [name, input?.value]));
}

const OF_FLAGS = { ecsCluster: 'canvas', service: 'web', cacheName: 'canvas-redis', workload: 'cache' };

describe('the questions', () => {
  test('are asked in the order of thought, and Enter answers each of them', async () => {
    const answers = ask([]);
    const order: InputName[] = [
      ...(['ecsCluster', 'service', 'cacheName', 'workload', 'cacheNodeType', 'preset'] as const),
      ...(['envProfile', 'refreshPath', 'stickiness'] as const),
    ];
    for (const name of order) await answer(name);
    expect(await said(answers)).toEqual({
      ecsCluster: 'canvas',
      service: 'web',
      cacheName: 'web-redis',
      workload: 'cache',
      cacheNodeType: 'cache.t3.micro',
      preset: 'development',
      envProfile: 'url',
      stickiness: true,
    });
  });

  test('that flags have answered are shown as answered, and not asked', async () => {
    await ask(allBut());
    expect(window.stdin.listenerCount('keypress')).toBe(0);
    await window.sees(`✔ ${wordsOf('stickiness')} no`);
    const answered = QUESTIONS.map(({ name }) => name).filter((name) => name in FLAGS);
    expect(window.text().split('\n')).toEqual(
      answered.map((name) => expect.stringContaining(`✔ ${wordsOf(name)} `) as string),
    );
  });

  test('say what a flag means, where it is not the one that the question is known by', async () => {
    void ask([...allBut('cacheNodeType', 'stickiness'), '--serverless']);
    await asks('stickiness');
    expect(window.text()).toContain(`✔ ${wordsOf('cacheNodeType')} serverless\n`);
  });

  test('about a size and its safety are left out where the cache is there, for it stays as it is', async () => {
    const answers = ask(allBut('cacheName', 'workload', 'cacheNodeType', 'preset', 'refreshValue'));
    await answer('cacheName', 'already-there');
    await answer('refreshValue', '$.count');
    expect(await said(answers)).not.toHaveProperty('cacheNodeType');
  });

  test('about the proof are left out where nothing is to be checked', async () => {
    const answers = ask([...allBut('refreshPath', 'refreshValue'), '--no-verify']);
    expect(await said(answers)).not.toHaveProperty('refreshPath');
  });
});

describe('which app', () => {
  test('a long list is searched, and tells how many tasks run and what is behind a load balancer', async () => {
    const names = ['billing', 'gateway', 'mail', 'search', 'uploads', 'web', 'worker', 'canvas-backend'];
    const answers = ask(allBut('service'), { services: { canvas: names } });
    await asks('service');
    window.type('canv');
    await window.until(() => !window.question().includes('billing') || undefined, 'a shorter list');
    expect(window.question()).toContain('canvas-backend  3 of 3 tasks run');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ service: 'canvas-backend' });
  });

  test('a list that is not shown as a whole says that there are more, which can be typed', async () => {
    const answers = ask(allBut('service'), { others: 1_900 });
    expect(await asks('service')).toContain('1900 more');
    window.type('work');
    await window.until(() => !window.question().includes('web') || undefined, 'a shorter list');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ service: 'worker' });
  });

  test('a cluster without services ends with a sentence, not with an empty list', async () => {
    await expect(ask(['--ecs-cluster', 'tools'])).rejects.toMatchObject({
      code: 'NotFound',
      message: 'There is no service in the ECS cluster tools',
    });
  });

  test.each([
    [{ autoScalingGroup: 'shop-web' }, { autoScalingGroup: 'shop-web' }],
    [{ instances: ['i-0123456789abcdef0'] }, { instance: ['i-0123456789abcdef0'] }],
    [{ securityGroup: 'sg-0123456789abcdef0' }, { instanceSecurityGroup: 'sg-0123456789abcdef0' }],
  ] as const)('an app on instances is named by what holds them together: %j', async (selection, flag) => {
    const shop = { selection, label: 'shop', detail: '2 instances', instances: 2 };
    const answers = ask([...allBut('ecsCluster', 'service')], { instanceApps: [shop] });
    await asks('ecsCluster');
    window.press('up');
    await window.until(() => /❯ on EC2/.test(window.question()) || undefined, 'the last choice');
    window.press('enter');
    await answer('instance');
    await answer('restartCommand', 'systemctl restart shop');
    expect(await said(answers)).toMatchObject({ ...flag, restartCommand: 'systemctl restart shop' });
  });
});

describe('which cache', () => {
  test('a name is suggested, and one that AWS would refuse is asked again', async () => {
    const answers = ask(allBut('cacheName'));
    expect(await asks('cacheName')).toContain('fixed for the life of the cache');
    expect(window.question()).toContain('(web-redis)');
    window.type('9lives');
    window.press('enter');
    await window.sees('begin with a letter');
    for (const letter of '9lives') if (letter) window.press('backspace');
    window.type('Canvas-Redis');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ cacheName: 'canvas-redis' });
  });

  test('each size has its price and its memory, serverless also its idle floor; a type can be searched', async () => {
    const answers = ask(allBut('cacheNodeType'));
    const sizes = await asks('cacheNodeType');
    expect(sizes).toContain('❯ cache.t3.micro $12.41 a month 0.38 GiB');
    expect(sizes).toMatch(/serverless \$\d+\.\d\d a month .*idle/);
    window.type('t4g.small');
    await window.until(() => !window.question().includes('t3.micro') || undefined, 'a shorter list');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ cacheNodeType: 'cache.t4g.small' });
  });

  test('serverless tells its floor and what use costs, and is chosen as what it is', async () => {
    const answers = ask(allBut('cacheNodeType'));
    await asks('cacheNodeType');
    window.type('serverless');
    await window.until(() => /❯ serverless/.test(window.question()) || undefined, 'serverless');
    expect(window.question().replace(/\s+/g, ' ')).toMatch(/never off; .*\$/);
    window.press('enter');
    expect(await said(answers)).toMatchObject({ serverless: true });
  });

  test('serverless cannot be chosen for a queue, and says why', async () => {
    const answers = ask(allBut('workload', 'cacheNodeType'));
    await asks('workload');
    for (let row = 0; row < 2; row += 1) window.press('down');
    window.press('enter');
    await asks('cacheNodeType');
    window.type('serverless');
    await window.sees('- serverless');
    expect(window.question().replace(/\s+/g, ' ')).toContain('not for a queue');
    window.press('enter');
    for (const letter of 'serverless') if (letter) window.press('backspace');
    await window.until(() => /❯ cache\.t3\.micro/.test(window.question()) || undefined, 'the whole list');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ workload: 'queue', cacheNodeType: 'cache.t3.micro' });
  });

  test('development and production are spelled out, each with its price', async () => {
    const answers = ask(allBut('preset'));
    expect(await asks('preset')).toMatch(/development .*\$12\.41 a month production .*\$\d+\.\d\d a month/);
    expect(window.question()).toContain('No backups.');
    window.press('down');
    await window.sees('A backup each day');
    expect(window.question()).toContain('a replica takes over');
    window.press('enter');
    await answer('alarmEmail', 'ops@example.com');
    expect(await said(answers)).toMatchObject({ preset: 'production', alarmEmail: 'ops@example.com' });
  });

  test('nobody need be mailed', async () => {
    const answers = ask([...allBut('preset'), '--preset', 'production']);
    await answer('alarmEmail');
    expect(await said(answers)).not.toHaveProperty('alarmEmail');
  });
});

describe('how the app reads its address', () => {
  test('variables that the app has already are preferred, and that is said', async () => {
    const environment = { REDIS_HOST: 'localhost', REDIS_PORT: '6379' };
    const answers = ask(allBut('envProfile'), { environment });
    expect(await asks('envProfile')).toMatch(/❯ REDIS_HOST, .*\(the app has these now\)/);
    window.press('enter');
    expect(await said(answers)).toMatchObject({ envProfile: 'split' });
  });

  test('a URL variable of the app’s own is offered first', async () => {
    const environment = { CANVAS_STORE: 'redis://redis.internal:6379/0' };
    const answers = ask(allBut('envProfile'), { environment });
    expect(await asks('envProfile')).toContain('❯ CANVAS_STORE (the app has it now)');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ envVar: 'CANVAS_STORE' });
  });

  test('any other variable may be named', async () => {
    const answers = ask(allBut('envProfile'));
    await asks('envProfile');
    window.press('up');
    await window.until(() => /❯ another/.test(window.question()) || undefined, 'the last choice');
    window.press('enter');
    await answer('envVar', 'KV_URL');
    expect(await said(answers)).toMatchObject({ envVar: 'KV_URL' });
  });
});

describe('how the symptom is seen', () => {
  test('what the path answers now is offered with its values', async () => {
    const candidates = [
      { expression: '$.count', shown: '36', differs: true },
      { expression: '$.status', shown: '"ok"', differs: false },
    ];
    const answers = ask(allBut('refreshValue'), { sight: { seen: true, format: 'json', candidates } });
    const values = await asks('refreshValue');
    expect(values).toContain('❯ $.count now 36, and another value a moment later');
    expect(values).toContain('$.status now "ok"');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: '$.count' });
  });

  test('where the path could not be seen, the reason is told and the value is typed', async () => {
    const sight = { seen: false, reason: 'GET /api/count answers 401.' } as const;
    const answers = ask(allBut('refreshValue'), { sight });
    expect(await asks('refreshValue')).toContain('GET /api/count answers 401.');
    window.type('body');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: 'body' });
  });

  test('what is offered need not be what is compared', async () => {
    const candidates = [{ expression: '$.count', shown: '36', differs: false }];
    const answers = ask(allBut('refreshValue'), { sight: { seen: true, format: 'json', candidates } });
    await asks('refreshValue');
    window.press('up');
    window.press('enter');
    await window.until(() => /^[^❯]+$/.test(window.question()) || undefined, 'a question to type at');
    expect(window.question()).not.toContain('another');
    window.type('/id (\\d+)/');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: '/id (\\d+)/' });
  });

  test('where there is nothing but the whole answer, that is the only thing offered', async () => {
    const sight = { seen: true, format: 'text', candidates: [] } as const;
    const answers = ask(allBut('refreshValue'), { sight });
    expect(await asks('refreshValue')).toContain('❯ body');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: 'body' });
  });

  test('the proof may be left out, and then nothing is compared', async () => {
    const answers = ask(allBut('refreshPath', 'refreshValue'));
    expect(await asks('refreshPath')).toContain('http://web.example.com');
    window.press('enter');
    expect(await said(answers)).not.toHaveProperty('refreshPath');
  });
});

describe('stickiness', () => {
  test('is asked with what it is for', async () => {
    const answers = ask(allBut('stickiness'));
    expect(await asks('stickiness')).toContain('shares no state');
    window.type('n');
    window.press('enter');
    expect(await said(answers)).toMatchObject({ stickiness: false });
  });

  test.each([
    ['is on', [{ ...BALANCED, attributes: { 'stickiness.enabled': 'true' } }]],
    ['cannot be, for there is no load balancer', []],
    [
      'cannot be with this load balancer',
      [{ ...BALANCED, loadBalancer: { ...BALANCED.loadBalancer!, type: 'network' } }],
    ],
  ])('is not asked where it %s', async (_, targetGroups) => {
    expect(await said(ask(allBut('stickiness'), { app: { targetGroups } }))).not.toHaveProperty('stickiness');
  });
});

describe('Esc', () => {
  test('goes back to one question after the other, whose former answers are then preferred; flags stay', async () => {
    const answers = ask(allBut('workload', 'cacheNodeType', 'envProfile', 'stickiness'));
    await asks('workload');
    window.press('down');
    window.press('enter');
    await asks('cacheNodeType');
    window.type('t4g.small');
    await window.until(() => !window.question().includes('t3.micro') || undefined, 'a shorter list');
    window.press('enter');
    await asks('envProfile');
    window.press('escape');
    expect(await asks('cacheNodeType')).toContain('❯ cache.t4g.small');
    window.press('escape');
    expect(await asks('workload')).toContain('❯ sessions');
    window.press('enter');
    await answer('cacheNodeType');
    await answer('envProfile');
    await answer('stickiness');
    expect(await said(answers)).toEqual({
      ...OF_FLAGS,
      workload: 'sessions',
      cacheNodeType: 'cache.t4g.small',
      preset: 'development',
      envProfile: 'url',
      refreshPath: '/api/count',
      refreshValue: '$.count',
      stickiness: true,
    });
  });

  test('to a question with another answer leaves out what no longer applies', async () => {
    const answers = ask(allBut('cacheName', 'workload', 'cacheNodeType', 'preset'));
    await answer('cacheName', 'new-one');
    await answer('workload');
    await asks('cacheNodeType');
    window.press('escape');
    await asks('workload');
    window.press('escape');
    expect(await asks('cacheName')).toContain('(new-one)');
    window.type('already-there');
    window.press('enter');
    const { workload, ...others } = OF_FLAGS;
    expect(workload).toBe('cache');
    expect(await said(answers)).toMatchObject({ ...others, cacheName: 'already-there' });
    expect((await answers).inputs.workload).toBeUndefined();
  });

  test('at the first question is nothing', async () => {
    const answers = ask(allBut('envProfile', 'stickiness'));
    expect(await asks('envProfile')).not.toContain('Esc');
    const heard = once(window.stdin, 'keypress');
    window.press('escape');
    await heard;
    await answer('envProfile');
    await answer('stickiness');
    expect(await said(answers)).toMatchObject({ envProfile: 'url' });
  });

  test('at what a choice leads to goes back to the choice', async () => {
    const shop = { selection: { autoScalingGroup: 'shop' }, label: 'shop', detail: '', instances: 2 };
    void ask([], { instanceApps: [shop] });
    await asks('ecsCluster');
    window.press('up');
    window.press('enter');
    await asks('instance');
    window.press('escape');
    await asks('ecsCluster');
  });
});

describe('an answer that is changed at the end', () => {
  const again = async (name: InputName, answers: Answers): Promise<Answers> => {
    const question = QUESTIONS.find((each) => each.name === name)!;
    return kept(askEverything(withoutAnswer(question, answers), asker, accountInMemory()));
  };

  test('is the only one to be asked, where nothing rests on it', async () => {
    const answers = await ask(allBut());
    const changed = again('preset', answers);
    await answer('preset');
    expect((await changed).inputs.preset).toEqual({ value: 'development', origin: 'answer' });
    const answered = Object.keys(FLAGS).length + 1;
    await window.until(() => window.text().match(/✔/g)?.length === answered || undefined, 'one answer more');
  });

  test('takes with it what means nothing without it', async () => {
    const changed = again('refreshPath', await ask(allBut()));
    await answer('refreshPath');
    expect((await changed).inputs.refreshValue).toBeUndefined();
  });
});

describe('nothing is changed by', () => {
  test('an accidental Enter', async () => {
    const approval = asker.approve('Apply this plan?');
    await window.asks('Apply this plan?');
    window.press('enter');
    await expect(approval).resolves.toBe(false);
  });

  test('a no, which is told as that and ends a script', async () => {
    const approval = kept(requireApproval({ asker, inputs: inputsFrom([]) }));
    await window.asks('Apply this plan?');
    window.type('n');
    window.press('enter');
    await expect(approval).rejects.toMatchObject({ code: 'Declined', exitCode: 130 });
  });

  test('Ctrl-C, which says how to go on', async () => {
    const approval = kept(asker.approve('Apply this plan?'));
    await window.asks('Apply this plan?');
    window.press('ctrl-c');
    await expect(approval).rejects.toMatchObject({ code: 'Interrupted', exitCode: 130 });
    expect(window.isRaw).toBe(false);
  });

  test('Ctrl-D, by which others end their input', async () => {
    const approval = kept(asker.approve('Apply this plan?'));
    await window.asks('Apply this plan?');
    window.press('ctrl-d');
    await expect(approval).rejects.toMatchObject({ code: 'Interrupted', exitCode: 130 });
  });

  test('a termination while a question is asked, which is told as what it is', async () => {
    const approval = kept(asker.approve('Apply this plan?'));
    await window.asks('Apply this plan?');
    interrupt.abort(new WizardError('Terminated', 'Terminated'));
    await expect(approval).rejects.toMatchObject({ code: 'Terminated' });
  });
});

test('whoever draws leaves the terminal alone while a question is asked', async () => {
  const approval = asker.approve('Apply this plan?');
  await window.asks('Apply this plan?');
  expect(drawing).toEqual(['suspended']);
  window.type('y');
  window.press('enter');
  await expect(approval).resolves.toBe(true);
  expect(drawing).toEqual(['suspended', 'resumed']);
});
