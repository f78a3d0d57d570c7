/** Names of load balancers and target groups: letters, digits and hyphens, at most 32, no hyphen at either end. */
import { validationError } from './registry.ts';

const MOST_CHARACTERS = 32;

export function requireName(name: string | undefined, what: 'Load balancer' | 'Target group'): string {
  if (name === undefined || name === '') throw validationError(`${what} name cannot be empty`);
  if (name.length > MOST_CHARACTERS) {
    throw validationError(`${what} name '${name}' cannot be longer than '${MOST_CHARACTERS}' characters`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${what} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw validationError(`${what} name '${name}' cannot begin or end with a hyphen(-)`);
  }
  return name;
}
