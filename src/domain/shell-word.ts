/** A value as one word of a command that is to be pasted. */
export function shellWord(value: string): string {
  return /^[\w.:/=+@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** A command that is to be pasted, from its words. */
export function commandText(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
