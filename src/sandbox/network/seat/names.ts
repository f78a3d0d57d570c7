/** The VPC's resolver: names of the rules, localhost, and nothing else; no query ever leaves. */
import dns from 'node:dns';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { binding, type QueryRequest } from './bindings.ts';
import type { CurrentRules } from './rules.ts';

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address?: string | dns.LookupAddress[],
  family?: number,
) => void;

/** Time to live of the answers, in seconds: ElastiCache's records have a short one too. */
const TTL = 5;
/** libuv's UV_EAI_NONAME, which Node shows as ENOTFOUND. */
const NO_NAME = -3008;

export function answerNames(rules: CurrentRules): void {
  const addressesOf = (hostName: string): readonly string[] | undefined =>
    rules().names[hostName.toLowerCase().replace(/\.$/, '')];

  answerLookups(addressesOf);
  answerQueries(addressesOf);
}

type Resolver = (hostName: string) => readonly string[] | undefined;

function answerLookups(addressesOf: Resolver): void {
  const plainLookup = dns.lookup as (
    hostName: string,
    options: dns.LookupOptions,
    done: LookupCallback,
  ) => void;
  const plainPromise = dns.promises.lookup;

  const found = (hostName: string, family: number): dns.LookupAddress[] => {
    if (hostName.toLowerCase() === 'localhost') {
      return [family === 6 ? { address: '::1', family: 6 } : { address: '127.0.0.1', family: 4 }];
    }
    return family === 6 ? [] : (addressesOf(hostName) ?? []).map((address) => ({ address, family: 4 }));
  };

  const lookup = (
    hostName: string,
    given: dns.LookupOptions | number | LookupCallback,
    callback?: LookupCallback,
  ): void => {
    const done = callback ?? (given as LookupCallback);
    const options = typeof given === 'object' ? given : { family: typeof given === 'number' ? given : 0 };
    // Literal addresses need no resolver, and wrong arguments get Node's own errors.
    if (!hostName || isIP(hostName) || typeof done !== 'function') {
      plainLookup(hostName, options, done);
      return;
    }
    const addresses = found(hostName, familyOf(options));
    const [first] = addresses;
    process.nextTick(() => {
      if (!first) done(notFound('getaddrinfo', hostName));
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };

  const lookupPromise = (hostName: string, options: dns.LookupOptions | number = {}): Promise<unknown> => {
    const chosen = typeof options === 'number' ? { family: options } : options;
    if (!hostName || isIP(hostName)) return plainPromise(hostName, chosen);
    const addresses = found(hostName, familyOf(chosen));
    if (!addresses[0]) return Promise.reject(notFound('getaddrinfo', hostName));
    return Promise.resolve(chosen.all ? addresses : addresses[0]);
  };

  const lookupService = (address: string, _port: number, callback: LookupCallback): void => {
    process.nextTick(() => callback(notFound('getnameinfo', address)));
  };

  Object.assign(dns, {
    lookup: Object.assign(lookup, { [promisify.custom]: lookupPromise }),
    lookupService,
  });
  Object.assign(dns.promises, {
    lookup: lookupPromise,
    lookupService: (address: string) => Promise.reject(notFound('getnameinfo', address)),
  });
}

function familyOf(options: dns.LookupOptions): number {
  if (options.family === 'IPv6') return 6;
  return options.family === 'IPv4' ? 4 : (options.family ?? 0);
}

/** One place for dns.resolve and its kin, for callbacks, promises and Resolver objects. */
function answerQueries(addressesOf: Resolver): void {
  const { prototype } = binding('cares_wrap').ChannelWrap;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    if (!method.startsWith('query') && method !== 'getHostByAddr') continue;
    prototype[method] = (request: QueryRequest, name: string): number => {
      const addresses = addressesOf(name);
      setImmediate(() => {
        if (!addresses) request.oncomplete('ENOTFOUND');
        else if (method !== 'queryA') request.oncomplete('ENODATA');
        else
          request.oncomplete(
            null,
            addresses,
            addresses.map(() => TTL),
          );
      });
      return 0;
    };
  }
}

function notFound(syscall: string, hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ENOTFOUND ${hostname}`), {
    errno: NO_NAME,
    code: 'ENOTFOUND',
    syscall,
    hostname,
  });
}
