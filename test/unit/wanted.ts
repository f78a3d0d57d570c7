/** What a run is to achieve where nobody asked for anything: each test names what it changes. */
import type {
  EcsConsumerSettings,
  Origin,
  ReplicationGroupSettings,
  Sourced,
  VariableSettings,
} from '../../src/domain/settings.ts';

export function from<T>(origin: Origin, value: T): Sourced<T> {
  return { value, origin };
}

const unset = <T>(value: T): Sourced<T> => from('default', value);

export function cacheOf(more: Partial<ReplicationGroupSettings> = {}): ReplicationGroupSettings {
  const name = more.name ?? 'canvas';
  return {
    kind: 'replicationGroup',
    name,
    description: unset(`Redis cache for ${name}`),
    engine: unset('redis'),
    engineVersion: unset('7.1'),
    auth: unset('none'),
    secretStore: 'secretsmanager',
    cacheNodeType: unset('cache.t3.micro'),
    clusterMode: unset('disabled'),
    shards: unset(1),
    replicas: unset(0),
    multiAz: unset(false),
    port: unset(6379),
    transitEncryption: unset(true),
    requireTls: false,
    atRestEncryption: unset(true),
    snapshotRetention: unset(0),
    parameters: {},
    parameterGroupName: `${name}-parameters`,
    securityGroupName: `${name}-sg`,
    securityGroupIds: [],
    subnetGroupName: `${name}-subnet-group`,
    existingSubnetGroup: false,
    allowCidrs: [],
    adopt: false,
    ...more,
  };
}

export function variableFor(cache: string, more: Partial<VariableSettings> = {}): VariableSettings {
  return { name: unset('REDIS_URL'), cache, template: '{url}', ...more };
}

export function serviceOf(
  more: Partial<EcsConsumerSettings> & Pick<EcsConsumerSettings, 'variables'>,
): EcsConsumerSettings {
  const service = more.service ?? 'backend';
  return {
    kind: 'ecs',
    name: service,
    ecsCluster: 'web',
    service,
    container: 'backend',
    fixExecutionRole: false,
    ...more,
  };
}
