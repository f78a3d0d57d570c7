/** A container without a process: its image is a function of this one, for those who start tasks by the thousand. */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoopbackEndpoint } from '../network/fabric.ts';
import type { ContainerProcess } from './container-process.ts';

/** What the image does once it is started: answers requests on its ports until it is stopped, or ends with an exit code. */
export type InertProgram = (container: {
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Ends it later, by itself. */
  readonly exit: (exitCode: number) => void;
}) => RequestListener | number;

export interface InertContainer extends ContainerProcess {
  /** Resolves when its ports are open. */
  readonly started: Promise<void>;
}

export function startInertContainer(options: {
  program: InertProgram;
  environment: Readonly<Record<string, string>>;
  onLine: (line: string) => void;
  ports: readonly number[];
  /** Puts one of its ports into the VPC; returns how to take it out again. */
  serve: (port: number, endpoint: LoopbackEndpoint) => () => void;
}): InertContainer {
  let end: (exitCode: number) => void = () => undefined;
  const exit = new Promise<number>((resolve) => (end = resolve));
  const answer = options.program({ ...options, exit: (exitCode) => stop(exitCode) });
  const isOver = typeof answer === 'number';
  // Not before whoever started it has noted that it runs.
  if (isOver) setImmediate(end, answer);
  const open = isOver ? [] : options.ports.map((port) => listen(answer, port, options.serve));
  let alive = !isOver;
  const stop = (exitCode: number): void => {
    alive = false;
    void Promise.all(open).then((closers) => {
      for (const close of closers) close();
      end(exitCode);
    });
  };
  return {
    exit,
    pid: 0,
    inert: true,
    started: Promise.all(open).then(() => undefined),
    alive: () => alive,
    signal: () => stop(0),
  };
}

async function listen(
  answer: RequestListener,
  port: number,
  serve: (port: number, endpoint: LoopbackEndpoint) => () => void,
): Promise<() => void> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const withdraw = serve(port, {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    listener: answer,
  });
  return () => {
    withdraw();
    server.close();
    server.closeAllConnections();
  };
}
