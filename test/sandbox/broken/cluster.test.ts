/** A client of one kind and a cache of another. */
import { brokenSetUps, type BrokenSetUp } from './broken-set-up.ts';
import type { Scene } from './scene.ts';

/** As the app reads its way to a cluster. */
async function handCluster(scene: Scene): Promise<void> {
  await scene.hand({
    REDIS_URL: undefined,
    REDIS_DB: undefined,
    REDIS_CLUSTER_ENDPOINTS: `${await scene.address()}:6379`,
    REDIS_TLS: 'true',
  });
}

async function handUrl(scene: Scene, database = ''): Promise<void> {
  await scene.hand({
    REDIS_CLUSTER_ENDPOINTS: undefined,
    REDIS_TLS: undefined,
    REDIS_URL: `rediss://${await scene.address()}:6379${database}`,
  });
}

const ROWS: readonly BrokenSetUp[] = [
  {
    title: 'a plain client',
    broken: (scene) => handUrl(scene),
    cause: 'ping',
    says: /a plain client is sent on to other shards \(.*MOVED \d+/,
    hint: /needs a cluster client/,
    cure: handCluster,
  },
  {
    title: 'a database that it does not have, in its URL',
    broken: (scene) => handUrl(scene, '/1'),
    cause: 'variables',
    says: /with the database 1, and a cache in cluster mode has 0 alone/,
    hint: /REDIS_URL/,
    cure: handCluster,
  },
  {
    title: 'a database that it does not have, in a variable',
    broken: (scene) => scene.hand({ REDIS_DB: '1' }),
    cause: 'variables',
    says: /REDIS_DB is 1, and a cache in cluster mode has the database 0 alone/,
    hint: /Give REDIS_DB the value 0/,
    cure: (scene) => scene.hand({ REDIS_DB: '0' }),
  },
];

brokenSetUps(
  'a cache in cluster mode, and the app has',
  { setup: ['--cluster-mode', 'enabled', '--shards', '2', '--no-verify'], then: handCluster },
  ROWS,
);

brokenSetUps('a cache without cluster mode, and the app has', {}, [
  {
    title: 'a cluster client',
    broken: handCluster,
    cause: 'logs',
    says: /ClusterAllFailedError: .*the cache has no cluster mode/,
    hint: /Use a client without cluster mode/,
    cure: (scene) => handUrl(scene),
  },
]);
