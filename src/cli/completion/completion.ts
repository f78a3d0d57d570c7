/**
 * `complete -- <words>` is what the script of a shell asks at each Tab. Nothing that goes wrong is told there: it would
 * stand in the middle of what is being typed.
 */
import { Option, RootCommand } from '@bomb.sh/tab';
import type { Completed, CompletedFlag } from './commands.ts';
import { printedBy } from './printed.ts';

/** `found`: what the account has for the flag whose value is being typed. */
export function completionsOf(
  words: readonly string[],
  all: Completed,
  found: readonly string[] = [],
): string {
  const typed = flagBeingCompleted(words, all);
  const root = new RootCommand();
  for (const { name, description, flags } of all.commands) {
    const completed = root.command(name, description);
    // Twenty commands have some sixty flags each, and one of them is typed.
    if (!words.includes(name.split(' ')[0] ?? '')) continue;
    for (const flag of flags.flatMap((input) => all.flags[input] ?? [])) {
      const values = flag.name === typed?.name && found.length > 0 ? found : flag.values;
      for (const spelling of flag.spellings) {
        completed.options.set(
          spelling,
          new Option(
            completed,
            spelling,
            flag.help,
            (offer) => values.forEach((value) => offer(value, '')),
            undefined,
            flag.isSwitch,
          ),
        );
      }
    }
  }
  return printedBy(() => root.parse([...words]));
}

/** `--service ` and `--service=back`: the one whose value is being typed. */
export function flagBeingCompleted(words: readonly string[], all: Completed): CompletedFlag | undefined {
  const last = words.at(-1) ?? '';
  const typed = last.includes('=') ? last.slice(0, last.indexOf('=')) : words.at(-2);
  return Object.values(all.flags).find(({ typedAs }) => typedAs.includes(typed ?? ''));
}
