/** Whether a parameter of the engine exists, may be changed, and takes a value. */
import { suggestion } from './nearest.ts';

export interface ParameterDefinition {
  readonly name: string;
  /** A list, or ranges of numbers: 'yes,no', '0,20-2147483647'. */
  readonly allowedValues: string | undefined;
  readonly modifiable: boolean;
}

export function parameterProblem(
  name: string,
  value: string,
  known: readonly ParameterDefinition[],
  family: string,
): { readonly problem: string; readonly fix: string } | undefined {
  const definition = known.find((each) => each.name === name);
  const modifiable = known.filter((each) => each.modifiable).map((each) => each.name);
  if (!definition) {
    return {
      problem: `${name}: ${family} has no such parameter`,
      fix: suggestion(name, modifiable) ?? 'Leave it out.',
    };
  }
  if (!definition.modifiable) {
    return { problem: `${name}: ElastiCache lets nobody change it in ${family}`, fix: 'Leave it out.' };
  }
  const allowed = definition.allowedValues;
  if (!allowed || isAllowed(value, allowed)) return undefined;
  return {
    problem: `${name}: ${value === '' ? 'an empty value' : value} is not among its values`,
    fix: `It takes ${allowed.split(',').join(', ')}.`,
  };
}

const RANGE = /^(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)$/;

function isAllowed(value: string, allowed: string): boolean {
  const choices = allowed.split(',').map((each) => each.trim());
  // One word alone describes the letters of a text, and is left to AWS.
  if (choices.length === 1 && !RANGE.test(allowed)) return true;
  return choices.some((each) => {
    const [, low, high] = RANGE.exec(each) ?? [];
    if (low === undefined) return value === each;
    return value !== '' && Number(value) >= Number(low) && Number(value) <= Number(high);
  });
}
