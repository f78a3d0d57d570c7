/** The fabric on one machine: every process of the VPC on loopback, its network written into a rules file that its preload reads. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Fabric, LoopbackEndpoint, Seat } from './fabric.ts';
import { ownLoopbackAddresses, sharedLoopbackAddress } from './loopback-addresses.ts';
import { type Destination, endpointAt, SEAT_VARIABLE, type SeatRules } from './seat-rules.ts';
import type { NetworkInterface, PacketFilter, PortRange, Vpc } from './vpc.ts';

export interface FabricOptions {
  readonly vpc: Vpc & PacketFilter;
  readonly clock: Clock;
  /** The built preload, dist/programs/preload.cjs. */
  readonly preload: string;
  /** For the rules files; made when it is not there. */
  readonly folder: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** Only Linux has an address for each process; elsewhere all share 127.0.0.1 and ports are mapped. */
  readonly loopback?: 'an address each' | 'one shared address';
}

interface SeatRecord {
  readonly networkInterface: NetworkInterface;
  /** Of a container behind the interface, which nobody else can reach. */
  readonly bridgeAddress: string | undefined;
  readonly loopbackAddress: string;
  readonly portsFolder: string | undefined;
  readonly rulesFile: string;
  written: string;
}

const ALL_PORTS: readonly PortRange[] = [[0, 65_535]];

