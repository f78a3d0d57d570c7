/**
 * Where things really are: VPC addresses and cache host names on one side, loopback ports on the other. Processes
 * inside the VPC see only the first (through the preload); nothing outside the sandbox knows the second.
 */
import type { RequestListener } from 'node:http';
import type { NetworkInterface } from './vpc.ts';

/** A listening socket on this machine's loopback. */
export interface LoopbackEndpoint {
  host: string;
  port: number;
  /** Who answers there, where that is no process: it can be asked without a connection. */
  listener?: RequestListener;
}

/** A process's place in the VPC. */
export interface Seat {
  /** To be merged into the process's environment: the preload, its rules file, the sandbox's CA. */
  readonly env: Readonly<Record<string, string>>;
  /** The loopback address on which what the process listens on is really bound. */
  readonly loopbackAddress: string;
  leave(): Promise<void>;
}

export interface Fabric {
  /** What the VPC's resolver answers for a host name; set again to move it (a failover). */
  setName(hostName: string, privateIpAddresses: readonly string[]): void;
  removeName(hostName: string): void;
  /** What the resolver of the VPC answers; none for a name that does not exist. */
  lookup(hostName: string): readonly string[];
  /** Something listens at this VPC address and port; it really does so at `endpoint`. Returns how to end that. */
  serve(privateIpAddress: string, port: number, endpoint: LoopbackEndpoint): () => void;
  /**
   * Prepares the place of a process at this interface; what it listens on is served at its VPC address. With
   * `bridgeAddress` it is a container behind the interface, with an address and ports of its own that only `serve`
   * publishes (Docker's bridge network).
   */
  enter(networkInterface: NetworkInterface, bridgeAddress?: string): Promise<Seat>;
  /** Where a connection from this interface ends; undefined where the packet would be lost. */
  route(from: NetworkInterface, toAddress: string, port: number): LoopbackEndpoint | undefined;
  /** PEM of the certificate authority that signs the cache nodes' certificates. */
  readonly certificateAuthority: string;
  close(): Promise<void>;
}
