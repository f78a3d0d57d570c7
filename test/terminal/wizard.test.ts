/** The questions of the wizard, one by one. */
import { describe, expect, test } from 'vitest';
import { QUESTIONS } from '../../src/cli/wizard/questions.ts';
import type { InputName } from '../../src/inputs/catalogue.ts';
import { BALANCED } from './wizard-account.ts';
import { allBut, FLAGS, said, wordsOf, questionsOnTerminal } from './wizard-questions.ts';

const terminal = questionsOnTerminal();
const { ask, asks, answer } = terminal;

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
    expect(terminal.now.window.stdin.listenerCount('keypress')).toBe(0);
    await terminal.now.window.sees(`✔ ${wordsOf('stickiness')} no`);
    const answered = QUESTIONS.map(({ name }) => name).filter((name) => name in FLAGS);
    expect(terminal.now.window.text().split('\n')).toEqual(
      answered.map((name) => expect.stringContaining(`✔ ${wordsOf(name)} `) as string),
    );
  });

  test('show of a command to restart the app no password', async () => {
    const restart = ['--instance', 'i-0123456789abcdef0', '--restart-command', 'PASSWORD=geheim restart'];
    await ask([...allBut('ecsCluster', 'service'), ...restart]);
    await terminal.now.window.sees(`✔ ${wordsOf('restartCommand')} PASSWORD=`);
    expect(terminal.now.window.text()).not.toContain('geheim');
  });

  test('say what a flag means, where it is not the one that the question is known by', async () => {
    void ask([...allBut('cacheNodeType', 'stickiness'), '--serverless']);
    await asks('stickiness');
    expect(terminal.now.window.text()).toContain(`✔ ${wordsOf('cacheNodeType')} serverless\n`);
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
    terminal.now.window.type('canv');
    await terminal.now.window.until(
      () => !terminal.now.window.question().includes('billing') || undefined,
      'a shorter list',
    );
    expect(terminal.now.window.question()).toContain('canvas-backend  3 of 3 tasks run');
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ service: 'canvas-backend' });
  });

  test('a list that is not shown as a whole says that there are more, which can be typed', async () => {
    const answers = ask(allBut('service'), { others: 1_900 });
    expect(await asks('service')).toContain('1900 more');
    terminal.now.window.type('work');
    await terminal.now.window.until(
      () => !terminal.now.window.question().includes('web') || undefined,
      'a shorter list',
    );
    terminal.now.window.press('enter');
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
    terminal.now.window.press('up');
    await terminal.now.window.until(
      () => /❯ on EC2/.test(terminal.now.window.question()) || undefined,
      'the last choice',
    );
    terminal.now.window.press('enter');
    await answer('instance');
    await answer('restartCommand', 'systemctl restart shop');
    expect(await said(answers)).toMatchObject({ ...flag, restartCommand: 'systemctl restart shop' });
  });
});

