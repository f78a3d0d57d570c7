/** What makes a client come back by itself, library by library, for the error by which it did not. */
import type { Symptom } from '../domain/app-log.ts';

interface Library {
  readonly name: string;
  /** How its lines in a log are known. */
  readonly known: RegExp;
  /** It keeps its connection, or the address that it once resolved, to what is a replica by now. */
  readonly onReadOnly: string;
  /** It does not connect again. */
  readonly onLoss: string;
}

const LIBRARIES: readonly Library[] = [
  {
    name: 'ioredis',
    known: /ReplyError|MaxRetriesPerRequestError|ioredis/,
    onReadOnly: "reconnectOnError: (error) => error.message.startsWith('READONLY') && 2",
    onLoss: 'a retryStrategy that always gives a number',
  },
  {
    name: 'redis-py',
    known: /redis\.exceptions|Traceback|redis-py/,
    onReadOnly: 'retry=Retry(ExponentialBackoff(), 5), retry_on_error=[ReadOnlyError, ConnectionError]',
    onLoss: 'retry=Retry(ExponentialBackoff(), 5), health_check_interval=30',
  },
  {
    name: 'Lettuce or Jedis',
    known: /io\.lettuce|redis\.clients\.jedis|java\./,
    onReadOnly: 'networkaddress.cache.ttl=5, and a pool that throws a connection away on READONLY',
    onLoss: 'autoReconnect (Lettuce), testOnBorrow (Jedis)',
  },
  {
    name: 'node-redis',
    known: /@redis\/client|SocketClosedUnexpectedlyError|node-redis/,
    onReadOnly: 'client.on("error") that disconnects and connects again on READONLY',
    onLoss: 'socket.reconnectStrategy that always gives a number',
  },
  {
    name: 'go-redis',
    known: /redis: (client|connection)|go-redis/,
    onReadOnly: 'MaxRetries above 0, which tries again on READONLY',
    onLoss: 'MaxRetries above 0, ConnMaxIdleTime of some minutes',
  },
];

/** The library is told by the line where it can be; else by what most apps have. */
export function mendingSetting(symptom: Symptom | undefined, line: string): string {
  const isReadOnly = symptom?.word === 'READONLY';
  const why = isReadOnly
    ? 'the client keeps its connection, or a resolved address, to the old primary'
    : 'the client does not connect again by itself';
  const known = LIBRARIES.filter((each) => each.known.test(line));
  const settings = (known.length > 0 ? known : LIBRARIES.slice(0, 3)).map(
    ({ name, onReadOnly, onLoss }) => `${name}: ${isReadOnly ? onReadOnly : onLoss}`,
  );
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}. ${settings.join('; ')}.`;
}
