/** TCP as the VPC lets it through: connections go where the rules say, or meet silence; what listens is on the seat's loopback address. */
import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { isIPv6 } from 'node:net';
import type { LoopbackEndpoint } from '../fabric.ts';
import { binding, type ConnectRequest, type SocketName, type TcpHandle } from './bindings.ts';
import { type CurrentRules, destinationOf, isOwnAddress } from './rules.ts';

/**
 * When Linux sends a SYN again, in parts of the 127 s after which it gives up; a rule that was opened meanwhile lets
 * that one through.
 */
const SYN_RETRANSMITS = [1, 3, 7, 15, 31, 63].map((seconds) => seconds / 127);
/** UV_TCP_IPV6ONLY, which means nothing to the IPv4 socket that is really bound. */
const IPV6_ONLY = 1;

const { TCP } = binding('tcp_wrap');
const node = {
  bind: TCP.prototype.bind,
  connect: TCP.prototype.connect,
  close: TCP.prototype.close,
  ref: TCP.prototype.ref,
  unref: TCP.prototype.unref,
  getsockname: TCP.prototype.getsockname,
  getpeername: TCP.prototype.getpeername,
};

export function guardPackets(rules: CurrentRules, timeoutMs: number): void {
  const pending = new WeakMap<TcpHandle, Silence>();
  const sockets = new WeakMap<TcpHandle, SocketNames>();
  const namesOf = (handle: TcpHandle): SocketNames => {
    const names = sockets.get(handle) ?? {};
    sockets.set(handle, names);
    return names;
  };

  const reach = (handle: TcpHandle, request: ConnectRequest, endpoint: LoopbackEndpoint): number => {
    const { loopbackAddress } = rules();
    // So that the peer sees from which task a connection comes.
    const error = namesOf(handle).local ? 0 : node.bind.call(handle, loopbackAddress, 0);
    return error || node.connect.call(handle, request, endpoint.host, endpoint.port);
  };

  function connect(this: TcpHandle, request: ConnectRequest, address: string, port: number): number {
    namesOf(this).peer = { address, port, family: isIPv6(address) ? 'IPv6' : 'IPv4' };
    const endpoint = destinationOf(rules(), address, port);
    if (endpoint) return reach(this, request, endpoint);
    const silence = new Silence(timeoutMs, {
      look: () => {
        const opened = destinationOf(rules(), address, port);
        if (!opened) return false;
        const error = reach(this, request, opened);
        if (error) request.oncomplete(error, this, request, false, false);
        return true;
      },
      giveUp: () => request.oncomplete(-constants.errno.ETIMEDOUT, this, request, false, false),
    });
    pending.set(this, silence);
    return 0;
  }

  function bind(this: TcpHandle, address: string, port: number, flags = 0): number {
    const { loopbackAddress, portsFolder } = rules();
    if (!isOwnAddress(rules(), address)) return -constants.errno.EADDRNOTAVAIL;
    const error = node.bind.call(this, loopbackAddress, portsFolder ? 0 : port, flags & ~IPV6_ONLY);
    if (error) return error;
    const names = namesOf(this);
    names.local = { address, family: isIPv6(address) ? 'IPv6' : 'IPv4' };
    if (portsFolder) names.published = publish(this, portsFolder, port);
    return 0;
  }

  function close(this: TcpHandle, callback?: () => void): void {
    pending.get(this)?.end();
    const published = sockets.get(this)?.published;
    if (published) rmSync(published.file, { force: true });
    node.close.call(this, callback);
  }

  function ref(this: TcpHandle): void {
    pending.get(this)?.ref();
    node.ref.call(this);
  }

  function unref(this: TcpHandle): void {
    pending.get(this)?.unref();
    node.unref.call(this);
  }

  /** A program sees the addresses that it asked for, not where they really are. */
  function getsockname(this: TcpHandle, name: SocketName): number {
    const error = node.getsockname.call(this, name);
    const { local, published } = sockets.get(this) ?? {};
    const outgoing = sockets.get(this)?.peer && { address: rules().address };
    if (error === 0) Object.assign(name, outgoing, local, published && { port: published.port });
    return error;
  }

  function getpeername(this: TcpHandle, name: SocketName): number {
    const error = node.getpeername.call(this, name);
    if (error === 0) Object.assign(name, sockets.get(this)?.peer);
    return error;
  }

  Object.assign(TCP.prototype, {
    bind,
    bind6: bind,
    connect,
    connect6: connect,
    close,
    ref,
    unref,
    getsockname,
    getpeername,
  });
}

interface SocketNames {
  local?: SocketName;
  peer?: SocketName;
  published?: { readonly port: number; readonly file: string };
}

/** On a shared loopback address the kernel chooses the port, and others find it in a file named after the one asked for. */
function publish(handle: TcpHandle, portsFolder: string, port: number): { port: number; file: string } {
  const name: SocketName = {};
  node.getsockname.call(handle, name);
  const shown = port || (name.port ?? 0);
  const file = join(portsFolder, String(shown));
  writeFileSync(file, String(name.port));
  return { port: shown, file };
}

/** A connection attempt that nobody answers. It keeps the process alive, as one in the kernel does. */
class Silence {
  private timer: NodeJS.Timeout | undefined;
  private readonly began = performance.now();
  private readonly looks: number[];
  private readonly timeoutMs: number;
  private readonly on: { look(): boolean; giveUp(): void };
  private held = true;

  constructor(timeoutMs: number, on: { look(): boolean; giveUp(): void }) {
    this.timeoutMs = timeoutMs;
    this.on = on;
    this.looks = SYN_RETRANSMITS.map((part) => part * timeoutMs);
    this.wait();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  ref(): void {
    this.held = true;
    this.timer?.ref();
  }

  unref(): void {
    this.held = false;
    this.timer?.unref();
  }

  private wait(): void {
    const next = this.looks.shift();
    const due = (next ?? this.timeoutMs) - (performance.now() - this.began);
    this.timer = setTimeout(() => {
      if (next === undefined) this.on.giveUp();
      else if (!this.on.look()) this.wait();
    }, due);
    if (!this.held) this.timer.unref();
  }
}
