/** Calls that never reached AWS: nothing answered, or something else did. */
import type { AwsError } from './aws-error.ts';
import type { Problem } from './problem.ts';

const WRONG_PLACE =
  'Is the region right (--region), and the endpoint URL (--endpoint-url, AWS_ENDPOINT_URL)?';
const RUN_AGAIN = 'Check the connection, then run the same command again: it goes on from here.';

export function connectionProblem(error: AwsError, host: string | undefined): Problem | undefined {
  const where = error.peer ?? host ?? 'AWS';
  switch (error.systemCode) {
    case 'ENOTFOUND':
      return { code: 'InvalidInput', reason: `there is no host ${where}`, hint: WRONG_PLACE };
    case 'ECONNREFUSED':
      return { code: 'InvalidInput', reason: `nothing listens at ${where}`, hint: WRONG_PLACE };
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        code: 'OperationFailed',
        reason: `${where} cannot be reached (${error.systemCode})`,
        hint: RUN_AGAIN,
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return { code: 'OperationFailed', reason: `${where} closed the connection`, hint: RUN_AGAIN };
    default:
      return silence(error, host ?? where);
  }
}

function silence(error: AwsError, host: string): Problem | undefined {
  if (error.name !== 'TimeoutError' && error.systemCode !== 'ETIMEDOUT') return undefined;
  // The SDK has one name for both; a server that took the request and is silent is no wrong region.
  const connected = error.message.includes('requestTimeout') || error.message.includes('inactivity');
  return connected
    ? { code: 'TimedOut', reason: `${host} took the request and never answered`, hint: RUN_AGAIN }
    : { code: 'TimedOut', reason: `${host} takes no connection`, hint: `${RUN_AGAIN} ${WRONG_PLACE}` };
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
