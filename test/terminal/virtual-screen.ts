/** A terminal as people have one (xterm's own, without a window): what stands on it after all that was drawn anew. */
import { Writable } from 'node:stream';
import { clearLine, cursorTo, moveCursor } from 'node:readline';
import xterm from '@xterm/headless';
import type { TerminalStream } from '../../src/output/tty-renderer.ts';

type TtyStream = TerminalStream & { columns: number; rows: number };

export class VirtualScreen {
  /** Whether the cursor is seen. */
  cursor = true;
  /** How often the bell was rung. */
  bells = 0;
  /** What the terminal was told to notify of. */
  readonly notices: string[] = [];
  private size: { readonly columns: number; readonly rows: number };
  private readonly terminal: InstanceType<typeof xterm.Terminal>;
  private readonly streams: TtyStream[] = [];

  /** 0: it does not say its size. */
  constructor(columns: number, rows = 24) {
    this.size = { columns, rows };
    this.terminal = new xterm.Terminal({
      cols: columns || 80,
      rows: rows || 24,
      convertEol: true,
      allowProposedApi: true,
    });
    for (const [final, isShown] of [
      ['h', true],
      ['l', false],
    ] as const) {
      this.terminal.parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
        if (modes.includes(25)) this.cursor = isShown;
        return false;
      });
    }
    this.terminal.parser.registerOscHandler(9, (text) => this.notices.push(text) > 0);
    this.terminal.onBell(() => (this.bells += 1));
  }

  /** Several of them may write to one screen, as stdout and stderr do. */
  stream(): TerminalStream {
    const writable = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.terminal.write(chunk);
        done();
      },
    });
    const stream: TtyStream = Object.assign(writable, {
      isTTY: true,
      ...this.size,
      cursorTo: (column: number) => cursorTo(writable, column),
      moveCursor: (columns: number, rows: number) => moveCursor(writable, columns, rows),
      clearLine: (direction: -1 | 0 | 1) => clearLine(writable, direction),
    });
    this.streams.push(stream);
    return stream;
  }

  /** `hears`: the program is told at once; in tmux it is some moments later. */
  async resize(columns: number, rows: number, hears = true): Promise<void> {
    await this.drawn();
    this.terminal.resize(columns, rows);
    this.size = { columns, rows };
    if (hears) this.tellSize();
  }

  tellSize(): void {
    for (const stream of this.streams) {
      Object.assign(stream, this.size);
      stream.emit('resize');
    }
  }

  /** As rows of the window, with what has gone out of it at the top: a line that is wider takes several. */
  async lines(): Promise<string[]> {
    await this.drawn();
    const { active } = this.terminal.buffer;
    const rows = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
    return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
  }

  private drawn(): Promise<void> {
    return new Promise((resolve) => {
      this.terminal.write('', resolve);
    });
  }
}
