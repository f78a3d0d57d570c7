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
/** libuv's UV_EAI_AGAIN: no name server answered. */
const TRY_AGAIN = -3001;
/** After how long a question that nobody answers is given up, in parts of the 127 s of a connection: musl's five seconds. */
const UNANSWERED = 5 / 127;

export function answerNames(rules: CurrentRules, timeoutMs: number): void {
  const resolver: Resolver = {
    ask(hostName) {
      const { names } = rules();
      return names && (names[hostName.toLowerCase().replace(/\.$/, '')] ?? []);
    },
    patienceMs: timeoutMs * UNANSWERED,
  };
  answerLookups(resolver);
  answerQueries(resolver);
}

interface Resolver {
  /** None for a name that does not exist; undefined where nobody answers. */
  ask(hostName: string): readonly string[] | undefined;
  readonly patienceMs: number;
}

function answerLookups(resolver: Resolver): void {
  const plainLookup = dns.lookup as (
    hostName: string,
    options: dns.LookupOptions,
    done: LookupCallback,
  ) => void;
  const plainPromise = dns.promises.lookup;

  const find = (
    hostName: string,
    family: number,
    done: (error: NodeJS.ErrnoException | null, found: readonly dns.LookupAddress[]) => void,
  ): void => {
    const known = isLocalhost(hostName) ? [LOCALHOST[family === 6 ? 6 : 4]] : undefined;
    const addresses = known ? [] : resolver.ask(hostName);
    if (!addresses) {
      setTimeout(() => done(failure('getaddrinfo', 'EAI_AGAIN', hostName), []), resolver.patienceMs);
      return;
    }
    const found =
      known ?? (family === 6 ? [] : addresses.map((address): dns.LookupAddress => ({ address, family: 4 })));
    process.nextTick(() =>
      done(found.length > 0 ? null : failure('getaddrinfo', 'ENOTFOUND', hostName), found),
    );
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
    find(hostName, familyOf(options), (error, found) => {
      const [first] = found;
      if (error || !first) done(error);
      else if (options.all) done(null, [...found]);
      else done(null, first.address, first.family);
    });
  };

  const lookupPromise = (hostName: string, options: dns.LookupOptions | number = {}): Promise<unknown> => {
    const chosen = typeof options === 'number' ? { family: options } : options;
    if (!hostName || isIP(hostName)) return plainPromise(hostName, chosen);
    return new Promise((resolve, reject) => {
      find(hostName, familyOf(chosen), (error, found) => {
        if (error) reject(error);
        else resolve(chosen.all ? found : found[0]);
      });
    });
  };

  const lookupService = (address: string, _port: number, callback: LookupCallback): void => {
    process.nextTick(() => callback(failure('getnameinfo', 'ENOTFOUND', address)));
  };

  Object.assign(dns, {
    lookup: Object.assign(lookup, { [promisify.custom]: lookupPromise }),
    lookupService,
  });
  Object.assign(dns.promises, {
    lookup: lookupPromise,
    lookupService: (address: string) => Promise.reject(failure('getnameinfo', 'ENOTFOUND', address)),
  });
}

/** Of /etc/hosts, which needs nobody's answer. */
const LOCALHOST = { 4: { address: '127.0.0.1', family: 4 }, 6: { address: '::1', family: 6 } } as const;

function isLocalhost(hostName: string): boolean {
  return hostName.toLowerCase() === 'localhost';
}

function familyOf(options: dns.LookupOptions): number {
  if (options.family === 'IPv6') return 6;
  return options.family === 'IPv4' ? 4 : (options.family ?? 0);
}

/** One place for dns.resolve and its kin, for callbacks, promises and Resolver objects. */
function answerQueries(resolver: Resolver): void {
  const { prototype } = binding('cares_wrap').ChannelWrap;
  for (const method of Object.getOwnPropertyNames(prototype)) {
    if (!method.startsWith('query') && method !== 'getHostByAddr') continue;
    prototype[method] = (request: QueryRequest, name: string): number => {
      const addresses = resolver.ask(name);
      if (!addresses) {
        setTimeout(() => request.oncomplete('ETIMEOUT'), resolver.patienceMs);
        return 0;
      }
      setImmediate(() => {
        if (addresses.length === 0) request.oncomplete('ENOTFOUND');
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

function failure(syscall: string, code: 'ENOTFOUND' | 'EAI_AGAIN', hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code} ${hostname}`), {
    errno: code === 'ENOTFOUND' ? NO_NAME : TRY_AGAIN,
    code,
    syscall,
    hostname,
  });
}
