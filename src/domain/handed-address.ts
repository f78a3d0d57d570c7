/** An address as an app is handed it, taken apart even where no parser takes it: what is wrong with it is to be told. */

export interface HandedAddress {
  /** Absent: a host, with its port or without. */
  readonly scheme?: string;
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  /** As they stand there: several where somebody put a port behind an endpoint that had one. */
  readonly ports: readonly string[];
  /** '' where none is named. */
  readonly database: string;
  /** Its credentials hold what has to be percent-encoded in a URL, so that parsers read another host, or none. */
  readonly isBroken: boolean;
}

/** Credentials end at the last @, whatever they hold. */
const PARTS =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:(.*)@)?([^@/?#:\s]+)((?::[^@/?#:\s]*)*)(?:\/([^?#]*))?(?:[?#].*)?$/is;
const RESERVED = /[/?#[\]\s@]|%(?![0-9a-f]{2})/i;

/** Undefined: it is no address. */
export function handedAddressOf(value: string): HandedAddress | undefined {
  const [, scheme, credentials, host, ports = '', database = ''] = PARTS.exec(value.trim()) ?? [];
  if (host === undefined || (scheme === undefined && value.includes('://'))) return undefined;
  const colon = credentials?.indexOf(':') ?? -1;
  const user = colon === -1 ? credentials : credentials?.slice(0, colon);
  const password = colon === -1 ? undefined : credentials?.slice(colon + 1);
  return {
    ...(scheme === undefined ? {} : { scheme: scheme.toLowerCase() }),
    ...(user === undefined || user === '' ? {} : { user }),
    ...(password === undefined || password === '' ? {} : { password: decoded(password) }),
    host: host.toLowerCase(),
    ports: ports.split(':').slice(1),
    database,
    isBroken: credentials !== undefined && RESERVED.test(credentials),
  };
}

/** Valkey's clients take both spellings. */
export function isRedisScheme(scheme: string): boolean {
  return /^(redis|valkey)s?$/.test(scheme);
}

export function speaksTls(scheme: string): boolean {
  return /^(rediss|valkeys)$/.test(scheme);
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** As apps spell that TLS is on. */
export function isTrue(value: string): boolean {
  return /^(1|true|yes|on|enabled|required|rediss|tls|ssl)$/i.test(value.trim());
}
