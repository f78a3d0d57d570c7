// For an app that answers requests: one connection for the whole process.
// Run with ioredis 6; the options are those of 5 too.
import { Redis } from 'ioredis';

const url = process.env.REDIS_URL;

export const redis = new Redis(url, {
  lazyConnect: true,
  // Lost packets are not refused: without limits visitors wait for minutes.
  connectTimeout: 5_000,
  commandTimeout: 1_000,
  // NAT gateways and load balancers forget a silent connection after 350 s.
  keepAlive: 60_000,
  // Without the cache a request fails at once and can do without it; those
  // that wait for it would only fill the memory.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  // All tasks lost it in the same second: they come back one by one.
  retryStrategy: (times) =>
    Math.min(2 ** times * 50, 3_000) + Math.random() * 250,
  // After a failover this connection may lead to a replica; the name leads to
  // the new primary by then. One command fails, the next ones are well.
  reconnectOnError: (error) => error.message.includes('READONLY'),
});

redis.on('error', (error) => console.error(`redis: ${error.message}`));
// The app starts without its cache too: attempts go on by themselves.
await redis.connect().catch(() => undefined);
