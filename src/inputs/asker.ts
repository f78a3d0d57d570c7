/** Asking for what nobody gave. Two makes: a terminal, and none. */
import type { InputName } from './catalogue.ts';

export interface Choice {
  readonly value: string;
  /** What is read in the list; the value itself when absent. */
  readonly label?: string;
  /** A line below the list for the one under the cursor. */
  readonly detail?: string;
}

export interface Asker {
  /** Whether anybody can answer. */
  readonly interactive: boolean;
  /** What a flag has answered already, shown as if it had been typed. */
  echo(name: InputName, answer: string): void;
  /** One of a list that can be searched. */
  choose(name: InputName, choices: readonly Choice[], preferred?: string): Promise<string>;
  /** Free text; asked again until the input's own schema takes it. Empty only where `optional`. */
  type(name: InputName, options?: { suggestion?: string; optional?: boolean }): Promise<string>;
  /** A question of the catalogue that is answered by yes or no. */
  decide(name: InputName, preferred: boolean): Promise<boolean>;
  /** The one approval before the first write. */
  approve(question: string): Promise<boolean>;
}
