/** An address that does not lead to the cache, as somebody's deployment hands it to the app. */
import { brokenSetUps, type BrokenSetUp } from './broken-set-up.ts';
import type { Scene } from './scene.ts';

const hand =
  (url: (address: string) => string) =>
  async (scene: Scene): Promise<void> =>
    scene.hand({ REDIS_URL: url(await scene.address()) });

const ROWS: readonly BrokenSetUp[] = [
  {
    title: 'a URL with a letter missing',
    broken: hand((address) => `rediss://${address.replace('canvas', 'canvs')}:6379`),
    cause: 'variables',
    says: /REDIS_URL is .*which is misspelt; it should be rediss:/,
    sample: true,
  },
  {
    title: 'a URL with the port twice',
    broken: hand((address) => `rediss://${address}:6379:6379`),
    cause: 'variables',
    says: /with the port twice/,
    sample: true,
  },
  {
    title: 'a URL with another port',
    broken: hand((address) => `rediss://${address}:6380`),
    cause: 'variables',
    says: /at the port 6380, where nothing listens/,
  },
  {
    title: 'a URL without TLS, of a cache that takes TLS only',
    broken: hand((address) => `redis://${address}:6379`),
    cause: 'variables',
    says: /plaintext, and the cache takes TLS only/,
  },
  {
    title: 'no variable at all',
    broken: (scene) => scene.hand({ REDIS_URL: undefined }),
    cause: 'variables',
    says: /REDIS_URL is not set in backend: the app runs in memory/,
    sample: true,
  },
  {
    title: 'the URL of a cache in another region',
    broken: hand((address) => `rediss://${address.replace('use1', 'euw1')}:6379`),
    cause: 'variables',
    says: /another region/,
  },
  {
    title: 'the URL of its own machine',
    broken: hand(() => 'redis://localhost:6379'),
    cause: 'variables',
    says: /REDIS_URL is redis:\/\/localhost:6379, the task itself/,
  },
];

brokenSetUps('the app is handed', {}, ROWS);
