/** CLIENT LIST by address: enough to tell who uses the cache, and short enough for one line of a log. */
import type { ClientAddress, ClientList } from '../../domain/probe-report.ts';

/** A line longer than 16 kB is cut apart by Docker's log drivers. */
const ADDRESSES_AT_MOST = 40;
const EACH_AT_MOST = 4;

export function reducedClients(list: string, ownId: string, localAddress: string): ClientList {
  const byAddress = new Map<string, { -readonly [Member in keyof ClientAddress]: ClientAddress[Member] }>();
  let own: string | undefined;
  for (const line of list.split('\n')) {
    const field = (name: string): string => new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? '';
    const address = field('addr')
      .replace(/:\d+$/, '')
      .replace(/^\[|\]$/g, '');
    if (field('id') === ownId) own = address;
    // Replicas and primaries are no clients.
    else if (address && !/[SM]/.test(field('flags'))) {
      const idle = Number(field('idle'));
      const age = Number(field('age'));
      const one = byAddress.get(address) ?? { address, connections: 0, idle, age, commands: [], names: [] };
      one.connections += 1;
      one.idle = Math.min(one.idle, idle);
      one.age = Math.max(one.age, age);
      one.commands = withOne(one.commands, field('cmd'));
      one.names = withOne(withOne(one.names, field('name')), field('lib-name'));
      byAddress.set(address, one);
    }
  }
  if (own === undefined) return { notTold: 'the list does not hold the probe itself' };
  const addresses = Array.from(byAddress.values()).sort((a, b) => b.connections - a.connections);
  return {
    addresses: addresses.slice(0, ADDRESSES_AT_MOST),
    leftOut: Math.max(0, addresses.length - ADDRESSES_AT_MOST),
    ownAddress: { seen: own, real: localAddress.replace(/^::ffff:/, '') },
  };
}

function withOne(words: readonly string[], word: string): readonly string[] {
  if (!word || words.length >= EACH_AT_MOST || words.includes(word)) return words;
  return words.concat(word.slice(0, 30));
}
