/** What can be completed without asking an account, as plain data: the build writes it down, for each Tab to read. */
import { z } from 'zod';
import { inputsOf, type InputName } from '../../inputs/catalogue.ts';
import { COMMANDS, flagOf, type Input } from '../../inputs/input.ts';
import { DESCRIPTIONS, FAMILIES } from '../help-texts.ts';
import { isInAccount } from './live-values.ts';

export interface Completed {
  readonly commands: readonly CompletedCommand[];
  /** Many commands take the same. */
  readonly flags: Readonly<Record<string, CompletedFlag>>;
}

interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  /** The names of their inputs. */
  readonly flags: readonly string[];
}

export interface CompletedFlag {
  readonly name: InputName;
  /** What is offered, without the hyphens before it. */
  readonly spellings: readonly string[];
  /** What may stand before its value. */
  readonly typedAs: readonly string[];
  readonly help: string;
  readonly isSwitch: boolean;
  /** What it can only be one of. */
  readonly values: readonly string[];
  /** The account may have names for it. */
  readonly inAccount: boolean;
}

export function completed(): Completed {
  // The second word of two is looked for only where the first one is a command too.
  const families = Object.entries(FAMILIES).map(([name, description]) => ({ name, description, flags: [] }));
  const commands = COMMANDS.map((name) => ({
    name,
    description: DESCRIPTIONS[name],
    flags: inputsOf(name).map(([input]) => input),
  }));
  const flags = COMMANDS.flatMap((command) => inputsOf(command)).map(
    ([name, declared]) => [name, completedFlag(name, declared)] as const,
  );
  return { commands: [...families, ...commands], flags: Object.fromEntries(flags) };
}

function completedFlag(
  name: InputName,
  { help, shape, schema, aliases = [] }: Input<unknown>,
): CompletedFlag {
  const flag = flagOf(name);
  const word = flag.slice(2);
  return {
    name,
    spellings: shape === 'off' ? [`no-${word}`] : shape === 'switch' ? [word, `no-${word}`] : [word],
    typedAs: [flag, ...aliases],
    help,
    isSwitch: shape === 'on' || shape === 'off' || shape === 'switch',
    values: schema instanceof z.ZodEnum ? schema.options.map(String) : [],
    inAccount: isInAccount(name),
  };
}
