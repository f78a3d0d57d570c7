/** The HTTP server in front of everything: AWS's APIs, and the sandbox's own under /_sandbox/. Loopback only. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { WireRequest } from '../wire/wire.ts';
import type { Reply } from './api.ts';
import { CONTROL_PATH } from './control.ts';
import type { ControlAnswer, ControlRequest } from './control.ts';
import { refusedByGuard } from './loopback-guard.ts';
import { WizardError } from '../../errors.ts';

export interface EndpointOptions {
  readonly port: number;
  readonly api: (request: WireRequest) => Promise<Reply>;
  readonly control: (request: ControlRequest) => Promise<ControlAnswer>;
}

export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const server = createServer((request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', error instanceof Error ? error.message : String(error));
    });
  });
  // Node's own 5 s is shorter than the pause of most pollers, which would then meet a closed connection.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notListening(error, options.port)));
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function notListening(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  const why =
    error.code === 'EACCES' ? 'needs more rights than this program has' : 'is taken by another program';
  return new WizardError('InvalidInput', `The port ${port} ${why}`, {
    hint: 'Name another with --listen-port, or 0 for a free one.',
    cause: error,
  });
}

async function serve(
  { api, control }: EndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusedByGuard(request.headers);
  if (refused) {
    send(response, 403, 'text/plain', refused);
    return;
  }

  const bytes = await readBody(request);
  const body = bytes.toString('utf8');
  const { headers, method = 'GET' } = request;
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname.startsWith(CONTROL_PATH)) {
    const { status, document } = await control({ method, url, authorization: headers.authorization, body });
    send(response, status, 'application/json', JSON.stringify(document));
    return;
  }

  const reply = await api({ headers: singleHeaders(request), path: url.pathname, body, bytes });
  if (reply.kind === 'cut') request.socket.resetAndDestroy();
  if (reply.kind !== 'answer') return;
  const { status, contentType, headers: more = {}, body: answer } = reply.answer;
  response.setHeaders(new Map(Object.entries({ ...more, 'x-amzn-requestid': reply.requestId })));
  send(response, status, contentType, answer);
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Uint8Array,
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** New versions of the AWS CLI compress what is large. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const bytes = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? promisify(gunzip)(bytes) : bytes;
}

function singleHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
