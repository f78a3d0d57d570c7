/** What a program is told of a tunnel: where it ends here, under which name the cache proves who it is, and the password. */
import { LOCAL_HOST } from './tunnel.ts';

export interface Tunnelled {
  readonly port: number;
  /** The cache's own name, which its certificate is for. */
  readonly address: string;
  readonly tls: boolean;
  readonly password: string | undefined;
  /** Absent: the user named default, as clients that send a password alone mean it. */
  readonly user?: string | undefined;
}

export function variablesOf({ port, address, tls, password, user = '' }: Tunnelled): Record<string, string> {
  const credentials =
    password === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  return {
    REDIS_URL: `${tls ? 'rediss' : 'redis'}://${credentials}${LOCAL_HOST}:${port}`,
    REDIS_HOST: LOCAL_HOST,
    REDIS_PORT: String(port),
    REDIS_TLS: String(tls),
    ...(tls ? { REDIS_TLS_SERVERNAME: address } : {}),
    ...(password === undefined ? {} : { REDIS_PASSWORD: password, REDISCLI_AUTH: password }),
    // So that `verify --from here` asks through it.
    ELASTICACHE_WIZARD_TUNNEL: `${LOCAL_HOST}:${port}`,
  };
}

/** Both read the password from REDISCLI_AUTH, so that it is no argument. */
const COMMAND_LINES = /^(redis|valkey)-cli(\.exe)?$/;
/** By which the user says where to connect to. */
const WHERE = ['-h', '-p', '-s', '-u'];

/** What stands before the user's own words, so that redis-cli arrives and checks the certificate by the cache's name. */
export function wordsInFront(
  [program = '', ...words]: readonly string[],
  { port, address, tls, user }: Tunnelled,
): string[] {
  const isCommandLine = COMMAND_LINES.test(
    program.slice(Math.max(...['/', '\\'].map((at) => program.lastIndexOf(at))) + 1),
  );
  if (!isCommandLine || words.some((word) => WHERE.includes(word))) return [];
  return [
    ...['-h', LOCAL_HOST, '-p', String(port)],
    ...(tls ? ['--tls', '--sni', address] : []),
    ...(user === undefined ? [] : ['--user', user]),
  ];
}
