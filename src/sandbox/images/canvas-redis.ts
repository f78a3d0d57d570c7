/** The canvas app's way to Redis, as its variables say: REDIS_URL, REDIS_PASSWORD, REDIS_TLS, REDIS_CLUSTER_ENDPOINTS. */
import { Cluster, Redis } from 'ioredis';

type Environment = Readonly<Record<string, string | undefined>>;

/** A canvas must not hang on its cache: it gives up soon and goes on from memory. */
const CONNECT_TIMEOUT_MS = 2000;
const LONGEST_PAUSE_MS = 2000;
const pause = (attempt: number): number => Math.min(attempt * 100, LONGEST_PAUSE_MS);

/** Undefined where no variable names a Redis. */
export function redisFrom(environment: Environment): Redis | Cluster | undefined {
  const { REDIS_URL: url, REDIS_CLUSTER_ENDPOINTS: endpoints } = environment;
  const options = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    ...(environment['REDIS_PASSWORD'] ? { password: environment['REDIS_PASSWORD'] } : {}),
    ...(environment['REDIS_TLS'] === 'true' ? { tls: {} } : {}),
  };
  if (endpoints) {
    const nodes = endpoints.split(',').map((endpoint) => {
      const [host = '', port = '6379'] = endpoint.split(':');
      return { host, port: Number(port) };
    });
    return new Cluster(nodes, {
      redisOptions: options,
      clusterRetryStrategy: pause,
      enableOfflineQueue: false,
      // Else it connects by address, and the certificate is for names.
      dnsLookup: (address, found) => found(null, address),
    });
  }
  return url ? new Redis(url, { ...options, retryStrategy: pause, enableOfflineQueue: false }) : undefined;
}