describe('which cache', () => {
  test('a name is suggested, and one that AWS would refuse is asked again', async () => {
    const answers = ask(allBut('cacheName'));
    expect(await asks('cacheName')).toContain('fixed for the life of the cache');
    expect(terminal.now.window.question()).toContain('(web-redis)');
    terminal.now.window.type('9lives');
    terminal.now.window.press('enter');
    await terminal.now.window.sees('begin with a letter');
    for (const letter of '9lives') if (letter) terminal.now.window.press('backspace');
    terminal.now.window.type('Canvas-Redis');
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ cacheName: 'canvas-redis' });
  });

  test('each size has its price and its memory, serverless also its idle floor; a type can be searched', async () => {
    const answers = ask(allBut('cacheNodeType'));
    const sizes = await asks('cacheNodeType');
    expect(sizes).toContain('❯ cache.t3.micro $12.41 a month 0.38 GiB');
    expect(sizes).toMatch(/serverless \$\d+\.\d\d a month .*idle/);
    terminal.now.window.type('t4g.small');
    await terminal.now.window.until(
      () => !terminal.now.window.question().includes('t3.micro') || undefined,
      'a shorter list',
    );
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ cacheNodeType: 'cache.t4g.small' });
  });

  test('serverless tells its floor and what use costs, and is chosen as what it is', async () => {
    const answers = ask(allBut('cacheNodeType'));
    await asks('cacheNodeType');
    terminal.now.window.type('serverless');
    await terminal.now.window.until(
      () => /❯ serverless/.test(terminal.now.window.question()) || undefined,
      'serverless',
    );
    expect(terminal.now.window.question().replace(/\s+/g, ' ')).toMatch(/never off; .*\$/);
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ serverless: true });
  });

  test('serverless cannot be chosen for a queue, and says why', async () => {
    const answers = ask(allBut('workload', 'cacheNodeType'));
    await asks('workload');
    for (let row = 0; row < 2; row += 1) terminal.now.window.press('down');
    terminal.now.window.press('enter');
    await asks('cacheNodeType');
    terminal.now.window.type('serverless');
    await terminal.now.window.sees('- serverless');
    expect(terminal.now.window.question().replace(/\s+/g, ' ')).toContain('not for a queue');
    terminal.now.window.press('enter');
    for (const letter of 'serverless') if (letter) terminal.now.window.press('backspace');
    await terminal.now.window.until(
      () => /❯ cache\.t3\.micro/.test(terminal.now.window.question()) || undefined,
      'the whole list',
    );
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ workload: 'queue', cacheNodeType: 'cache.t3.micro' });
  });

  test('development and production are spelled out, each with its price', async () => {
    const answers = ask(allBut('preset'));
    expect(await asks('preset')).toMatch(/development .*\$12\.41 a month production .*\$\d+\.\d\d a month/);
    expect(terminal.now.window.question()).toContain('No backups.');
    terminal.now.window.press('down');
    await terminal.now.window.sees('A backup each day');
    expect(terminal.now.window.question()).toContain('a replica takes over');
    terminal.now.window.press('enter');
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
    expect(await asks('envProfile')).toMatch(/❯ host and port: REDIS_HOST, .*\(the app has these now\)/);
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ envProfile: 'split' });
  });

  test('a URL variable of the app’s own is offered first', async () => {
    const environment = { CANVAS_STORE: 'redis://redis.internal:6379/0' };
    const answers = ask(allBut('envProfile'), { environment });
    expect(await asks('envProfile')).toContain('❯ CANVAS_STORE (the app has it now)');
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ envVar: 'CANVAS_STORE' });
  });

  test('any other variable may be named', async () => {
    const answers = ask(allBut('envProfile'));
    await asks('envProfile');
    terminal.now.window.press('up');
    await terminal.now.window.until(
      () => /❯ another/.test(terminal.now.window.question()) || undefined,
      'the last choice',
    );
    terminal.now.window.press('enter');
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
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: '$.count' });
  });

  test('where the path could not be seen, the reason is told and the value is typed', async () => {
    const sight = { seen: false, reason: 'GET /api/count answers 401.' } as const;
    const answers = ask(allBut('refreshValue'), { sight });
    expect(await asks('refreshValue')).toContain('GET /api/count answers 401; a JSONPath');
    terminal.now.window.type('body');
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: 'body' });
  });

  test('what is offered need not be what is compared', async () => {
    const candidates = [{ expression: '$.count', shown: '36', differs: false }];
    const answers = ask(allBut('refreshValue'), { sight: { seen: true, format: 'json', candidates } });
    await asks('refreshValue');
    terminal.now.window.press('up');
    terminal.now.window.press('enter');
    await terminal.now.window.until(
      () => /^[^❯]+$/.test(terminal.now.window.question()) || undefined,
      'a question to type at',
    );
    expect(terminal.now.window.question()).not.toContain('another');
    terminal.now.window.type('/id (\\d+)/');
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: '/id (\\d+)/' });
  });

  test('where there is nothing but the whole answer, that is the only thing offered', async () => {
    const sight = { seen: true, format: 'text', candidates: [] } as const;
    const answers = ask(allBut('refreshValue'), { sight });
    expect(await asks('refreshValue')).toContain('❯ body');
    terminal.now.window.press('enter');
    expect(await said(answers)).toMatchObject({ refreshValue: 'body' });
  });

  test('the proof may be left out, and then nothing is compared', async () => {
    const answers = ask(allBut('refreshPath', 'refreshValue'));
    expect(await asks('refreshPath')).toContain('http://web.example.com');
    terminal.now.window.press('enter');
    expect(await said(answers)).not.toHaveProperty('refreshPath');
  });
});

describe('stickiness', () => {
  test('is asked with what it is for', async () => {
    const answers = ask(allBut('stickiness'));
    expect(await asks('stickiness')).toContain('shares no state');
    terminal.now.window.type('n');
    terminal.now.window.press('enter');
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
