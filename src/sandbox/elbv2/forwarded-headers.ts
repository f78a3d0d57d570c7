/** Headers between client and target: hop-by-hop ones end here, X-Forwarded-* and the trace id begin here. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { LoadBalancer } from './registry.ts';

const FORWARDED_FOR = 'x-forwarded-for';
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade'];

export function requestHeaders(
  request: IncomingMessage,
  { attributes }: LoadBalancer,
  listenerPort: number,
  now: number,
): OutgoingHttpHeaders {
  const client = request.socket.remoteAddress ?? '';
  const withPort = attributes.get('routing.http.xff_client_port.enabled') === 'true';
  const headers: OutgoingHttpHeaders = {
    ...without(request.headers, [...HOP_BY_HOP, FORWARDED_FOR]),
    ...forwardedFor(
      request.headers[FORWARDED_FOR],
      withPort ? `${client}:${request.socket.remotePort ?? 0}` : client,
      attributes.get('routing.http.xff_header_processing.mode') ?? 'append',
    ),
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(listenerPort),
    'x-amzn-trace-id': traceId(request.headers['x-amzn-trace-id'], now),
  };
  if (request.headers.upgrade === undefined) return { ...headers, connection: 'close' };
  return { ...headers, connection: 'Upgrade', upgrade: request.headers.upgrade };
}

export function responseHeaders(
  headers: IncomingHttpHeaders,
  cookies: readonly string[],
): OutgoingHttpHeaders {
  // Chunked or not is decided anew on the way to the client.
  const rest = without(headers, [...HOP_BY_HOP, 'transfer-encoding']);
  const setCookie = [...(headers['set-cookie'] ?? []), ...cookies];
  return setCookie.length > 0 ? { ...rest, 'set-cookie': setCookie } : rest;
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

function forwardedFor(
  received: string | string[] | undefined,
  client: string,
  mode: string,
): OutgoingHttpHeaders {
  if (mode === 'remove') return {};
  const earlier = [received ?? []].flat();
  const addresses = mode === 'preserve' ? earlier : [...earlier, client];
  return addresses.length > 0 ? { [FORWARDED_FOR]: addresses.join(', ') } : {};
}

/** A trace id that the client sent is kept and gets a `Self` field before it (ALB user guide, request tracing). */
function traceId(received: string | string[] | undefined, now: number): string {
  const id = `1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return typeof received === 'string' ? `Self=${id};${received}` : `Root=${id}`;
}
