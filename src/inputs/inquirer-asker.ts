/** Questions on a terminal. They are written to stderr, so that stdout carries the result alone. */
import { confirm, input, search, select } from '@inquirer/prompts';
import { WizardError } from '../errors.ts';
import type { Asker, Choice } from './asker.ts';
import { CATALOGUE, type InputName } from './catalogue.ts';
import type { Input } from './input.ts';
import { parseInput } from './resolve.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** Whoever draws on the terminal leaves it alone while a question is asked. */
  suspend(): void;
  resume(): void;
}

/** A list as long as this is quicker to search than to walk. */
const SEARCH_FROM = 8;

export function inquirerAsker(terminal: Terminal): Asker {
  const context = { input: terminal.input, output: terminal.output, signal: terminal.signal };

  async function asked<T>(question: () => Promise<T>): Promise<T> {
    terminal.suspend();
    try {
      return await question();
    } catch (error) {
      throw leftBy(error, terminal.signal);
    } finally {
      terminal.resume();
    }
  }

  return {
    interactive: true,

    echo: (name, answer) => {
      terminal.output.write(`✔ ${questionOf(name)} ${answer}\n`);
    },

    choose: (name, choices, preferred) =>
      asked(() => {
        const message = messageOf(name);
        const shown = preferredFirst(choices, preferred).map(shownAs);
        if (shown.length < SEARCH_FROM) return select({ message, choices: shown }, context);
        return search(
          { message, source: (term) => shown.filter((choice) => matches(choice.name, term)) },
          context,
        );
      }),

    type: (name, { suggestion, optional = false } = {}) =>
      asked(() =>
        input(
          {
            message: messageOf(name),
            ...(suggestion ? { default: suggestion } : {}),
            validate: (value) => (value === '' && optional) || verdict(name, value),
          },
          context,
        ),
      ),

    decide: (name, preferred) =>
      asked(() => confirm({ message: messageOf(name), default: preferred }, context)),

    approve: (question) => asked(() => confirm({ message: question, default: false }, context)),
  };
}

function questionOf(name: InputName): string {
  const declared: Input<unknown> = CATALOGUE[name];
  return declared.question ?? declared.help;
}

function messageOf(name: InputName): string {
  const { later }: Input<unknown> = CATALOGUE[name];
  return later ? `${questionOf(name)} (${later})` : questionOf(name);
}

function verdict(name: InputName, value: string): true | string {
  const parsed = parseInput(name, value);
  return 'problem' in parsed ? `It ${parsed.problem}` : true;
}

/** Enter takes the first. */
function preferredFirst(choices: readonly Choice[], preferred: string | undefined): Choice[] {
  return [...choices].sort(
    (one, other) => Number(other.value === preferred) - Number(one.value === preferred),
  );
}

function shownAs({ value, label, detail }: Choice): { value: string; name: string; description?: string } {
  return { value, name: label ?? value, ...(detail ? { description: detail } : {}) };
}

function matches(name: string, term: string | undefined): boolean {
  return name.toLowerCase().includes((term ?? '').toLowerCase());
}

/** Ctrl-C in a question reaches us as the library's own error, because the terminal is raw meanwhile. */
function leftBy(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof Error && error.name === 'ExitPromptError') {
    return new WizardError('Interrupted', 'Stopped at a question; nothing was changed', {
      hint: 'Run the same command again to start over.',
    });
  }
  return error;
}
