/** Calls that never reached AWS: nothing answered, or something else did. */
import type { AwsError } from './aws-error.ts';
import type { Problem } from './problem.ts';

const WRONG_PLACE =
  'Is the region right (--region), and the endpoint URL (--endpoint-url, AWS_ENDPOINT_URL)?';
const RUN_AGAIN = 'Check the connection, then run the same command again: it goes on from here.';

/** `reached`: a call to the same service was answered before, so the place is right and the network is not. */
export function connectionProblem(
  error: AwsError,
  host: string | undefined,
  reached: boolean,
): Problem | undefined {
  const where = error.peer ?? host ?? 'AWS';
  const unreached = (reason: string): Problem =>
    reached ? lost(`${reason} any more`) : { code: 'InvalidInput', reason, hint: WRONG_PLACE };
  switch (error.systemCode) {
    case 'ENOTFOUND':
      return unreached(`there is no host ${where}`);
    case 'ECONNREFUSED':
      return unreached(`nothing listens at ${where}`);
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return lost(`${where} cannot be reached (${error.systemCode})`);
    case 'ECONNRESET':
    case 'EPIPE':
      return lost(`${where} closed the connection`);
    default:
      return silence(error, host ?? where);
  }
}

function lost(reason: string): Problem {
  return { code: 'OperationFailed', reason, hint: RUN_AGAIN, transient: true };
}

function silence(error: AwsError, host: string): Problem | undefined {
  if (error.name !== 'TimeoutError' && error.systemCode !== 'ETIMEDOUT') return undefined;
  // The SDK has one name for both; a server that took the request and is silent is no wrong region.
  const connected = error.message.includes('requestTimeout') || error.message.includes('inactivity');
  return {
    code: 'TimedOut',
    reason: connected ? `${host} took the request and never answered` : `${host} takes no connection`,
    hint: connected ? RUN_AGAIN : `${RUN_AGAIN} ${WRONG_PLACE}`,
    transient: true,
  };
}

/** A proxy's log-in page, a load balancer's error page, an emulator that does not know the service. */
export function strangeAnswer(error: AwsError, host: string | undefined): Problem | undefined {
  const unparsed = error.name === 'SyntaxError' || error.message.includes('XML parse error');
  // What the SDK calls an error in which it found no code. AWS's own carry a request's id, and are no web pages.
  const nameless = [error.name, error.message].some((text) => /^Unknown(Error)?$/.test(text));
  const html = error.contentType?.startsWith('text/html') === true;
  if (!unparsed && !(nameless && (html || error.requestId === undefined))) return undefined;
  const status =
    error.httpStatus === undefined ? '' : ` (HTTP ${error.httpStatus}${html ? ', a web page' : ''})`;
  return {
    code: 'OperationFailed',
    reason: `what answered at ${host ?? 'the endpoint'} is not AWS${status}`,
    hint: 'A proxy or an emulator may sit in between: check HTTPS_PROXY, --endpoint-url and AWS_ENDPOINT_URL.',
  };
}
