/** The errors of Parameter Store that more than one of its files throws. */
import { ServiceError } from '../service.ts';

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

export function notInEnum(member: string, value: string, allowed: readonly string[]): ServiceError {
  return invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/** AWS answers without a word: the name says it all. */
export function parameterNotFound(): ServiceError {
  return new ServiceError('ParameterNotFound', '');
}
