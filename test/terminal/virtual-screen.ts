/** A terminal of some columns: what stands on it in the end, after all that was taken back and drawn anew. */
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { TerminalStream } from '../../src/output/tty-renderer.ts';

export class VirtualScreen {
  readonly columns: number;
  private readonly rows: string[] = [''];
  private row = 0;
  private column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** Several of them may write to one screen, as stdout and stderr do. */
  stream(): TerminalStream {
    const write = (text: string): void => this.print(stripVTControlCharacters(text));
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        write(chunk);
        done();
      },
    });
    const cursor = {
      cursorTo: (column: number): void => void (this.column = column),
      moveCursor: (columns: number, rows: number): void => this.move(columns, rows),
      clearLine: (): void => void (this.rows[this.row] = ''),
    };
    return Object.assign(stream, cursor, { isTTY: true, columns: this.columns });
  }

  /** As rows of the window: a line that is wider takes several. */
  lines(): string[] {
    const window = new RegExp(`.{1,${this.columns}}`, 'gu');
    return this.rows.flatMap((text) => text.trimEnd().match(window) ?? ['']);
  }

  private move(columns: number, rows: number): void {
    this.column += columns;
    this.row += rows;
  }

  private print(text: string): void {
    for (const character of text) {
      if (character === '\n') {
        this.row += 1;
        this.column = 0;
        this.rows[this.row] ??= '';
      } else if (character === '\r') {
        this.column = 0;
      } else {
        const row = this.rows[this.row] ?? '';
        this.rows[this.row] =
          row.slice(0, this.column).padEnd(this.column) + character + row.slice(this.column + 1);
        this.column += 1;
      }
    }
  }
}
