/**
 * `completion <shell>` prints the script that a shell reads at its start; `complete -- <words>` is what that script asks
 * at each Tab. Nothing that goes wrong is told there: it would stand in the middle of what is being typed.
 */
import { Option, RootCommand, script } from '@bomb.sh/tab';
import { z } from 'zod';
import { inputsOf, type InputName } from '../../inputs/catalogue.ts';
import { COMMANDS, flagOf, type Input } from '../../inputs/input.ts';
import type { World } from '../world.ts';
import { DESCRIPTIONS, FAMILIES } from '../help-texts.ts';
import { liveValues } from './live-values.ts';

export function printScript(shell: string): void {
  script(shell, 'elasticache-wizard', 'elasticache-wizard');
}

export async function complete(words: readonly string[], world: World): Promise<void> {
  const flag = flagBeingCompleted(words);
  const found = flag === undefined ? [] : await liveValues(flag, words, world).catch((): string[] => []);
  const root = new RootCommand();
  // The second word of two is looked for only where the first one is a command too.
  for (const [family, description] of Object.entries(FAMILIES)) root.command(family, description);
  for (const command of COMMANDS) {
    const completed = root.command(command, DESCRIPTIONS[command]);
    for (const [name, input] of inputsOf(command)) {
      const values = name === flag && found.length > 0 ? found : choicesOf(input);
      for (const spelling of spellingsOf(name, input)) {
        completed.options.set(
          spelling,
          new Option(
            completed,
            spelling,
            input.help,
            (offer) => values.forEach((value) => offer(value, '')),
            undefined,
            input.shape === 'on' || input.shape === 'off' || input.shape === 'switch',
          ),
        );
      }
    }
  }
  root.parse([...words]);
}

/** `--service ` and `--service=back`: the one whose value is being typed. */
function flagBeingCompleted(words: readonly string[]): InputName | undefined {
  const last = words.at(-1) ?? '';
  const typed = last.includes('=') ? last.slice(0, last.indexOf('=')) : words.at(-2);
  const all = COMMANDS.flatMap((command) => inputsOf(command));
  return all.find(([name, { aliases = [] }]) => [flagOf(name), ...aliases].includes(typed ?? ''))?.[0];
}

function spellingsOf(name: InputName, { shape }: Input<unknown>): string[] {
  const word = flagOf(name).slice(2);
  if (shape === 'off') return [`no-${word}`];
  return shape === 'switch' ? [word, `no-${word}`] : [word];
}

/** What the input can only be one of. */
function choicesOf({ schema }: Input<unknown>): string[] {
  return schema instanceof z.ZodEnum ? schema.options.map(String) : [];
}
