/* eslint-disable no-console -- nothing is printed here: what would be is taken */
/**
 * What the package that knows the shells says: it writes to the console and nowhere else, and to open that costs a Tab
 * as much as finding the answer.
 */
export function printedBy(print: () => void): string {
  const { log } = console;
  let printed = '';
  console.log = (line: string) => (printed += `${line}\n`);
  try {
    print();
  } finally {
    console.log = log;
  }
  return printed;
}
