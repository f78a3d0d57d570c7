/** EC2's own query protocol: flat lists, capitalised names, no result element. */
import { ServiceError } from '../service.ts';
import { parseQueryString, queryReader } from './query-string.ts';
import { inputShape, outputShape } from './shape.ts';
import type { Member } from './shape.ts';
import type { CommonErrors, Wire } from './wire.ts';
import { element, escapeXml, xmlWriter } from './xml.ts';

const readInput = queryReader({ memberName, itemsOf: (list) => list });

export function ec2Query({ xmlNamespace }: { readonly xmlNamespace: string }): Wire {
  return {
    errors: ec2Errors,
    errorCodes: 'wire codes',
    action: (request) => new URLSearchParams(request.body).get('Action') ?? '',
    input: (operation, request) =>
      readInput(inputShape(operation))(parseQueryString(new URLSearchParams(request.body))),
    answer: (operation, output, requestId) => {
      const tag = `${operation[2]}Response`;
      const content = element('requestId', requestId) + xmlWriter(outputShape(operation))(output);
      return {
        status: 200,
        contentType: 'text/xml;charset=UTF-8',
        body: `<${tag} xmlns="${xmlNamespace}">${content}</${tag}>`,
      };
    },
    failure: ({ code, message, status }, requestId) => {
      const error = element(
        'Error',
        element('Code', escapeXml(code)) + element('Message', escapeXml(message)),
      );
      const body = element('Response', element('Errors', error) + element('RequestID', requestId));
      return { status, contentType: 'text/xml;charset=UTF-8', body };
    },
  };
}

function memberName(member: Member): string {
  const name = member.xmlName ?? member.name;
  return member.ec2QueryName ?? name.charAt(0).toUpperCase() + name.slice(1);
}

/** EC2 API reference, "Error codes for the Amazon EC2 API". */
const ec2Errors: CommonErrors = {
  unknownAction: (action) =>
    new ServiceError('InvalidAction', `The action ${action} is not valid for this web service.`),
  missingMembers: ([first = []]) =>
    new ServiceError('MissingParameter', `The request must contain the parameter ${first.join('.')}`),
  notAuthenticated: () =>
    new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
  unknownAccessKey: () =>
    new ServiceError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
  expiredToken: () => new ServiceError('RequestExpired', 'Request has expired.'),
  accessDenied: (denial) =>
    new ServiceError(
      'UnauthorizedOperation',
      // The encoded part is for sts:DecodeAuthorizationMessage alone; here it encodes nothing but the sentence.
      `You are not authorized to perform this operation. ${denial}. Encoded authorization failure message: ${Buffer.from(denial).toString('base64url')}`,
      403,
    ),
  throttled: () => new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  internalFailure: (message) => new ServiceError('InternalError', message, 500),
};
