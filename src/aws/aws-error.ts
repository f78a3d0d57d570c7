/** A failed call as one shape: the SDK's exceptions, Node's system errors and a parser's complaint have little in common. */
import { WizardError } from '../errors.ts';

export interface AwsError {
  readonly name: string;
  /** On one line. */
  readonly message: string;
  /** The wire code of query services, where it is not the name. */
  readonly wireCode: string | undefined;
  /** Node's code of a failed connection: 'ENOTFOUND'. */
  readonly systemCode: string | undefined;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly contentType: string | undefined;
  /** The host, or the address and port, that a failed connection went to. */
  readonly peer: string | undefined;
}

/** Looks through a sentence of ours at what AWS said. */
export function awsErrorOf(thrown: unknown): AwsError {
  const error = membersOf(thrown instanceof WizardError ? thrown.cause : thrown);
  const metadata = membersOf(error.$metadata);
  const headers = membersOf(membersOf(error.$response).headers);
  return {
    name: text(error.name) ?? 'Error',
    message: oneLine(text(error.message) ?? text(error.Message) ?? ''),
    wireCode: text(error.Code),
    systemCode: text(error.code),
    httpStatus: typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined,
    requestId: text(metadata.requestId),
    contentType: text(headers['content-type']),
    peer: peerOf(error),
  };
}

export function isNamed(error: AwsError, names: readonly string[]): boolean {
  return names.includes(error.name) || (error.wireCode !== undefined && names.includes(error.wireCode));
}

function peerOf(error: Record<string, unknown>): string | undefined {
  // A host with several addresses fails with one error for each of them.
  const attempts: unknown[] = Array.isArray(error.errors) ? error.errors : [];
  const attempt = membersOf(attempts[0] ?? error);
  const address = text(attempt.hostname) ?? text(attempt.address);
  return typeof attempt.port === 'number' ? `${address ?? 'port'}:${attempt.port}` : address;
}

function oneLine(message: string): string {
  // What the SDK appends to a parser's complaint is advice to its own developers.
  return message
    .replace(/\s*Deserialization error: to see the raw response.*/s, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
