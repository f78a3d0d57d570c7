// Queues and workers, on one shard with maxmemory-policy noeviction. In cluster
// mode each would need a prefix in braces, and serverless bills idle polling.
// Run with BullMQ 6.
import { Queue, Worker } from 'bullmq';

const url = process.env.REDIS_URL;

const connection = {
  url,
  connectTimeout: 5_000,
  // Workers wait in silence; NAT gateways forget such a connection after 350 s.
  keepAlive: 60_000,
  retryStrategy: (times) =>
    Math.min(2 ** times * 50, 3_000) + Math.random() * 250,
  // After a failover it may lead to a replica: leave it, and try again. Scripts
  // say so too, in the middle of an error of their own.
  reconnectOnError: (error) => (error.message.includes('READONLY') ? 2 : false),
};

// For requests: without the cache a job is refused at once.
export const openQueue = (name) =>
  new Queue(name, {
    connection: {
      ...connection,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
    },
    // What is done stays until it is removed, and a full cache takes no more.
    defaultJobOptions: {
      removeOnComplete: { count: 1_000 },
      removeOnFail: { count: 5_000 },
    },
  }).on('error', (error) => console.error(`${name}: ${error.message}`));

// A worker waits as long as it takes (null). On SIGTERM, which ECS sends before
// it stops a task: await worker.close(), and no job is left half done.
export const openWorker = (name, run) =>
  new Worker(name, run, {
    connection: { ...connection, maxRetriesPerRequest: null },
  }).on('error', (error) => console.error(`${name}: ${error.message}`));
