/** Asking for what nobody gave. Two makes: a terminal, and none. */
import type { InputName } from './catalogue.ts';

export interface Choice {
  readonly value: string;
  /** What is read in the list; the value itself when absent. */
  readonly label?: string;
  /** What is left standing once it is chosen; the value itself when absent. */
  readonly short?: string;
  /** Some lines below the list for the one under the cursor. */
  readonly detail?: string;
  /** It is shown, and cannot be chosen for this reason. */
  readonly disabled?: string;
}

/** Called at each key that is pressed; the signal tells that another was. */
export type Find = (term: string, signal: AbortSignal) => Promise<readonly Choice[]>;

export interface Typing {
  readonly suggestion?: string;
  readonly optional?: boolean;
  /** A line below the question. */
  readonly detail?: string;
}

export interface Asker {
  /** Whether anybody can answer. */
  readonly interactive: boolean;
  /** The same questions, at which Esc goes back: they then throw `WentBack`. */
  returning(): Asker;
  /** What a flag has answered already, shown as if it had been typed. */
  echo(name: InputName, answer: string): void;
  /** One of a list that can be searched. */
  choose(name: InputName, choices: readonly Choice[], preferred?: string): Promise<string>;
  /** One of a list that is too long to be read as a whole: `find` has what fits the term, of none the first. */
  search(name: InputName, find: Find): Promise<string>;
  /** Free text; asked again until the input's own schema takes it. Empty only where `optional`. */
  type(name: InputName, options?: Typing): Promise<string>;
  /** A question of the catalogue that is answered by yes or no. */
  decide(name: InputName, preferred: boolean, detail?: string): Promise<boolean>;
  /** What is to be done, of no input. */
  pick(question: string, choices: readonly Choice[], preferred?: string): Promise<string>;
  /** The one approval before the first write. */
  approve(question: string): Promise<boolean>;
}

/** Somebody wants to see the question before. */
export class WentBack extends Error {
  override readonly name = 'WentBack';
}
