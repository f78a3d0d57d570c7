// For cluster mode and serverless: one client, a connection for each shard.
// Run with redis (node-redis) 6.
import { createCluster } from 'redis';

const url = process.env.REDIS_URL;

const node = new URL(url);

export const redis = createCluster({
  rootNodes: [{ url }],
  // Nodes that it is told of take nothing from the URL: it all stands here.
  defaults: {
    password: decodeURIComponent(node.password) || undefined,
    // Without the cache a request fails at once and can do without it.
    disableOfflineQueue: true,
    // A node that is gone is silent, so that silence must mean something.
    pingInterval: 3_000,
    socket: {
      tls: node.protocol === 'rediss:',
      connectTimeout: 5_000,
      socketTimeout: 5_000,
      reconnectStrategy: (retries) =>
        Math.min(2 ** retries * 50, 3_000) + Math.random() * 250,
    },
  },
});

redis.on('error', (error) => console.error(`redis: ${error.message}`));
// The first attempt is the only one: without the cache the process ends here.
await redis.connect();
// Keys of one command must share a slot: `user:{42}:name`, `user:{42}:mail`.
