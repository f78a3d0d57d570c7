/** A value as one word of a command that is to be pasted. Names of projects may hold spaces, and no quotes. */
export function shellWord(value: string): string {
  return /^[\w.:/=+@-]+$/.test(value) ? value : `'${value}'`;
}
