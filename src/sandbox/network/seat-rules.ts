/**
 * The one file through which the sandbox tells a process inside the VPC what its network is. The fabric writes it, the
 * preload reads it; nothing else passes between them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoopbackEndpoint } from './fabric.ts';
import type { PortRange } from './vpc.ts';

/** Names the rules file; without it the preload refuses to go on. */
export const SEAT_VARIABLE = 'ELASTICACHE_WIZARD_SEAT';
/** Milliseconds after which a connection that meets silence is given up; Linux takes 127 s (net.ipv4.tcp_syn_retries 6). */
export const CONNECT_TIMEOUT_VARIABLE = 'ELASTICACHE_WIZARD_CONNECT_TIMEOUT';

export interface SeatRules {
  /** The process's own address in the VPC, and where its sockets really are. */
  readonly address: string;
  readonly loopbackAddress: string;
  /** Where to publish the real ports of what listens, when the loopback address is shared with others. */
  readonly portsFolder?: string;
  /** What NODE_OPTIONS must hold for a child process to stay inside. */
  readonly nodeOptions: string;
  /** Names the file with the VPC addresses of all seats, by the loopback addresses where they really are. */
  readonly addressesFile: string;
  readonly certificateAuthority: string;
  /** Absent where nobody answers: the VPC has no DNS support. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** By VPC address; an address or a port that is not here is met with silence. */
  readonly destinations: Readonly<Record<string, Destination>>;
}

export interface Destination {
  readonly open: readonly PortRange[];
  /** What is served at single ports. */
  readonly ports: Readonly<Record<string, LoopbackEndpoint>>;
  /** A process's own loopback address: each of its ports is the same port there. */
  readonly host?: string;
  /** Or where a process on the shared loopback address publishes its real ports. */
  readonly portsFolder?: string;
}

/** tcpmux: nobody listens there, so the kernel refuses, as a machine does at a port without a listener. */
export const REFUSING: LoopbackEndpoint = { host: '127.0.0.1', port: 1 };

export function isOpen(destination: Destination, port: number): boolean {
  return destination.open.some(([low, high]) => low <= port && port <= high);
}

export function endpointAt(destination: Destination, port: number): LoopbackEndpoint {
  const served = destination.ports[port];
  if (served) return served;
  if (destination.host) return { host: destination.host, port };
  return (destination.portsFolder && publishedEndpoint(destination.portsFolder, port)) || REFUSING;
}

function publishedEndpoint(portsFolder: string, port: number): LoopbackEndpoint | undefined {
  try {
    return { host: '127.0.0.1', port: Number(readFileSync(join(portsFolder, String(port)), 'utf8')) };
  } catch {
    return undefined;
  }
}
