/** Whatever goes together is set up and stays as it is; whatever does not is refused by name, before anything is done. */
import type {
  CacheCluster,
  CacheParameterGroupDetails,
  ReplicationGroup,
  ServerlessCache,
} from '@aws-sdk/client-elasticache';
import { afterAll, describe, expect, test } from 'vitest';
import { COLLABCANVAS } from '../sandbox/command-line.ts';
import { anyCombinations, inPairs, meantBy, wordsOf, type Combination, type Meant } from './combinations.ts';
import { callsOf, photograph } from './photograph.ts';
import { REFUSALS, refusalsOf } from './refusals.ts';
import { openStage, sample, type Scene } from './scene.ts';

const CACHE = 'collabcanvas-redis';
/** An inert app proves nothing of a cache. */
const SETUP = ['setup', ...COLLABCANVAS, '--no-probe', '--no-verify', '--yes'];
const EACH_REFUSAL = 4;

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const all = anyCombinations();
const taken = inPairs(all.filter((said) => refusalsOf(said).length === 0));
const named = (said: Combination): [string, Combination] => [wordsOf(said).join(' '), said];

describe('what goes together is set up, and unchanged by the same command', () => {
  test.each(sample(taken.map(named), 109))('%s', async (_, said) => {
    await stage.withScene(async (scene) => {
      const first = await scene.run([...SETUP, ...wordsOf(said)]);
      expect([first.result.error, first.exitCode]).toEqual([undefined, 0]);
      const meant = meantBy(said);
      expect(await cacheOf(scene, meant)).toEqual(described(meant));
      const before = writesOf(scene);
      const second = await scene.run([...SETUP, ...wordsOf(said)]);
      expect([second.result.error, second.exitCode]).toEqual([undefined, 0]);
      expect(writesOf(scene).slice(before.length)).toEqual([]);
    });
  });
});

describe('is refused, and the account left as it was, where', () => {
  const cells = REFUSALS.flatMap((refusal) =>
    all
      .filter((said) => refusalsOf(said).includes(refusal) && refusalsOf(said).length === 1)
      .slice(0, EACH_REFUSAL)
      .map((said) => ({ because: refusal.because, line: wordsOf(said).join(' '), said, refusal })),
  );
  const untouched = stage.openScene();

  test.each(sample(cells, 31))('$because: $line', async ({ said, refusal: { exitCode, names } }) => {
    const scene = await untouched;
    const before = await photograph(scene.account);
    const ended = await scene.run([...SETUP, ...wordsOf(said)]);
    const { message = '', hint = '' } = ended.result.error ?? {};
    expect([ended.exitCode, message]).toEqual([exitCode, expect.not.stringMatching(/\n|\bundefined\b/)]);
    expect(names.filter((name) => `${message} ${hint}`.includes(name))).not.toEqual([]);
    expect(writesOf(scene)).toEqual([]);
    expect(await photograph(scene.account)).toEqual(before);
  });
});

function writesOf({ account }: Scene): string[] {
  return stage.sandbox
    .calls()
    .filter(({ write, accessKeyId }) => write && accessKeyId === account.accessKeyId)
    .map(({ service, action }) => `${service}:${action}`);
}

/** As the owner of the account would see it. */
async function cacheOf(scene: Scene, { serverless, clusterMode }: Meant): Promise<object> {
  const call = callsOf(scene.account);
  if (serverless) {
    const { ServerlessCaches } = await call<{ ServerlessCaches: ServerlessCache[] }>(
      'elasticache',
      'DescribeServerlessCaches',
      { ServerlessCacheName: CACHE },
    );
    const { Engine, Status, UserGroupId, SnapshotRetentionLimit = 0 } = ServerlessCaches[0]!;
    return { Engine, Status, hasUsers: UserGroupId !== undefined, SnapshotRetentionLimit };
  }
  const { ReplicationGroups } = await call<{ ReplicationGroups: ReplicationGroup[] }>(
    'elasticache',
    'DescribeReplicationGroups',
    { ReplicationGroupId: CACHE },
  );
  const group = ReplicationGroups[0]!;
  const { CacheClusters } = await call<{ CacheClusters: CacheCluster[] }>(
    'elasticache',
    'DescribeCacheClusters',
    { CacheClusterId: group.MemberClusters![0] },
  );
  const { EngineVersion = '', CacheParameterGroup } = CacheClusters[0]!;
  const parameters = await call<CacheParameterGroupDetails>('elasticache', 'DescribeCacheParameters', {
    CacheParameterGroupName: CacheParameterGroup!.CacheParameterGroupName,
    Source: 'user',
  });
  const policy = parameters.Parameters?.find(({ ParameterName }) => ParameterName === 'maxmemory-policy');
  return {
    Engine: CacheClusters[0]!.Engine,
    EngineVersion: /^\d+\.\d+/.exec(EngineVersion)?.[0],
    Status: group.Status,
    ClusterMode: group.ClusterMode ?? clusterMode,
    shards: group.NodeGroups!.map(({ NodeGroupMembers }) => NodeGroupMembers!.length),
    MultiAZ: group.MultiAZ,
    TransitEncryptionEnabled: group.TransitEncryptionEnabled,
    AtRestEncryptionEnabled: group.AtRestEncryptionEnabled,
    AuthTokenEnabled: group.AuthTokenEnabled,
    hasUsers: (group.UserGroupIds ?? []).length > 0,
    SnapshotRetentionLimit: group.SnapshotRetentionLimit,
    maxmemoryPolicy: policy?.ParameterValue,
  };
}

function described(meant: Meant): object {
  const { engine, serverless, auth, snapshotRetention } = meant;
  const common = {
    Engine: engine,
    Status: 'available',
    hasUsers: auth === 'rbac',
    SnapshotRetentionLimit: snapshotRetention,
  };
  if (serverless) return common;
  return {
    ...common,
    EngineVersion: meant.engineVersion,
    ClusterMode: meant.clusterMode,
    shards: Array.from({ length: meant.shards }, () => 1 + meant.replicas),
    MultiAZ: meant.multiAz ? 'enabled' : 'disabled',
    TransitEncryptionEnabled: meant.transitEncryption,
    AtRestEncryptionEnabled: meant.atRestEncryption,
    AuthTokenEnabled: auth === 'token',
    maxmemoryPolicy: meant.maxmemoryPolicy,
  };
}
