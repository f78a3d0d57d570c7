/** The rules as they stand at this moment: read again whenever the file was replaced. */
import { readFileSync, statSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import type { LoopbackEndpoint } from '../fabric.ts';
import { endpointAt, isOpen, type SeatRules } from '../seat-rules.ts';

export type CurrentRules = () => SeatRules;

export function currentRules(file: string): CurrentRules {
  let seen = '';
  let rules: SeatRules | undefined;
  return () => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat && rules) {
      // The place in the VPC was given up: whatever still runs here is on no network any more.
      rules = { ...rules, names: {}, destinations: {} };
      return rules;
    }
    const state = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : 'absent';
    if (state !== seen || !rules) {
      rules = JSON.parse(readFileSync(file, 'utf8')) as SeatRules;
      seen = state;
    }
    return rules;
  };
}

/** Where a packet to this address ends; undefined where it is lost. */
export function destinationOf(rules: SeatRules, address: string, port: number): LoopbackEndpoint | undefined {
  const plain = plainAddress(address);
  // The containers of an awsvpc task share one interface, and so its loopback.
  const destination = rules.destinations[isThisMachine(plain) ? rules.address : plain];
  return destination && isOpen(destination, port) ? endpointAt(destination, port) : undefined;
}

/** Whether a socket of this process can be bound to the address. */
export function isOwnAddress(rules: SeatRules, address: string): boolean {
  const plain = plainAddress(address);
  return plain === rules.address || isThisMachine(plain);
}

function isThisMachine(address: string): boolean {
  return address.startsWith('127.') || address === '0.0.0.0' || address === '::1' || address === '::';
}

function plainAddress(address: string): string {
  const mapped = /^::ffff:(.+)$/i.exec(address)?.[1];
  return mapped && isIPv4(mapped) ? mapped : address;
}
