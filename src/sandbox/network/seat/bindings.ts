/**
 * The parts of Node's internal bindings that are patched here, the same in 20, 22 and 24. They are the lowest place that
 * JavaScript reaches: what is above them (net, tls, http, fetch, undici, any driver) needs no patch.
 */
interface Handle<Self> {
  close: (this: Self, callback?: () => void) => void;
  ref: (this: Self) => void;
  unref: (this: Self) => void;
}

export interface SocketName {
  address?: string;
  family?: string;
  port?: number;
}

export interface ConnectRequest {
  oncomplete(
    status: number,
    handle: TcpHandle,
    request: ConnectRequest,
    readable: boolean,
    writable: boolean,
  ): void;
}

export interface TcpHandle extends Handle<TcpHandle> {
  bind: (this: TcpHandle, address: string, port: number, flags?: number) => number;
  connect: (this: TcpHandle, request: ConnectRequest, address: string, port: number) => number;
  getsockname: (this: TcpHandle, name: SocketName) => number;
  getpeername: (this: TcpHandle, name: SocketName) => number;
}

export type Datagram = readonly (Uint8Array | string)[];

export interface UdpHandle extends Handle<UdpHandle> {
  bind: (this: UdpHandle, address: string, port: number, flags?: number) => number;
  connect: (this: UdpHandle, address: string, port: number) => number;
  send: (this: UdpHandle, ...parameters: SendParameters) => number;
}

/** A connected socket names no address. */
export type SendParameters =
  | [request: object, datagram: Datagram, length: number, hasCallback: boolean]
  | [
      request: object,
      datagram: Datagram,
      length: number,
      port: number,
      address: string,
      hasCallback: boolean,
    ];

export interface QueryRequest {
  oncomplete(error: string | null, answers?: readonly string[], ttls?: readonly number[]): void;
}

export interface SpawnOptions {
  envPairs?: string[];
}

interface ProcessHandle {
  spawn: (this: ProcessHandle, options: SpawnOptions) => number;
}

interface Bindings {
  tcp_wrap: { TCP: { prototype: TcpHandle } };
  udp_wrap: { UDP: { prototype: UdpHandle } };
  cares_wrap: { ChannelWrap: { prototype: Record<string, (request: QueryRequest, name: string) => number> } };
  process_wrap: { Process: { prototype: ProcessHandle } };
  spawn_sync: { spawn: (options: SpawnOptions) => unknown };
}

export function binding<Name extends keyof Bindings>(name: Name): Bindings[Name] {
  return (process as unknown as { binding(name: Name): Bindings[Name] }).binding(name);
}
