/** The whole way with a serverless cache: made, left alone, changed, gone back from, removed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DESTROY, openUndoStage, ROLLBACK, type UndoScene, type UndoStage } from './undo-scene.ts';

let stage: UndoStage;
let scene: UndoScene | undefined;

beforeAll(async () => {
  stage = await openUndoStage();
});

afterEach(async () => {
  await scene?.close();
  scene = undefined;
  stage.sandbox.faults.clear();
});

afterAll(() => stage.sandbox.close());

const open = async (...args: Parameters<UndoStage['open']>): Promise<UndoScene> =>
  (scene = await stage.open(...args));

interface ServerlessCache {
  ServerlessCacheName: string;
  Status: string;
  Description: string;
  Engine: string;
  MajorEngineVersion: string;
  SubnetIds: string[];
  SecurityGroupIds: string[];
  CacheUsageLimits?: object;
  SnapshotRetentionLimit: number;
  DailySnapshotTime?: string;
  UserGroupId?: string;
  Endpoint: { Address: string; Port: number };
}

async function cacheOf({ call }: UndoScene): Promise<ServerlessCache | undefined> {
  const answer = await call<{ ServerlessCaches: ServerlessCache[] }>(
    'elasticache',
    'DescribeServerlessCaches',
    {},
  );
  return answer.ServerlessCaches[0];
}

const SERVERLESS = ['--serverless', '--data-storage-maximum', '2', '--ecpu-maximum', '5000'];

describe('a serverless cache', () => {
  test.each([
    ['redis', '7'],
    ['valkey', '8'],
  ])('of %s is made, and the app handed its address over TLS', async (engine, major) => {
    const app = await open();
    const ended = await app.setup(...SERVERLESS, '--engine', engine);
    expect(ended.result.error).toBeUndefined();
    expect(ended.exitCode).toBe(0);
    const cache = await cacheOf(app);
    expect(cache).toMatchObject({
      ServerlessCacheName: 'collabcanvas-redis',
      Status: 'available',
      Engine: engine,
      MajorEngineVersion: major,
      CacheUsageLimits: { DataStorage: { Maximum: 2, Unit: 'GB' }, ECPUPerSecond: { Maximum: 5000 } },
    });
    expect((await app.environment()).REDIS_URL).toBe(`rediss://${cache!.Endpoint.Address}:6379`);
    expect(ended.result.caches).toMatchObject([
      { endpoint: { kind: 'serverless' }, transitEncryption: true, cacheNodeType: null, nodes: null },
    ]);
  });
});
