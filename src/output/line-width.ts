/** Text in a window of so many columns. Without columns, as in a log, a line is as long as it is. */

/** Some terminals do not say, and some say 0. */
export function columnsOf({ columns = 0 }: { readonly columns?: number }): number {
  return columns > 0 ? columns : 80;
}

export function cut(text: string, columns: number | undefined): string {
  if (columns === undefined || text.length <= columns) return text;
  return columns < 1 ? '' : `${text.slice(0, columns - 1).trimEnd()}…`;
}

/** Between words; one that is wider than the window stays whole, so that it can be copied. */
export function wrap(text: string, columns: number | undefined): string[] {
  if (columns === undefined) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
