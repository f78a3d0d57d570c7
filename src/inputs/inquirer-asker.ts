/** Questions on a terminal. They are written to stderr, so that stdout carries the result alone. */
import { confirm, input, search, select } from '@inquirer/prompts';
import { WizardError } from '../errors.ts';
import { WentBack, type Asker, type Choice } from './asker.ts';
import { CATALOGUE, type InputName } from './catalogue.ts';
import type { Input } from './input.ts';
import { keysHelp, pageOf, withNote, withPrompt, detailOf, type Setting } from './prompt-theme.ts';
import { parseInput } from './resolve.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly rows?: number };
  readonly signal: AbortSignal;
  readonly setting: Setting;
  /** Whoever draws on the terminal leaves it alone while a question is asked. */
  suspend(): void;
  resume(): void;
}

/** A list as long as this is quicker to search than to walk. */
const SEARCH_FROM = 8;

/** As inquirer has them. */
const KEYS_OF_LISTS = [
  ['↑↓', 'navigate'],
  ['⏎', 'select'],
] as const;

/** What a search will find is not known before: as many as fit, each with some detail. */
const A_CHOICE_TO_COME: readonly Shown[] = Array.from({ length: 12 }, () => ({
  value: '',
  name: '',
  short: '',
  description: '\n',
}));

/** What was answered last, for whoever comes back to the question. */
type Answers = Map<InputName, string>;

interface Context {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  readonly clearPromptOnDone: boolean;
}

export function inquirerAsker(terminal: Terminal): Asker {
  return askerOf(terminal, new Map(), false);
}

