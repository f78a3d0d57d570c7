/** Going back in the wizard, changing an answer, and leaving it. */
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { requireApproval } from '../../src/cli/applying/approval.ts';
import { withoutAnswer } from '../../src/cli/wizard/asking-in-order.ts';
import type { Answers } from '../../src/cli/wizard/question.ts';
import { askEverything, QUESTIONS } from '../../src/cli/wizard/questions.ts';
import { WizardError } from '../../src/errors.ts';
import type { InputName } from '../../src/inputs/catalogue.ts';
import { accountInMemory } from './wizard-account.ts';
import { allBut, FLAGS, inputsFrom, kept, said, wordsOf, questionsOnTerminal } from './wizard-questions.ts';

const terminal = questionsOnTerminal();
const { ask, asks, answer } = terminal;

const OF_FLAGS = { ecsCluster: 'canvas', service: 'web', cacheName: 'canvas-redis', workload: 'cache' };

describe('Esc', () => {
  test('goes back to one question after the other, whose former answers are then preferred; flags stay', async () => {
    const answers = ask(allBut('workload', 'cacheNodeType', 'envProfile', 'stickiness'));
    await asks('workload');
    terminal.now.window.press('down');
    terminal.now.window.press('enter');
    await asks('cacheNodeType');
    terminal.now.window.type('t4g.small');
    await terminal.now.window.until(
      () => !terminal.now.window.question().includes('t3.micro') || undefined,
      'a shorter list',
    );
    terminal.now.window.press('enter');
    await asks('envProfile');
    terminal.now.window.press('escape');
    expect(await asks('cacheNodeType')).toContain('❯ cache.t4g.small');
    expect(terminal.now.window.text()).not.toContain(wordsOf('envProfile'));
    terminal.now.window.press('escape');
    expect(await asks('workload')).toContain('❯ sessions');
    terminal.now.window.press('enter');
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
    terminal.now.window.press('escape');
    await asks('workload');
    terminal.now.window.press('escape');
    expect(await asks('cacheName')).toContain('(new-one)');
    terminal.now.window.type('already-there');
    terminal.now.window.press('enter');
    const { workload, ...others } = OF_FLAGS;
    expect(workload).toBe('cache');
    expect(await said(answers)).toMatchObject({ ...others, cacheName: 'already-there' });
    expect((await answers).inputs.workload).toBeUndefined();
  });

  test('at the first question is nothing', async () => {
    const answers = ask(allBut('envProfile', 'stickiness'));
    expect(await asks('envProfile')).not.toContain('Esc');
    const heard = once(terminal.now.window.stdin, 'keypress');
    terminal.now.window.press('escape');
    await heard;
    await answer('envProfile');
    await answer('stickiness');
    expect(await said(answers)).toMatchObject({ envProfile: 'url' });
  });

  test('at what a choice leads to goes back to the choice', async () => {
    const shop = { selection: { autoScalingGroup: 'shop' }, label: 'shop', detail: '', instances: 2 };
    void ask([], { instanceApps: [shop] });
    await asks('ecsCluster');
    terminal.now.window.press('up');
    terminal.now.window.press('enter');
    await asks('instance');
    terminal.now.window.press('escape');
    await asks('ecsCluster');
  });
});

describe('an answer that is changed at the end', () => {
  const again = async (name: InputName, answers: Answers): Promise<Answers> => {
    const question = QUESTIONS.find((each) => each.name === name)!;
    return kept(askEverything(withoutAnswer(question, answers), terminal.now.asker, accountInMemory()));
  };

  test('is the only one to be asked, where nothing rests on it', async () => {
    const answers = await ask(allBut());
    const changed = again('preset', answers);
    await answer('preset');
    expect((await changed).inputs.preset).toEqual({ value: 'development', origin: 'answer' });
    const answered = Object.keys(FLAGS).length + 1;
    await terminal.now.window.until(
      () => terminal.now.window.text().match(/✔/g)?.length === answered || undefined,
      'one answer more',
    );
  });

  test('takes with it what was answered for another app', async () => {
    const answers = await ask(allBut());
    const { inputs } = withoutAnswer(
      QUESTIONS.find(({ name }) => name === 'service')!,
      answers,
    );
    const left = Object.keys(FLAGS).filter((name) => inputs[name as InputName]?.origin === 'flag');
    expect(left).toEqual(['ecsCluster', 'cacheName', 'workload', 'cacheNodeType', 'preset']);
  });

  test('takes with it what means nothing without it', async () => {
    const changed = again('refreshPath', await ask(allBut()));
    await answer('refreshPath');
    expect((await changed).inputs.refreshValue).toBeUndefined();
  });
});

describe('nothing is changed by', () => {
  test('an accidental Enter', async () => {
    const approval = terminal.now.asker.approve('Apply this plan?');
    await terminal.now.window.asks('Apply this plan?');
    terminal.now.window.press('enter');
    await expect(approval).resolves.toBe(false);
  });

  test('a no, which is told as that and ends a script', async () => {
    const approval = kept(requireApproval({ asker: terminal.now.asker, inputs: inputsFrom([]) }));
    await terminal.now.window.asks('Apply this plan?');
    terminal.now.window.type('n');
    terminal.now.window.press('enter');
    await expect(approval).rejects.toMatchObject({ code: 'Declined', exitCode: 130 });
  });

  test('Ctrl-C, which says how to go on', async () => {
    const approval = kept(terminal.now.asker.approve('Apply this plan?'));
    await terminal.now.window.asks('Apply this plan?');
    terminal.now.window.press('ctrl-c');
    await expect(approval).rejects.toMatchObject({ code: 'Interrupted', exitCode: 130 });
    expect(terminal.now.window.isRaw).toBe(false);
  });

  test('Ctrl-D, by which others end their input', async () => {
    const approval = kept(terminal.now.asker.approve('Apply this plan?'));
    await terminal.now.window.asks('Apply this plan?');
    terminal.now.window.press('ctrl-d');
    await expect(approval).rejects.toMatchObject({ code: 'Interrupted', exitCode: 130 });
  });

  test('a termination while a question is asked, which is told as what it is', async () => {
    const approval = kept(terminal.now.asker.approve('Apply this plan?'));
    await terminal.now.window.asks('Apply this plan?');
    terminal.now.interrupt.abort(new WizardError('Terminated', 'Terminated'));
    await expect(approval).rejects.toMatchObject({ code: 'Terminated' });
  });
});

test('whoever draws leaves the terminal alone while a question is asked', async () => {
  const approval = terminal.now.asker.approve('Apply this plan?');
  await terminal.now.window.asks('Apply this plan?');
  expect(terminal.now.drawing).toEqual(['suspended']);
  terminal.now.window.type('y');
  terminal.now.window.press('enter');
  await expect(approval).resolves.toBe(true);
  expect(terminal.now.drawing).toEqual(['suspended', 'resumed']);
});
