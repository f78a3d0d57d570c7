/** How requests that belong to no service are refused: in the protocol that their content type suggests. */
import { awsJson } from '../wire/aws-json.ts';
import { awsQuery } from '../wire/aws-query.ts';
import type { Wire, WireRequest } from '../wire/wire.ts';

const query = awsQuery({ version: '', xmlNamespace: 'http://webservices.amazon.com/AWSFault/2005-15-09' });
const json = awsJson({ target: '', version: '1.1', missingMembers: 'ValidationException' });

export function anonymousWire({ headers }: WireRequest): Wire {
  return headers['content-type']?.includes('json') ? json : query;
}
