/** What a rule between inputs is: it looks at one set of inputs and calls them as the user has. */
import { isGiven } from '../../domain/settings.ts';
import type { InputName } from '../catalogue.ts';
import type { Inputs } from '../resolve.ts';
import type { Spelling } from '../spelling.ts';

export interface Broken {
  readonly problem: string;
  readonly fix: string;
}

export interface Case extends Spelling {
  readonly inputs: Inputs;
}

export type Rule = (of: Case) => Broken | false;

export const LEAVE_ONE_OUT = 'Leave one of the two out.';

/** Those of these inputs that somebody gave, as they were called. */
export function givenOf({ inputs, name }: Case, names: readonly InputName[]): string[] {
  return names.flatMap((each) => {
    const input = inputs[each];
    return input && isGiven(input) ? [name(each)] : [];
  });
}
