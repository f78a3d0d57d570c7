/**
 * A cache cluster of one node that belongs to no replication group, taken on as it is. It knows neither TLS nor a
 * token, and nothing of it is changed but that our security group is put on it beside its own.
 */
import type { Aws } from '../../aws/aws.ts';
import type { CacheCluster } from '../../aws/elasticache.ts';
import type { AppNetwork } from '../../domain/app.ts';
import type { Change, Blocked } from '../../domain/change.ts';
import type { Known, Outputs } from '../../domain/outputs.ts';
import { given, isGiven, type ReplicationGroupSettings } from '../../domain/settings.ts';
import type { Step } from '../../engine/resource.ts';
import type { Probe } from '../../engine/wait.ts';
import { WizardError } from '../../errors.ts';
import { ADOPTED_NOTE, networkObstacle, noteAdopted } from './adoption.ts';

type Out = Outputs['cache'];
type StandaloneAws = Pick<Aws, 'ec2' | 'elasticache'>;

export async function planStandalone(
  cluster: CacheCluster,
  cache: ReplicationGroupSettings,
  known: Known,
  network: Pick<AppNetwork, 'vpcId'>,
  aws: StandaloneAws,
): Promise<Change<Out>> {
  const obstacle = obstacleOf(cluster, cache) ?? (await networkObstacle(cache.name, cluster, network, aws));
  if (obstacle) return obstacle;
  const outputs = outputsOf(cluster);
  const groupId = known.get('securityGroup', cache.securityGroupName)?.groupId;
  const lacking = lackingGroups(cluster, cache, groupId ?? cache.securityGroupName);
  if (lacking.length === 0 && outputs) return { action: 'none', outputs, note: ADOPTED_NOTE };
  const details = [{ field: 'security groups', to: `and ${lacking.join(', ')}` }];
  return outputs ? { action: 'update', details, outputs } : { action: 'update', details };
}

export async function reconcileStandalone(
  cluster: CacheCluster,
  cache: ReplicationGroupSettings,
  known: Known,
  aws: StandaloneAws,
  step: Step,
): Promise<Out> {
  const { groupId } = known.need('securityGroup', cache.securityGroupName);
  await noteAdopted(aws.ec2, groupId, cluster.arn);
  return step.wait({
    what: `${cache.name} to be available`,
    everyMs: 10_000,
    timeoutMs: 30 * 60_000,
    probe: async (): Promise<Probe<Out>> => {
      const now = await aws.elasticache.readCacheCluster(cache.name);
      const outputs = now && outputsOf(now);
      if (!now) {
        const gone = `${cache.name} is gone while it was being waited for`;
        return { state: 'failed', error: new WizardError('OperationFailed', gone) };
      }
      if (now.status !== 'available' || !outputs) return { state: 'pending', detail: now.status };
      const lacking = lackingGroups(now, cache, groupId);
      if (lacking.length === 0) return { state: 'ready', value: outputs };
      await aws.elasticache.setCacheClusterSecurityGroups(cache.name, [...now.securityGroupIds, ...lacking]);
      return { state: 'pending', detail: 'not yet changed' };
    },
  });
}

function obstacleOf({ engine }: CacheCluster, cache: ReplicationGroupSettings): Blocked | undefined {
  const { name } = cache;
  if (engine === 'memcached') {
    return {
      action: 'blocked',
      reason: `${name} is a Memcached cluster: it has no replication, no persistence and no pub/sub, and Redis clients cannot speak to it`,
      hint: 'Choose another --cache-name; a Redis OSS or Valkey cache is made for it.',
    };
  }
  const wantsTls = given(cache.transitEncryption) === true || cache.requireTls;
  if (wantsTls || cache.auth.value !== 'none') {
    return {
      action: 'blocked',
      reason: `${name} is a cache cluster of its own, and AWS gives those neither TLS nor a password`,
      hint: `Say --no-transit-encryption --auth none, or set up a replication group with another --cache-name and move over.`,
    };
  }
  const asked = Object.entries({
    '--cache-node-type': cache.cacheNodeType,
    '--cluster-mode': cache.clusterMode,
    '--engine': cache.engine,
    '--engine-version': cache.engineVersion,
    '--multi-az': cache.multiAz,
    '--parameter': Object.values(cache.parameters).find(isGiven),
    '--replicas': cache.replicas,
    '--shards': cache.shards,
    '--snapshot-retention': cache.snapshotRetention,
  }).flatMap(([flag, setting]) => (given<unknown>(setting) === undefined ? [] : [flag]));
  if (asked.length === 0) return undefined;
  return {
    action: 'blocked',
    reason: `${name} is a cache cluster of its own, of which nothing is changed here: ${asked.join(', ')}`,
    hint: 'Leave them out to use it as it is, or set up a replication group with another --cache-name.',
  };
}

function lackingGroups(
  { securityGroupIds }: CacheCluster,
  cache: ReplicationGroupSettings,
  ours: string,
): string[] {
  return [...cache.securityGroupIds, ours].filter((id) => !securityGroupIds.includes(id));
}

function outputsOf({ arn, endpoint }: CacheCluster): Out | undefined {
  return endpoint && { arn, endpoint: { ...endpoint, tls: false } };
}
