/** The AWS query protocol (ElastiCache, Elastic Load Balancing, STS): form fields in, XML out. */
import { ServiceError } from '../service.ts';
import { parseQueryString, queryReader } from './query-string.ts';
import { inputShape, outputShape } from './shape.ts';
import { validationMessage } from './validation-message.ts';
import type { MemberPath } from './required-members.ts';
import type { CommonErrors, Wire } from './wire.ts';
import { element, escapeXml, xmlWriter } from './xml.ts';

interface QueryOptions {
  readonly version: string;
  readonly xmlNamespace: string;
  /** How this service answers when required members are missing. */
  readonly missingMembers?: (missing: readonly MemberPath[]) => ServiceError;
  /** What this service calls a call that IAM does not allow. */
  readonly accessDenied?: string;
}

const readInput = queryReader({
  memberName: (member) => member.xmlName ?? member.name,
  itemsOf: (list, item) => list.children.get(item.xmlName ?? 'member'),
});

export function awsQuery({ version, xmlNamespace, missingMembers, accessDenied }: QueryOptions): Wire {
  return {
    errors: { ...queryErrors(version, accessDenied), ...(missingMembers && { missingMembers }) },
    errorCodes: 'wire codes',
    action: (request) => new URLSearchParams(request.body).get('Action') ?? '',
    input: (operation, request) =>
      readInput(inputShape(operation))(parseQueryString(new URLSearchParams(request.body))),
    answer: (operation, output, requestId) => {
      const action = operation[2];
      const shape = outputShape(operation);
      const result = shape.kind === 'unit' ? '' : element(`${action}Result`, xmlWriter(shape)(output));
      const metadata = element('ResponseMetadata', element('RequestId', requestId));
      const body = `<${action}Response xmlns="${xmlNamespace}">${result}${metadata}</${action}Response>`;
      return { status: 200, contentType: 'text/xml', body };
    },
    failure: ({ code, message, status, fault }, requestId) => {
      const type = element('Type', fault === 'client' ? 'Sender' : 'Receiver');
      const error = element(
        'Error',
        type + element('Code', escapeXml(code)) + element('Message', escapeXml(message)),
      );
      const body = `<ErrorResponse xmlns="${xmlNamespace}">${error}${element('RequestId', requestId)}</ErrorResponse>`;
      return { status, contentType: 'text/xml', body };
    },
  };
}

function queryErrors(version: string, accessDenied = 'AccessDenied'): CommonErrors {
  return {
    unknownAction: (action) =>
      new ServiceError('InvalidAction', `Could not find operation ${action} for version ${version}`),
    missingMembers: (missing) => new ServiceError('ValidationError', validationMessage(missing)),
    notAuthenticated: () =>
      new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
    unknownAccessKey: () =>
      new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
    expiredToken: () =>
      new ServiceError('ExpiredToken', 'The security token included in the request is expired', 403),
    accessDenied: (denial) => new ServiceError(accessDenied, denial, 403),
    throttled: () => new ServiceError('Throttling', 'Rate exceeded', 400),
    internalFailure: (message) => new ServiceError('InternalFailure', message, 500),
  };
}
