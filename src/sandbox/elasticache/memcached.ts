/** Memcached clusters as the API shows them. Nothing runs behind them: they are there to be seen, and left alone. */
import type { CacheCluster, CreateCacheClusterMessage } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../service.ts';
import type { Arn } from './arn.ts';
import type { Endpoints } from './endpoints.ts';
import { DURATION } from './life-cycle.ts';
import { DEFAULT_NODE_TYPE, maxmemory } from './node-types.ts';
import { invalidCombination, invalidValue } from './rejection.ts';
import type { Schedule } from './schedule.ts';
import type { SubnetGroups } from './subnet-groups.ts';
import { maintenanceWindow, windowOfChoice } from './windows.ts';

const MEMCACHED_PORT = 11_211;
const VERSIONS = ['1.6.12', '1.6.17', '1.6.22'];
const FAMILY = 'memcached1.6';
const MOST_NODES = 60;

export interface Memcached {
  create(id: string, input: CreateCacheClusterMessage): CacheCluster;
  find(cacheClusterId: string): CacheCluster | undefined;
  all(): CacheCluster[];
  /** Throws unless it is available. */
  delete(cluster: CacheCluster): CacheCluster;
}

export interface MemcachedOptions {
  readonly clock: Clock;
  readonly arn: Arn;
  readonly endpoints: Endpoints;
  readonly subnetGroups: SubnetGroups;
  readonly schedule: Pick<Schedule, 'after'>;
}

export function createMemcached({
  clock,
  arn,
  endpoints,
  subnetGroups,
  schedule,
}: MemcachedOptions): Memcached {
  const clusters = new Map<string, CacheCluster>();

  const run = (cluster: CacheCluster, id: string, port: number): void => {
    const names = endpoints.memcached(id);
    cluster.CacheClusterStatus = 'available';
    cluster.ConfigurationEndpoint = { Address: names.configuration, Port: port };
    cluster.CacheNodes = Array.from({ length: cluster.NumCacheNodes ?? 0 }, (_, index) => {
      const CacheNodeId = String(index + 1).padStart(4, '0');
      return {
        CacheNodeId,
        CacheNodeStatus: 'available',
        Endpoint: { Address: names.node(CacheNodeId), Port: port },
        ParameterGroupStatus: 'in-sync',
      };
    });
  };

  return {
    create(id, input) {
      const { NumCacheNodes = 1, EngineVersion = VERSIONS.at(-1) ?? '', Port = MEMCACHED_PORT } = input;
      if (NumCacheNodes < 1 || NumCacheNodes > MOST_NODES) {
        throw invalidValue(`NumCacheNodes must be between 1 and ${MOST_NODES}.`);
      }
      if (!VERSIONS.includes(EngineVersion)) {
        throw invalidCombination(`Cannot find version ${EngineVersion} for memcached`);
      }
      const CacheNodeType = input.CacheNodeType ?? DEFAULT_NODE_TYPE;
      maxmemory(CacheNodeType);
      if (!input.CacheSubnetGroupName) throw invalidValue('The account does not have any default subnets.');
      const cluster: CacheCluster = {
        CacheClusterId: id,
        CacheNodeType,
        Engine: 'memcached',
        EngineVersion,
        CacheClusterStatus: 'creating',
        NumCacheNodes,
        CacheClusterCreateTime: new Date(clock.now()),
        PreferredMaintenanceWindow: maintenanceWindow(
          input.PreferredMaintenanceWindow ?? windowOfChoice(clock.now()),
        ),
        CacheParameterGroup: {
          CacheParameterGroupName: `default.${FAMILY}`,
          ParameterApplyStatus: 'in-sync',
          CacheNodeIdsToReboot: [],
        },
        CacheSubnetGroupName: subnetGroups.find(input.CacheSubnetGroupName).name,
        SecurityGroups: (input.SecurityGroupIds ?? []).map((SecurityGroupId) => ({
          SecurityGroupId,
          Status: 'active',
        })),
        ARN: arn('cluster', id),
        TransitEncryptionEnabled: input.TransitEncryptionEnabled ?? false,
        AuthTokenEnabled: false,
        AtRestEncryptionEnabled: false,
      };
      clusters.set(id, cluster);
      schedule.after(DURATION.firstNode, () => run(cluster, id, Port));
      return cluster;
    },
    find: (cacheClusterId) => clusters.get(cacheClusterId.toLowerCase()),
    all: () => [...clusters.values()],
    delete(cluster) {
      const { CacheClusterId = '' } = cluster;
      if (cluster.CacheClusterStatus !== 'available') {
        throw new ServiceError(
          'InvalidCacheClusterStateFault',
          `Cache cluster ${CacheClusterId} is not in a valid state to be deleted.`,
        );
      }
      cluster.CacheClusterStatus = 'deleting';
      schedule.after(DURATION.deletion, () => void clusters.delete(CacheClusterId));
      return cluster;
    },
  };
}
