/** Blocks of addresses: IPv4 as numbers, for giving addresses out; IPv6 only as far as asking what lies inside. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

export interface Ipv4Block {
  readonly first: number;
  readonly size: number;
  readonly prefixLength: number;
  /** The canonical form: '10.0.1.7/16' is '10.0.0.0/16'. */
  readonly cidr: string;
}

export function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function ipv4Address(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

export function parseIpv4Block(cidr: string): Ipv4Block | undefined {
  const [address = '', length = ''] = cidr.split('/');
  const prefixLength = Number(length);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(length) || prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(ipv4Number(address) / size) * size;
  return { first, size, prefixLength, cidr: `${ipv4Address(first)}/${prefixLength}` };
}

export function blocksOverlap(one: Ipv4Block, other: Ipv4Block): boolean {
  return one.first < other.first + other.size && other.first < one.first + one.size;
}

export function blockContains(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

export function cidrContains(cidr: string, ipv4: string): boolean {
  const block = parseIpv4Block(cidr);
  const number = ipv4Number(ipv4);
  return block !== undefined && number >= block.first && number < block.first + block.size;
}

export function isIpv6Cidr(cidr: string): boolean {
  const [address = '', length = ''] = cidr.split('/');
  return isIPv6(address) && /^\d{1,3}$/.test(length) && Number(length) <= 128;
}

export function ipv6BlockContains(outer: string, inner: string): boolean {
  const [network = '', length = ''] = outer.split('/');
  const [address = '', innerLength = ''] = inner.split('/');
  const block = new BlockList();
  block.addSubnet(network, Number(length), 'ipv6');
  return Number(innerLength) >= Number(length) && block.check(address, 'ipv6');
}
