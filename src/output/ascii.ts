/** For terminals that have no other letters than these, such as the console of Windows before Windows Terminal. */

const LETTERS: Readonly<Record<string, string>> = {
  '✔': '+',
  '✖': 'x',
  '…': '...',
  '–': '-',
  '×': 'x',
  '→': '->',
  '’': "'",
  '“': '"',
  '”': '"',
};

const OTHERS = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

export function inAscii(line: string): string {
  return line.replace(OTHERS, (letter) => LETTERS[letter] ?? letter);
}