export function createFabric(options: FabricOptions): Promise<Fabric> {
  const { vpc, clock, folder, certificateAuthority } = options;
  const loopback =
    options.loopback ?? (process.platform === 'linux' ? 'an address each' : 'one shared address');
  const addresses = loopback === 'an address each' ? ownLoopbackAddresses() : sharedLoopbackAddress();
  const nodeOptions = `--require ${JSON.stringify(options.preload)}`;
  const addressesFile = join(folder, 'addresses.json');
  const names = new Map<string, readonly string[]>();
  const served = new Map<string, Map<number, LoopbackEndpoint>>();
  const seats = new Map<string, SeatRecord>();
  const bridged = new Set<SeatRecord>();
  let stale = false;
  let addressesWritten = '';

  /** What is at an address, apart from who may reach it. */
  const placeAt = (privateIpAddress: string): Omit<Destination, 'open'> | undefined => {
    const seat = seats.get(privateIpAddress);
    const ports = served.get(privateIpAddress);
    if (!seat) return ports && { ports: Object.fromEntries(ports) };
    return { ports: Object.fromEntries(ports ?? []), ...insideOf(seat) };
  };

  const insideOf = (seat: SeatRecord): Pick<Destination, 'portsFolder' | 'host'> =>
    seat.portsFolder ? { portsFolder: seat.portsFolder } : { host: seat.loopbackAddress };

  const destinationsFrom = (seat: SeatRecord): Record<string, Destination> => {
    const destinations: Record<string, Destination> = {};
    if (seat.bridgeAddress)
      destinations[seat.bridgeAddress] = { open: ALL_PORTS, ports: {}, ...insideOf(seat) };
    for (const address of new Set([...seats.keys(), ...served.keys()])) {
      const to = vpc.networkInterfaceAt(address);
      const place = placeAt(address);
      if (!to || !place) continue;
      const own = address === seat.networkInterface.privateIpAddress;
      const open = own ? ALL_PORTS : vpc.openPorts(seat.networkInterface, to);
      if (open.length > 0) destinations[address] = { open, ...place };
    }
    return destinations;
  };

  const write = (seat: SeatRecord): void => {
    const rules: SeatRules = {
      address: seat.bridgeAddress ?? seat.networkInterface.privateIpAddress,
      loopbackAddress: seat.loopbackAddress,
      ...(seat.portsFolder ? { portsFolder: seat.portsFolder } : {}),
      nodeOptions,
      addressesFile,
      certificateAuthority,
      ...(vpc.resolvesNames?.(seat.networkInterface.vpcId) === false
        ? {}
        : { names: Object.fromEntries(names) }),
      destinations: destinationsFrom(seat),
    };
    const text = JSON.stringify(rules);
    if (text === seat.written) return;
    seat.written = text;
    replaceFile(seat.rulesFile, text);
  };

  /** Containers behind an interface are seen with its address. On a shared address nobody can be told apart. */
  const writeAddresses = (): void => {
    const shown = addresses.exclusive
      ? allSeats().map(({ loopbackAddress, networkInterface }) => [
          loopbackAddress,
          networkInterface.privateIpAddress,
        ])
      : [];
    const text = JSON.stringify(Object.fromEntries(shown));
    if (text === addressesWritten) return;
    addressesWritten = text;
    replaceFile(addressesFile, text);
  };

  const allSeats = (): SeatRecord[] => [...seats.values(), ...bridged];

  /**
   * Many changes of one turn are written once, and before anybody who awaits one of them goes on: microtasks run in
   * the order in which they were queued, so a caller never sees a change answered that processes do not obey yet.
   */
  const changed = (): void => {
    if (stale) return;
    stale = true;
    queueMicrotask(() => {
      stale = false;
      for (const seat of allSeats()) write(seat);
      writeAddresses();
    });
  };

  const leave = (seat: SeatRecord): void => {
    const { privateIpAddress } = seat.networkInterface;
    if (seats.get(privateIpAddress) === seat) seats.delete(privateIpAddress);
    else if (!bridged.delete(seat)) return;
    rmSync(seat.rulesFile, { force: true });
    if (seat.portsFolder) rmSync(seat.portsFolder, { recursive: true, force: true });
    addresses.free(seat.loopbackAddress);
    changed();
  };

  const enter = async (networkInterface: NetworkInterface, bridgeAddress?: string): Promise<Seat> => {
    const { networkInterfaceId, privateIpAddress } = networkInterface;
    if (!bridgeAddress && seats.has(privateIpAddress)) {
      throw new Error(`${networkInterfaceId} has a seat already`);
    }
    const name = [networkInterfaceId, bridgeAddress].filter(Boolean).join('-');
    const seat: SeatRecord = {
      networkInterface,
      bridgeAddress,
      loopbackAddress: await addresses.take(),
      portsFolder: addresses.exclusive ? undefined : join(folder, `${name}.ports`),
      rulesFile: join(folder, `${name}.json`),
      written: '',
    };
    if (seat.portsFolder) mkdirSync(seat.portsFolder, { recursive: true, mode: 0o700 });
    if (bridgeAddress) bridged.add(seat);
    else seats.set(privateIpAddress, seat);
    write(seat);
    changed();
    return {
      env: { NODE_OPTIONS: nodeOptions, [SEAT_VARIABLE]: seat.rulesFile },
      loopbackAddress: seat.loopbackAddress,
      leave: () => {
        leave(seat);
        return Promise.resolve();
      },
    };
  };

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stopListening = vpc.onChange(changed);

  return Promise.resolve({
    certificateAuthority,
    setName(hostName, privateIpAddresses) {
      names.set(hostName.toLowerCase(), privateIpAddresses);
      changed();
    },
    removeName(hostName) {
      names.delete(hostName.toLowerCase());
      changed();
    },
    lookup: (hostName) => names.get(hostName.toLowerCase()) ?? [],
    serve(privateIpAddress, port, endpoint) {
      const ports = served.get(privateIpAddress) ?? new Map<number, LoopbackEndpoint>();
      served.set(privateIpAddress, ports.set(port, endpoint));
      changed();
      return () => {
        if (ports.get(port) !== endpoint) return;
        ports.delete(port);
        if (ports.size === 0) served.delete(privateIpAddress);
        changed();
      };
    },
    enter: (networkInterface, bridgeAddress) => clock.busy(enter(networkInterface, bridgeAddress)),
    route(from, toAddress, port) {
      const to = vpc.networkInterfaceAt(toAddress);
      const place = placeAt(toAddress);
      if (!to || !place || vpc.barrier(from, to, port) !== undefined) return undefined;
      return endpointAt({ open: ALL_PORTS, ...place }, port);
    },
    async close() {
      stopListening();
      for (const seat of allSeats()) leave(seat);
      await addresses.close();
    },
  });
}

/** By rename, so that a process never reads half of it. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}
