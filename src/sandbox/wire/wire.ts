/** What a protocol is to the endpoint: requests in, answers out, and how its services say the common errors. */
import type { StaticOperationSchema } from '@smithy/types';
import type { ServiceError } from '../service.ts';
import type { MemberPath } from './required-members.ts';

export interface WireRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly path: string;
  readonly body: string;
  /** The body as it came, for protocols that are not text. */
  readonly bytes: Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** An error with all that the wire says of it. */
export interface WireError {
  readonly code: string;
  /** What the query protocols call it. */
  readonly queryCode: string;
  readonly message: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
}

/** The errors that every service answers alike, before its own behaviour begins. */
export interface CommonErrors {
  unknownAction(action: string): ServiceError;
  missingMembers(missing: readonly MemberPath[]): ServiceError;
  notAuthenticated(): ServiceError;
  unknownAccessKey(): ServiceError;
  expiredToken(): ServiceError;
  /** `denial`: 'User: ... is not authorized to perform: ...'. */
  accessDenied(denial: string): ServiceError;
  throttled(): ServiceError;
  internalFailure(message: string): ServiceError;
}

export interface Wire {
  readonly errors: CommonErrors;
  /** What names an error: the query protocols have wire codes of their own, JSON has the shape's name. */
  readonly errorCodes: 'wire codes' | 'shapes';
  /** The operation's name, as the request spells it. */
  action(request: WireRequest): string;
  /** The input of an operation, decoded; throws a ServiceError where the body cannot be read. */
  input(operation: StaticOperationSchema, request: WireRequest): unknown;
  answer(operation: StaticOperationSchema, output: unknown, requestId: string): WireAnswer;
  failure(error: WireError, requestId: string): WireAnswer;
}
