/** A real terminal: tmux, on a server of its own, with a shell in it that knows nothing of whoever records. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { screenOf, type Screen, type Size } from './screen.ts';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

export interface Terminal {
  /** Types and enters a command, once the shell asks for one. */
  run(command: string): Promise<void>;
  /** As if somebody typed it. */
  type(text: string): void;
  /** Named as tmux names keys: Enter, Down, Escape, C-c. */
  press(key: string): void;
  /** Moves a list's pointer to the entry that begins with `entry`, and enters it. */
  choose(entry: string): Promise<void>;
  /** Resolves once the screen shows it. */
  until(text: RegExp): Promise<void>;
  /** Resolves once every command that was run has ended, and the shell asks for the next one. */
  prompted(): Promise<void>;
  resize(size: Size): void;
  screen(): Promise<Screen>;
  close(): void;
}

export interface TerminalOptions {
  readonly size: Size;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The shell tells its terminal by the title how many commands it has asked for. */
const PROMPT = String.raw`\[\e]2;prompt \#\a\]$ `;
const PATIENCE_MS = 180_000;
const LOOKS_EVERY_MS = 25;
/** So many looks. */
const SETTLES_WITHIN = 10;

export function openTerminal({ size, folder, env }: TerminalOptions): Terminal {
  const socket = `pictures-${randomUUID()}`;
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      // The server hands its own environment to every shell, and the PATH of whoever asks, whatever else is said of it.
      env: {
        PATH: `${env['PATH'] ?? ''}:${process.env.PATH ?? ''}`,
        LANG: 'C.UTF-8',
        LC_ALL: 'C.UTF-8',
        SHELL: '/bin/sh',
        TERM: 'xterm-256color',
      },
    });
  const place = ['-x', String(size.columns), '-y', String(size.rows), '-c', folder];
  const variables = Object.entries({ ...env, PS1: PROMPT }).flatMap(([name, value]) => [
    '-e',
    `${name}=${value}`,
  ]);
  // The status line would take a row.
  const shell = ['set', '-g', 'default-terminal', 'tmux-256color', ';', 'set', '-g', 'status', 'off'];
  tmux(
    'start-server',
    ';',
    ...shell,
    ';',
    'new-session',
    '-d',
    ...place,
    ...variables,
    ...['bash', '--norc', '--noprofile'],
  );
  let { columns, rows } = size;

  let commands = 0;
  const shown = (): string => tmux('capture-pane', '-p');
  const prompted = (): Promise<void> =>
    seen(() => tmux('display-message', '-p', '#{pane_title}').trim(), new RegExp(`^prompt ${commands + 1}$`));
  const type = (text: string): void => void tmux('send-keys', '-l', '--', text);
  const press = (key: string): void => void tmux('send-keys', key);
  return {
    async run(command) {
      await prompted();
      commands += 1;
      type(command);
      press('Enter');
    },
    type,
    press,
    prompted,
    async choose(entry) {
      for (const first = pointed(shown()); !pointed(shown())?.startsWith(entry);) {
        const before = shown();
        press('Down');
        await vi.waitFor(() => expect(shown()).not.toBe(before), {
          timeout: PATIENCE_MS,
          interval: LOOKS_EVERY_MS,
        });
        if (pointed(shown()) === first) throw new Error(`No entry begins with ${entry}:\n${before}`);
      }
      press('Enter');
    },
    until: (text) => seen(shown, text),
    resize(to) {
      ({ columns, rows } = to);
      tmux('resize-window', '-x', String(columns), '-y', String(rows));
    },
    async screen() {
      const look = (): [text: string, cursor: string] => [
        tmux('capture-pane', '-e', '-p').trimEnd(),
        tmux('display-message', '-p', '#{cursor_x} #{cursor_y} #{cursor_flag}').trim(),
      ];
      const [text, cursor] = await settled(look);
      const [column = 0, row = 0, isShown] = cursor.split(' ').map(Number);
      return screenOf(text, { columns, rows }, isShown === 1 ? { column, row } : undefined);
    },
    close: () => void tmux('kill-server'),
  };
}

/** The entry at which the pointer of a list stands. */
function pointed(shown: string): string | undefined {
  return /^❯ (.*)$/m.exec(shown)?.[1];
}

/** A frame may be half drawn; what turns for ever is taken as it is in the end. */
async function settled<T>(look: () => T): Promise<T> {
  let last = look();
  for (let tries = 0; tries < SETTLES_WITHIN; tries += 1) {
    await systemClock().sleep(LOOKS_EVERY_MS);
    const now = look();
    if (JSON.stringify(now) === JSON.stringify(last)) break;
    last = now;
  }
  return last;
}

async function seen(look: () => string, text: RegExp): Promise<void> {
  await vi.waitFor(
    () => {
      const now = look();
      if (!text.test(now)) throw new Error(`The terminal does not show ${String(text)}, but:\n${now}`);
    },
    { timeout: PATIENCE_MS, interval: LOOKS_EVERY_MS },
  );
}
