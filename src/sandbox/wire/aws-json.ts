/** The AWS JSON protocols, 1.0 and 1.1 (ECS, CloudWatch Logs): documents in and out, the operation in a header. */
import { ServiceError } from '../service.ts';
import { jsonReader, jsonWriter } from './json.ts';
import { inputShape, outputShape } from './shape.ts';
import { validationMessage } from './validation-message.ts';
import type { CommonErrors, Wire, WireAnswer, WireError } from './wire.ts';

interface JsonOptions {
  /** What `x-amz-target` begins with: 'AmazonEC2ContainerServiceV20141113'. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** The error's name when required members are missing. */
  readonly missingMembers: string;
  /** It spoke the query protocol before, and its errors keep those codes (Smithy, "awsQueryCompatible trait"). */
  readonly queryCompatible?: boolean;
}

export function awsJson({ target, version, missingMembers, queryCompatible }: JsonOptions): Wire {
  const document = (status: number, body: unknown): WireAnswer => ({
    status,
    contentType: `application/x-amz-json-${version}`,
    body: JSON.stringify(body),
  });
  return {
    errors: jsonErrors(missingMembers),
    errorCodes: 'shapes',
    action: (request) => {
      const [prefix, action] = (request.headers['x-amz-target'] ?? '').split('.', 2);
      return (prefix === target && action) || '';
    },
    input: (operation, request) => jsonReader(inputShape(operation))(parseDocument(request.body)),
    answer: (operation, output) => {
      const shape = outputShape(operation);
      return shape.kind === 'unit'
        ? { ...document(200, {}), body: '' }
        : document(200, jsonWriter(shape)(output));
    },
    failure: (error) => ({
      ...document(error.status, { __type: error.code, message: error.message }),
      ...(queryCompatible && { headers: queryErrorHeader(error) }),
    }),
  };
}

function parseDocument(body: string): unknown {
  try {
    const document: unknown = JSON.parse(body || '{}');
    if (typeof document === 'object' && document !== null) return document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceError('SerializationException', 'The request is not a JSON document.');
}

export function queryErrorHeader({ queryCode, fault }: WireError): Record<string, string> {
  return { 'x-amzn-query-error': `${queryCode};${fault === 'client' ? 'Sender' : 'Receiver'}` };
}

export const jsonErrors = (missingMembers: string): CommonErrors => ({
  missingMembers: (missing) => new ServiceError(missingMembers, validationMessage(missing)),
  unknownAction: () => new ServiceError('UnknownOperationException', ''),
  notAuthenticated: () =>
    new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token'),
  unknownAccessKey: () =>
    new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  expiredToken: () =>
    new ServiceError('ExpiredTokenException', 'The security token included in the request is expired'),
  accessDenied: (denial) => new ServiceError('AccessDeniedException', denial),
  throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
  internalFailure: (message) => new ServiceError('InternalFailure', message, 500),
});
