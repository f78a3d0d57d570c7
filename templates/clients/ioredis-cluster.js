// For cluster mode and serverless: one client, a connection for each shard.
// Run with ioredis 6; the options are those of 5 too.
import { Cluster } from 'ioredis';

const url = process.env.REDIS_URL;

const node = new URL(url);
const first = { host: node.hostname, port: Number(node.port) };

export const redis = new Cluster([first], {
  lazyConnect: true,
  // Certificates are made out to names, so names must not become addresses.
  dnsLookup: (address, callback) => callback(null, address),
  // After a failover all tasks ask for the slots at once, each over a new TLS
  // connection: the usual second is short.
  slotsRefreshTimeout: 5_000,
  clusterRetryStrategy: (times) =>
    Math.min(2 ** times * 50, 3_000) + Math.random() * 250,
  // Without the cache a request fails at once and can do without it.
  enableOfflineQueue: false,
  redisOptions: {
    password: decodeURIComponent(node.password) || undefined,
    tls: node.protocol === 'rediss:' ? {} : undefined,
    // Lost packets are not refused: without limits visitors wait for minutes.
    connectTimeout: 5_000,
    commandTimeout: 1_000,
    // NAT gateways and load balancers forget a silent connection after 350 s.
    keepAlive: 60_000,
  },
});

redis.on('error', (error) => console.error(`redis: ${error.message}`));
await redis.connect().catch(() => undefined);
// Keys of one command must share a slot: `user:{42}:name`, `user:{42}:mail`.
