/** The one way in which all Describe operations select: named ids or everything, then filters, then a page. */
import type { Filter } from '@aws-sdk/client-ec2';
import { ServiceError } from '../service.ts';
import { type FilterTable, matching } from './filters.ts';
import type { Ec2State } from './state.ts';

export interface Listing<T> {
  readonly idOf: (record: T) => string;
  readonly filters: FilterTable<T>;
  /** The operation's range of MaxResults; 5 to 1000 for most (EC2 API reference). */
  readonly pageSize?: readonly [least: number, most: number];
  /** Operations that refuse ids together with MaxResults say how they call the ids. */
  readonly idsExcludePaging?: string;
}

export interface ListRequest {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Page<T> {
  readonly records: T[];
  readonly nextToken: string | undefined;
}

/**
 * `named` are the records that the request names by id, undefined when it names none. Sorted by id, so that a page
 * goes on where the last one ended whatever was created or deleted meanwhile; EC2 promises no order.
 */
export function list<T>(
  state: Ec2State,
  listing: Listing<T>,
  request: ListRequest,
  all: Iterable<T>,
  named?: readonly T[],
): Page<T> {
  const pageSize = pageSizeOf(listing, request.MaxResults);
  if (named && request.MaxResults !== undefined && listing.idsExcludePaging) {
    const message = `The parameter ${listing.idsExcludePaging} cannot be used with the parameter MaxResults`;
    throw new ServiceError('InvalidParameterCombination', message);
  }
  const after = request.NextToken ? afterToken(request.NextToken) : '';
  const found = matching(state, [...(named ?? all)], request.Filters, listing.filters, listing.idOf)
    .filter((record) => listing.idOf(record) > after)
    .toSorted((one, other) => (listing.idOf(one) < listing.idOf(other) ? -1 : 1));
  const records = found.slice(0, pageSize);
  const last = records.at(-1);
  return {
    records,
    nextToken: last && found.length > records.length ? token(listing.idOf(last)) : undefined,
  };
}

function pageSizeOf<T>(listing: Listing<T>, maxResults: number | undefined): number {
  // EC2 API reference, DescribeSecurityGroups.MaxResults: "If this parameter is not specified, then all items are returned."
  if (maxResults === undefined) return Infinity;
  const [least, most] = listing.pageSize ?? [5, 1000];
  if (maxResults < least || maxResults > most) {
    const message = `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`;
    throw new ServiceError('InvalidParameterValue', message);
  }
  return maxResults;
}

const TOKEN_MARK = 'after ';

function token(id: string): string {
  return Buffer.from(`${TOKEN_MARK}${id}`).toString('base64');
}

function afterToken(text: string): string {
  const plain = Buffer.from(text, 'base64').toString();
  if (!plain.startsWith(TOKEN_MARK))
    throw new ServiceError('InvalidNextToken', `The token '${text}' is invalid`);
  return plain.slice(TOKEN_MARK.length);
}
