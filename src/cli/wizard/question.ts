/** One question of the wizard: what it answers, when it is of use, and how it is asked. */
import type { Asker } from '../../inputs/asker.ts';
import type { InputName } from '../../inputs/catalogue.ts';
import type { Inputs } from '../../inputs/resolve.ts';
import type { AccountReads } from './account-reads.ts';

export interface Question {
  /** The input by which it is known: its words, and whether the answer can be changed later, stand in the catalogue. */
  readonly name: InputName;
  /** The inputs that may hold its answer: where one was given, nothing is asked. */
  readonly answers: readonly InputName[];
  /** What was answered to other questions, and means nothing with another answer to this one. */
  readonly voids?: readonly InputName[];
  /** Whether it is of use here. Absent: always. */
  isOpen?(inputs: Inputs, reads: AccountReads, asker: Asker): Promise<boolean> | boolean;
  /** The very same inputs where there was nothing to choose. Throws `WentBack`. */
  ask(inputs: Inputs, asker: Asker, reads: AccountReads): Promise<Inputs>;
}

export interface Answers {
  readonly inputs: Inputs;
  /** The questions that need not be asked again, among them those that were answered by what is the default. */
  readonly settled: ReadonlySet<InputName>;
}
