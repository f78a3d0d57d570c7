/** A cache as it is wanted by default, and one of that kind as AWS describes it. */
import type { CacheCluster, ReplicationGroup } from '../../src/aws/elasticache.ts';
import type { CacheSettings, Sourced } from '../../src/domain/settings.ts';

const unset = <T>(value: T): Sourced<T> => ({ value, origin: 'default' });
export const asked = <T>(value: T): Sourced<T> => ({ value, origin: 'flag' });

export const CACHE: CacheSettings = {
  name: 'canvas',
  description: unset('Redis cache for canvas'),
  engine: unset('redis'),
  engineVersion: unset('7.1'),
  cacheNodeType: unset('cache.t3.micro'),
  replicas: unset(0),
  multiAz: unset(false),
  port: unset(6379),
  transitEncryption: unset(true),
  atRestEncryption: unset(true),
  snapshotRetention: unset(0),
  securityGroupName: 'canvas-sg',
  subnetGroupName: 'canvas-subnet-group',
  allowCidrs: [],
};

export const GROUP: ReplicationGroup = {
  replicationGroupId: 'canvas',
  arn: 'arn:canvas',
  status: 'available',
  description: 'Redis cache for canvas',
  engine: 'redis',
  cacheNodeType: 'cache.t3.micro',
  memberClusters: ['canvas-001'],
  automaticFailover: 'disabled',
  multiAz: 'disabled',
  clusterEnabled: false,
  transitEncryption: true,
  atRestEncryption: true,
  authTokenEnabled: false,
  userGroupIds: [],
  snapshotRetentionLimit: 0,
  endpoint: { address: 'master.canvas.example', port: 6379, kind: 'primary' },
};

export const MEMBER: CacheCluster = {
  cacheClusterId: 'canvas-001',
  status: 'available',
  engine: 'redis',
  engineVersion: '7.1.0',
  cacheSubnetGroupName: 'canvas-subnet-group',
  securityGroupIds: ['sg-ours'],
  maintenanceWindow: 'sun:05:00-sun:06:00',
};
