/** What the small apps of the scenarios share: lines on stdout, JSON over HTTP, and an end on SIGTERM. */
import { createServer, type IncomingMessage } from 'node:http';
import { hostname } from 'node:os';

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface JsonApp {
  readonly name: string;
  readonly port: number;
  answer(request: IncomingMessage, url: URL): Promise<JsonAnswer>;
  /** Lets go of what would keep the process alive. */
  stop(): Promise<unknown>;
}

export const NOT_FOUND: JsonAnswer = { status: 404, body: { error: 'Not found' } };

/** Of the container or the instance. */
export const ownName = process.env['HOSTNAME'] ?? hostname();

export function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** An AggregateError of several addresses has no message of its own. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

export function serveJson(app: JsonApp): void {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://app');
    const send = ({ status, body }: JsonAnswer): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-instance-id': ownName });
      response.end(JSON.stringify(body));
    };
    if (url.pathname !== '/health') log(`${request.method ?? ''} ${url.pathname}`);
    app.answer(request, url).then(send, (error: unknown) => {
      log(`Request failed: ${reason(error)}`);
      send({ status: 500, body: { error: reason(error) } });
    });
  });
  server.listen(app.port, () => log(`${app.name} listening on ${app.port}`));
  process.once('SIGTERM', () => {
    log('SIGTERM received, shutting down');
    server.close();
    server.closeAllConnections();
    void app.stop();
  });
}
