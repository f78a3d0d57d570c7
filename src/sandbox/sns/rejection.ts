/** What SNS says no with (SNS API reference, "Common Errors" of each operation). */
import { ServiceError } from '../service.ts';

export function invalidParameter(what: string): ServiceError {
  return new ServiceError('InvalidParameterException', `Invalid parameter: ${what}`);
}

export function notFound(what: 'Topic' | 'Subscription'): ServiceError {
  return new ServiceError('NotFoundException', `${what} does not exist`);
}
