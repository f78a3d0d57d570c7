/** The refusals that many operations share, by the names of the service model. */
import { ServiceError } from '../service.ts';

export function invalidValue(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): ServiceError {
  return new ServiceError('InvalidParameterCombinationException', message);
}

/** For what ElastiCache has and this sandbox has not: nobody should take it for AWS's own answer. */
export function notInSandbox(what: string): ServiceError {
  return invalidCombination(`The sandbox does not have ${what}.`);
}

/** AWS keeps these names in lower case. Rule and text: API reference, CreateReplicationGroup. */
export function identifier(parameter: string, name: string | undefined, longest: number): string {
  if (!name) throw invalidValue(`The parameter ${parameter} must be provided and must not be blank.`);
  if (name.length > longest) {
    throw invalidValue(`The parameter ${parameter} must not be longer than ${longest} characters.`);
  }
  if (!/^[A-Za-z](?:-?[A-Za-z0-9])*$/.test(name)) {
    throw invalidValue(
      `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain ` +
        'only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.',
    );
  }
  return name.toLowerCase();
}
