/** A listener of an application load balancer: a real HTTP proxy. It never retries, as the real one does not. */
import { createServer, request as startRequest, STATUS_CODES } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { systemClock, type Clock } from '../../clock.ts';
import type { LoopbackEndpoint } from '../network/fabric.ts';
import { meets } from './conditions.ts';
import { requestHeaders, responseHeaders } from './forwarded-headers.ts';
import { listen, type Frontend } from './frontend.ts';
import { fixedResponse, gatewayError, redirect, type OwnResponse } from './own-responses.ts';
import type { Listener, Registry } from './registry.ts';
import { issuedCookies } from './sticky-cookies.ts';
import type { Choice, TargetChoice } from './target-choice.ts';
import type { TargetPath } from './target-path.ts';

export interface HttpFrontendOptions {
  registry: Registry;
  choice: TargetChoice;
  path: TargetPath;
  clock: Clock;
  /** How long a connection to a target may take; 10 s on AWS. */
  connectTimeoutMs: number;
}

/** Longer than pollers pause, so that no request meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 65_000;

/** Where an answer goes: a response, or the bare socket of a request to upgrade. */
interface Client {
  readonly request: IncomingMessage;
  answer(response: OwnResponse): void;
  relay(upstream: ClientRequest, choice: Choice): void;
  onGone(run: () => void): void;
}

type ListenerPlace = Pick<Listener, 'arn' | 'loadBalancer' | 'requestedPort'>;

export async function openHttpFrontend(
  listener: ListenerPlace,
  options: HttpFrontendOptions,
): Promise<Frontend> {
  const proxy = new HttpProxy(listener, options);
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => proxy.serve(responseClient(request, response, proxy)));
  server.on('upgrade', (request, socket, head) => proxy.serve(upgradeClient(request, socket, head, proxy)));
  proxy.port = await listen(server, listener.requestedPort);
  return {
    port: proxy.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}

class HttpProxy {
  port = 0;
  private readonly listener: ListenerPlace;
  private readonly options: HttpFrontendOptions;

  constructor(listener: ListenerPlace, options: HttpFrontendOptions) {
    this.listener = listener;
    this.options = options;
  }

  serve(client: Client): void {
    const action = this.actionFor(client.request);
    if (action?.Type === 'forward') this.forward(client, action);
    else client.answer(this.ownAnswer(client.request, action));
  }

  /** The target's headers for the client, with the cookies that make it come back to the same target. */
  headersFor(response: IncomingMessage, choice: Choice): OutgoingHttpHeaders {
    const { seal } = this.listener.loadBalancer;
    const cookies = issuedCookies(
      choice,
      response.headers['set-cookie'] ?? [],
      seal,
      this.options.clock.now(),
    );
    return responseHeaders(response.headers, cookies);
  }

  private actionFor(request: IncomingMessage): Action | undefined {
    const { registry } = this.options;
    const listener = registry.listeners.get(this.listener.arn);
    const rules = listener ? registry.rulesOf(listener) : [];
    return rules.find(({ conditions }) => meets(request, conditions))?.actions[0];
  }

  private ownAnswer(request: IncomingMessage, action: Action | undefined): OwnResponse {
    if (action?.Type === 'fixed-response') return fixedResponse(action);
    if (action?.Type === 'redirect') return redirect(action, request, this.port);
    return gatewayError(503);
  }

  private forward(client: Client, action: Action): void {
    const { loadBalancer } = this.listener;
    const { choice, clock } = this.options;
    const chosen = choice.forRequest(client.request, action, loadBalancer, clock.now());
    if (chosen) this.reach(client, chosen);
    else client.answer(gatewayError(503));
  }

  private reach(client: Client, choice: Choice): void {
    const { path, connectTimeoutMs } = this.options;
    const { id, port } = choice.target.target;
    const reach = path(this.listener.loadBalancer, id, port);
    if (reach === 'refused') client.answer(gatewayError(502));
    else if (reach === 'lost') {
      client.onGone(systemClock().after(connectTimeoutMs, () => client.answer(gatewayError(504))));
    } else this.send(client, choice, reach);
  }

  private send(client: Client, choice: Choice, { host, port }: LoopbackEndpoint): void {
    const { request } = client;
    const { loadBalancer } = this.listener;
    const upstream = startRequest({
      host,
      port,
      agent: false,
      method: request.method,
      path: request.url,
      headers: requestHeaders(request, loadBalancer, this.port, this.options.clock.now()),
      timeout: Number(loadBalancer.attributes.get('idle_timeout.timeout_seconds')) * 1000,
    });
    const { connections } = choice.target;
    connections.add(upstream);
    upstream.on('close', () => connections.delete(upstream));
    let failure: 502 | 504 = 502;
    upstream.on('timeout', () => {
      failure = 504;
      upstream.destroy(new Error('The target was silent for the idle timeout'));
    });
    upstream.on('error', () => client.answer(gatewayError(failure)));
    client.onGone(() => upstream.destroy());
    client.relay(upstream, choice);
    request.pipe(upstream);
  }
}

function responseClient(request: IncomingMessage, response: ServerResponse, proxy: HttpProxy): Client {
  return {
    request,
    answer: ({ status, headers, body }) => {
      // A target that breaks off in the middle of its answer cannot be reported any more, only passed on.
      if (response.headersSent) response.destroy();
      else response.writeHead(status, headers).end(request.method === 'HEAD' ? '' : body);
    },
    relay: (upstream, choice) => {
      upstream.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, proxy.headersFor(answer, choice));
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      });
    },
    onGone: (run) => response.on('close', run),
  };
}

function upgradeClient(request: IncomingMessage, socket: Duplex, head: Buffer, proxy: HttpProxy): Client {
  socket.on('error', () => socket.destroy());
  const write = (status: number, headers: OutgoingHttpHeaders): void => {
    const lines = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => `${name}: ${one}`),
    );
    socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n'));
  };
  return {
    request,
    answer: ({ status, headers, body }) => {
      if (socket.destroyed) return;
      write(status, { ...headers, connection: 'close' });
      socket.end(body);
    },
    relay: (upstream, choice) => {
      upstream.on('upgrade', (answer, target, firstBytes) => {
        write(101, {
          ...proxy.headersFor(answer, choice),
          connection: 'Upgrade',
          upgrade: answer.headers.upgrade,
        });
        join(socket, target, head, firstBytes);
      });
      upstream.on('response', (answer) => {
        write(answer.statusCode ?? 502, { ...proxy.headersFor(answer, choice), connection: 'close' });
        answer.pipe(socket);
      });
    },
    onGone: (run) => socket.on('close', run),
  };
}

function join(client: Duplex, target: Duplex, fromClient: Buffer, fromTarget: Buffer): void {
  target.on('error', () => client.destroy());
  target.on('close', () => client.destroy());
  client.on('close', () => target.destroy());
  if (fromTarget.length > 0) client.write(fromTarget);
  if (fromClient.length > 0) target.write(fromClient);
  client.pipe(target);
  target.pipe(client);
}
