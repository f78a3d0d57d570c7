/** Text of several colours that is wrapped between its words: it is coloured after it is measured, for colour takes no room. */
import { widthOf } from './line-width.ts';
import type { Paint } from './paint.ts';

export interface Piece {
  readonly text: string;
  readonly tint?: keyof Paint;
}

/** `indent`: of all lines but the first. */
export function flow(pieces: readonly Piece[], paint: Paint, columns: number, indent = 4): string[] {
  const lines: { painted: string; width: number }[] = [];
  for (const { text, tint } of pieces) {
    for (const word of text.split(' ')) {
      const painted = tint === undefined ? word : paint[tint](word);
      const last = lines.at(-1);
      const width = widthOf(word);
      if (last && last.width + 1 + width <= columns) {
        last.painted += ` ${painted}`;
        last.width += 1 + width;
      } else {
        const margin = last ? indent : 0;
        lines.push({ painted: `${' '.repeat(margin)}${painted}`, width: margin + width });
      }
    }
  }
  return lines.map(({ painted }) => painted);
}
