/** A terminal of so many columns and rows, with keys: what is written to it is read by xterm.js, as a person would read it. */
import { PassThrough, Writable } from 'node:stream';
import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Terminal } from '@xterm/headless';
import type { TerminalStream } from '../../src/output/tty-renderer.ts';

const KEYS = {
  enter: '\r',
  escape: '\u001B',
  up: '\u001B[A',
  down: '\u001B[B',
  backspace: '\u007F',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
} as const;

export type Key = keyof typeof KEYS;

/** Of a real machine that is busy. */
const PATIENCE_MS = 20_000;

export class TerminalWindow {
  readonly stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean): void => void (this.isRaw = raw),
  });
  /** Both stdout and stderr. */
  readonly output: TerminalStream & Writable;
  isRaw = false;
  private readonly terminal: Terminal;
  private onWrite = (): void => undefined;
  private giveUp: (missing: string) => void = () => undefined;
  private isCursorHidden = false;

  constructor(columns = 80, rows = 24) {
    this.terminal = new Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        this.print(String(chunk));
        done();
      },
    });
    this.output = Object.assign(stream, {
      isTTY: true,
      // As the process's own: whoever pipes into them does not end them.
      _isStdio: true,
      columns,
      rows,
      cursorTo: (column: number, row?: number) => cursorTo(stream, column, row as number),
      moveCursor: (right: number, down: number) => moveCursor(stream, right, down),
      clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
    });
  }

  press(key: Key): void {
    this.stdin.write(KEYS[key]);
  }

  type(text: string): void {
    this.stdin.write(text);
  }

  /** All that has ever been on it, and is not erased. */
  text(): string {
    const buffer = this.terminal.buffer.active;
    const rows = Array.from({ length: buffer.length }, (_, row) =>
      buffer.getLine(row)?.translateToString(true),
    );
    return rows.join('\n').trimEnd();
  }

  /** The part of it that waits for an answer, from its question on. A check that tells nothing begins small. */
  question(): string {
    const text = this.text();
    const asked = [...text.matchAll(/^\? [A-Z]/gm)].at(-1);
    const last = asked === undefined ? '' : text.slice(asked.index);
    return /^[✔✖] /m.test(last) ? '' : last;
  }

  /** All that was written is there; whoever waits looks again. */
  drawn(): Promise<void> {
    return new Promise((resolve) => {
      this.terminal.write('', () => {
        resolve();
        this.onWrite();
      });
    });
  }

  get showsCursor(): boolean {
    return !this.isCursorHidden;
  }

  /** The question that begins so is asked; what stands from there on. */
  async asks(question: string): Promise<string> {
    return this.until(
      () => (this.question().startsWith(`? ${question}`) ? this.question() : undefined),
      question,
    );
  }

  async sees(text: string): Promise<string> {
    return this.until(() => (this.text().includes(text) ? this.text() : undefined), text);
  }

  async until<T>(look: () => T | undefined, what: string): Promise<T> {
    const patience = setTimeout(() => this.giveUp(what), PATIENCE_MS);
    try {
      for (;;) {
        const found = look();
        if (found !== undefined) return found;
        await new Promise<void>((resolve, reject) => {
          this.onWrite = resolve;
          this.giveUp = (missing) =>
            reject(new Error(`Nobody has seen ${JSON.stringify(missing)}:\n${this.text()}`));
        });
      }
    } finally {
      clearTimeout(patience);
    }
  }

  /** A kernel's terminal makes a line feed start a line. */
  private print(text: string): void {
    for (const [, mode] of text.matchAll(/\u001B\[\?25([hl])/g)) this.isCursorHidden = mode === 'l';
    this.terminal.write(text.replaceAll(/\r?\n/g, '\r\n'), () => this.onWrite());
  }
}
