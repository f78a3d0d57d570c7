/** A whole run of the program on a terminal, in the test's own process, against an account of the sandbox. */
import { createAws } from '../../src/aws/clients.ts';
import { run } from '../../src/cli/run.ts';
import type { Clock } from '../../src/clock.ts';
import { CATALOGUE, type InputName } from '../../src/inputs/catalogue.ts';
import type { Input } from '../../src/inputs/input.ts';
import type { SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { ownChildren } from '../../src/tunnel/children.ts';
import { PROGRAMS } from '../sandbox/command-line.ts';
import { TerminalWindow } from './terminal-window.ts';

export interface WizardSession {
  readonly window: TerminalWindow;
  /** The exit code, once all is on the screen. */
  ended(): Promise<number>;
  /** Waits for that question, which the catalogue has the words of or which is given; what is asked. */
  asks(question: InputName | (string & {})): Promise<string>;
  /** As `asks`, then types and presses Enter. */
  answer(question: InputName | (string & {}), text?: string): Promise<void>;
  /** Moves the cursor of a list there and takes it. */
  choose(question: InputName | (string & {}), choice: string): Promise<void>;
  /** The first line of the next question; undefined where the run ends without one. */
  next(): Promise<string | undefined>;
  /** Answers one question after the other by Enter, until one begins so. */
  enterUntil(question: string): Promise<void>;
}

export function startSession(
  argv: readonly string[],
  { env }: Pick<SandboxAccount, 'env'>,
  clock: Clock,
  [columns, rows]: readonly [number, number] = [80, 24],
): WizardSession {
  const window = new TerminalWindow(columns, rows);
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpointUrl = '' } = env;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  const credentials = { accessKeyId, secretAccessKey };
  let isOver = false;
  const running = run({
    argv,
    env: { NO_COLOR: '1', ELASTICACHE_WIZARD_POLL_INTERVAL: '60' },
    stdin: window.stdin,
    stdout: window.output,
    stderr: window.output,
    terminal: { stdin: true, stdout: true, stderr: true },
    clock,
    signal: new AbortController().signal,
    version: '0.0.0',
    programsFolder: PROGRAMS,
    children: ownChildren({ foreground: ['ignore', 'ignore', 'ignore'], terminal: false }),
    connect: () =>
      Promise.resolve(createAws({ region, endpointUrl, credentials, clock, retryDelay: () => 0 })),
  }).finally(async () => {
    isOver = true;
    await window.drawn();
  });
  /** At which somebody has been already. */
  let before: string | undefined;

  const asks: WizardSession['asks'] = async (question) => {
    const asked = await window.asks(wordsOf(question));
    [before] = asked.split('\n');
    return asked;
  };
  const next: WizardSession['next'] = async () => {
    const { asked } = await window.until(() => {
      const [line] = window.question().split('\n');
      if (isOver) return { asked: undefined };
      return line !== '' && line !== before ? { asked: line } : undefined;
    }, 'another question');
    before = asked;
    return asked;
  };

  return {
    window,
    ended: () => running,
    asks,
    next,
    async answer(question, text = '') {
      await asks(question);
      window.type(text);
      window.press('enter');
    },
    async choose(question, choice) {
      await asks(question);
      const isThere = (): boolean => window.question().includes(`❯ ${choice}`);
      for (let moves = 0; !isThere(); moves += 1) {
        if (moves > 50) throw new Error(`There is no ${choice}:\n${window.text()}`);
        const drawn = window.question();
        window.press('down');
        await window.until(() => window.question() !== drawn || undefined, 'the cursor moving');
      }
      window.press('enter');
    },
    async enterUntil(question) {
      for (let asked = await next(); !asked?.startsWith(`? ${question}`); asked = await next()) {
        if (asked === undefined) throw new Error(`Nobody has asked ${question}\n${window.text()}`);
        window.press('enter');
      }
    },
  };
}

function wordsOf(question: InputName | (string & {})): string {
  if (!Object.hasOwn(CATALOGUE, question)) return question;
  const declared: Input<unknown> = CATALOGUE[question as InputName];
  return declared.question ?? declared.help;
}
