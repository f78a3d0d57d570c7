/** The questions of the wizard on a terminal of 80 × 24, opened anew for each test. */
import { afterEach, beforeEach } from 'vitest';
import { unanswered } from '../../src/cli/opening/questions.ts';
import { parseArguments } from '../../src/cli/program.ts';
import type { Answers } from '../../src/cli/wizard/question.ts';
import { askEverything } from '../../src/cli/wizard/questions.ts';
import type { Asker } from '../../src/inputs/asker.ts';
import { CATALOGUE, type InputName } from '../../src/inputs/catalogue.ts';
import type { Input } from '../../src/inputs/input.ts';
import { inquirerAsker } from '../../src/inputs/inquirer-asker.ts';
import { resolveInputs, type Inputs } from '../../src/inputs/resolve.ts';
import { indented } from '../../src/output/line-width.ts';
import { TerminalWindow } from './terminal-window.ts';
import { accountInMemory, type AccountInMemory } from './wizard-account.ts';

export interface QuestionsOnTerminal {
  readonly window: TerminalWindow;
  readonly interrupt: AbortController;
  readonly asker: Asker;
  /** What whoever draws was told. */
  readonly drawing: readonly string[];
}

export function questionsOnTerminal() {
  let now: QuestionsOnTerminal;

  beforeEach(() => {
    const window = new TerminalWindow();
    const interrupt = new AbortController();
    const drawing: string[] = [];
    const asker = inquirerAsker({
      input: window.stdin,
      output: window.output,
      signal: interrupt.signal,
      setting: { bold: String, dim: String, indented: (text, blanks) => indented(text, blanks, 80) },
      suspend: () => drawing.push('suspended'),
      resume: () => drawing.push('resumed'),
    });
    now = { window, interrupt, asker, drawing };
  });

  afterEach(() => now.interrupt.abort());

  /** What stands from the question on, as one line. */
  const asks = async (name: InputName): Promise<string> =>
    (await now.window.asks(wordsOf(name))).replace(/\s+/g, ' ');

  return {
    get now(): QuestionsOnTerminal {
      return now;
    },
    asks,
    ask: (argv: readonly string[], account: Partial<AccountInMemory> = {}): Promise<Answers> =>
      kept(askEverything(unanswered(inputsFrom(argv)), now.asker, accountInMemory(account))),
    answer: async (name: InputName, ...typed: readonly string[]): Promise<void> => {
      await asks(name);
      for (const text of typed) now.window.type(text);
      now.window.press('enter');
    },
  };
}

export function inputsFrom(argv: readonly string[]): Inputs {
  const invocation = parseArguments(['setup', ...argv], '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  return resolveInputs(invocation.command, { flags: invocation.flags, environment: {} });
}

/** What answers each question. */
export const FLAGS = {
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

export function allBut(...open: readonly (keyof typeof FLAGS)[]): string[] {
  return Object.entries(FLAGS).flatMap(([name, flag]) => (open.some((each) => each === name) ? [] : flag));
}

/** A test may end at a question. */
export function kept<T>(answers: Promise<T>): Promise<T> {
  answers.catch(() => undefined);
  return answers;
}

export function wordsOf(name: InputName): string {
  const { question }: Input<unknown> = CATALOGUE[name];
  return question ?? name;
}

/** The values that somebody gave or answered. */
export async function said(answers: Promise<Answers>): Promise<Record<string, unknown>> {
  const { inputs } = await answers;
  const given = Object.entries(inputs).filter(([, input]) => input && input.origin !== 'default');
  return Object.fromEntries(given.map(([name, input]) => [name, input?.value]));
}
