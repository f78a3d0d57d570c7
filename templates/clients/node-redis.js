// For an app that answers requests: one connection for the whole process.
// Run with redis (node-redis) 6.
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';

const url = process.env.REDIS_URL;

export const redis = createClient({
  url,
  // Without the cache a request fails at once and can do without it; those
  // that wait for it would only fill the memory.
  disableOfflineQueue: true,
  // A node that is gone is silent, so that silence must mean something: a PING
  // every 3 s keeps a living connection from it (and NAT gateways, which
  // forget one after 350 s, from forgetting it).
  pingInterval: 3_000,
  socket: {
    connectTimeout: 5_000,
    socketTimeout: 5_000,
    // All tasks lost it in the same second: they come back one by one.
    reconnectStrategy: (retries) =>
      Math.min(2 ** retries * 50, 3_000) + Math.random() * 250,
  },
});

// Without a listener the first lost connection ends the process.
redis.on('error', (error) => console.error(`redis: ${error.message}`));
// The app starts without its cache too, 5 s late: attempts go on.
await Promise.race([redis.connect(), sleep(5_000, undefined, { ref: false })]);
// A write after a failover may be told READONLY. ElastiCache then closes that
// connection (close-on-replica-write), and the next leads to the new primary.