function askerOf(terminal: Terminal, answers: Answers, returns: boolean): Asker {
  const { setting } = terminal;

  async function asked<T>(question: (context: Context) => PromiseLike<T>): Promise<T> {
    const { input: keys, output, signal } = terminal;
    const back = new AbortController();
    const end = new AbortController();
    const listen = (_: unknown, key?: { readonly name?: string; readonly ctrl?: boolean }): void => {
      if (returns && key?.name === 'escape') back.abort();
      // At Ctrl-D on an empty line readline closes, of which inquirer tells nobody.
      if (key?.ctrl && key.name === 'd') setImmediate(() => keys.isPaused() && end.abort());
    };
    terminal.suspend();
    keys.on('keypress', listen);
    try {
      const left = AbortSignal.any([signal, back.signal, end.signal]);
      return await question({
        input: keys,
        output,
        signal: left,
        // Read when it is over: what somebody has gone back from is not left standing.
        get clearPromptOnDone() {
          return back.signal.aborted;
        },
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw back.signal.aborted ? new WentBack() : leftBy(error, end.signal);
    } finally {
      keys.off('keypress', listen);
      terminal.resume();
    }
  }

  async function remembered(name: InputName, answer: Promise<string>): Promise<string> {
    const given = await answer;
    answers.set(name, given);
    return given;
  }

  function list(
    message: string,
    choices: readonly Choice[],
    { later, preferred }: { readonly later?: string | undefined; readonly preferred?: string | undefined },
  ): Promise<string> {
    const shown = choices.map(shownAs);
    const searches = shown.length >= SEARCH_FROM;
    const common = { message, ...listStyle(message, shown, { later, searches }) };
    if (!searches) {
      const cursor = preferred === undefined ? {} : { default: preferred };
      return asked((context) => select({ ...common, ...cursor, choices: shown }, context));
    }
    const ordered = preferredFirst(shown, preferred);
    const source = (term: string | undefined): typeof shown =>
      ordered.filter(({ name }) => matches(name, term));
    return asked((context) => search({ ...common, source }, context));
  }

  function listStyle(
    message: string,
    choices: readonly Shown[],
    { later, searches }: { readonly later: string | undefined; readonly searches: boolean },
  ) {
    const keysHelpTip = keysHelp(setting, { returns, searches });
    const texts = {
      beside: [message, ...(later === undefined ? [] : [later]), keysHelpTip(KEYS_OF_LISTS)],
      labels: choices.map(({ name }) => name),
      details: choices.flatMap(({ description }) => description ?? []),
    };
    const page = pageOf(terminal.output.rows, texts, setting);
    const style = {
      message: withNote(setting, later),
      description: (detail: string) => detailOf(detail, setting, page.detail),
      keysHelpTip,
    };
    return { theme: { style }, pageSize: page.list };
  }

  return {
    interactive: true,

    returning: () => askerOf(terminal, answers, true),

    echo: (name, answer) => {
      terminal.output.write(`✔ ${questionOf(name)} ${answer}\n`);
    },

    choose: (name, choices, preferred) => {
      const before = answers.get(name);
      const isThere = choices.some(({ value }) => value === before);
      return remembered(
        name,
        list(questionOf(name), choices, { later: laterOf(name), preferred: isThere ? before : preferred }),
      );
    },

    search: (name, find) => {
      const message = questionOf(name);
      const common = {
        message,
        ...listStyle(message, A_CHOICE_TO_COME, { later: laterOf(name), searches: true }),
      };
      const source = async (term: string | undefined, { signal }: { signal: AbortSignal }) =>
        (await find(term ?? '', signal)).map(shownAs);
      return remembered(
        name,
        asked((context) => search({ ...common, source }, context)),
      );
    },

    type: (name, { suggestion, optional = false, detail } = {}) => {
      const before = answers.get(name);
      // What was chosen from a list need not be what can be typed.
      const said = before !== undefined && verdict(name, before) === true ? before : suggestion;
      const emptying = optional && said ? 'Backspace empties it' : undefined;
      const config = {
        message: questionOf(name),
        theme: {
          style: { message: withPrompt(setting, detail, laterOf(name), emptying, backHint(returns)) },
        },
        ...(said ? { default: said } : {}),
        validate: (value: string) => (value === '' && optional) || verdict(name, value),
      };
      return remembered(
        name,
        asked((context) => input(config, context)),
      );
    },

    decide: (name, preferred, detail) => {
      const theme = { style: { message: withPrompt(setting, detail, laterOf(name), backHint(returns)) } };
      const config = { message: questionOf(name), default: preferred, theme };
      return asked((context) => confirm(config, context));
    },

    pick: (question, choices, preferred) => list(question, choices, { preferred }),

    approve: (question) => asked((context) => confirm({ message: question, default: false }, context)),
  };
}

function questionOf(name: InputName): string {
  const declared: Input<unknown> = CATALOGUE[name];
  return declared.question ?? declared.help;
}

function laterOf(name: InputName): string | undefined {
  const { later }: Input<unknown> = CATALOGUE[name];
  return later;
}

function backHint(returns: boolean): string | undefined {
  return returns ? 'Esc goes back' : undefined;
}

function verdict(name: InputName, value: string): true | string {
  const parsed = parseInput(name, value);
  return 'problem' in parsed ? `It ${parsed.problem}` : true;
}

interface Shown {
  readonly value: string;
  readonly name: string;
  readonly short: string;
  readonly description?: string;
  readonly disabled?: string;
}

/** What is searched has no cursor of its own: Enter takes the first. */
function preferredFirst(choices: readonly Shown[], preferred: string | undefined): Shown[] {
  return [...choices].sort(
    (one, other) => Number(other.value === preferred) - Number(one.value === preferred),
  );
}

function shownAs({ value, label = value, short = value, detail, disabled }: Choice): Shown {
  return {
    value,
    name: label,
    short,
    ...(detail === undefined ? {} : { description: detail }),
    ...(disabled === undefined ? {} : { disabled: `(${disabled})` }),
  };
}

function matches(name: string, term: string | undefined): boolean {
  return name.toLowerCase().includes((term ?? '').toLowerCase());
}

/** Ctrl-C in a question reaches us as the library's own error, because the terminal is raw meanwhile. */
function leftBy(error: unknown, end: AbortSignal): unknown {
  if (end.aborted || (error instanceof Error && error.name === 'ExitPromptError')) {
    return new WizardError('Interrupted', 'Stopped at a question; nothing was changed', {
      hint: 'Run the same command again to start over.',
    });
  }
  return error;
}
