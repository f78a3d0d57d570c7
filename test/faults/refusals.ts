/**
 * What AWS, or the safety of an app, rules out: written down once more from AWS's documents, so that the product's own
 * rules are held against it.
 */
import { flagOf } from '../../src/inputs/input.ts';
import { meantBy, negated, type Combination, type Field, type Meant } from './combinations.ts';

export interface Refusal {
  readonly because: string;
  /** 4 where the same could be said of a cache that is there, or only the account can tell. */
  readonly exitCode: 2 | 4;
  /** One of these is named. */
  readonly names: readonly string[];
  applies(said: Combination, meant: Meant): boolean;
}

const of = (
  because: string,
  names: string | readonly string[],
  applies: Refusal['applies'],
  exitCode: 2 | 4 = 2,
): Refusal => ({ because, exitCode, names: typeof names === 'string' ? [names] : names, applies });

const FAMILY: Readonly<Record<string, string>> = {
  '7.0': 'redis7',
  '7.1': 'redis7',
  '7.2': 'valkey7',
  '8.0': 'valkey8',
  '9.0': 'valkey9',
};
const ofNodes: readonly Field[] = [
  'cacheNodeType',
  'replicas',
  'multiAz',
  'clusterMode',
  'shards',
  'port',
  'preferredAzs',
  'subnetGroup',
];
const ofParameters: readonly Field[] = ['maxmemoryPolicy', 'parameter', 'parameterGroup'];
const isVersionOf = ({ engine, engineVersion }: Meant): boolean =>
  FAMILY[engineVersion]?.startsWith(engine) ?? false;
const zonesOf = ({ preferredAzs }: Combination): string[] => preferredAzs?.split(',') ?? [];
const withNodes =
  (applies: Refusal['applies']): Refusal['applies'] =>
  (said, meant) =>
    !meant.serverless && applies(said, meant);

export const REFUSALS: readonly Refusal[] = [
  of('Memcached is no Redis', '--engine', ({ engine }) => engine === 'memcached'),
  of('the engine has no such version', '--engine-version', (_, meant) => !isVersionOf(meant)),
  of(
    'of a serverless cache AWS chooses the minor version',
    '--engine-version',
    ({ engineVersion }, { serverless }) => serverless && engineVersion?.includes('.') === true,
  ),
  of(
    'AWS makes no such nodes any more',
    '--cache-node-type',
    (said) => said.cacheNodeType === 'cache.t1.micro',
  ),
  of(
    'nothing is there to fail over to',
    '--replicas',
    withNodes(({ replicas }, { multiAz }) => multiAz && replicas === '0'),
  ),
  of(
    'a new cache has nothing to fail over to',
    '--replicas',
    withNodes((said, { multiAz, replicas }) => multiAz && replicas === 0 && said.replicas === undefined),
    4,
  ),
  of(
    'compatible cluster mode has to fail over',
    '--replicas',
    withNodes((_, { clusterMode, replicas }) => clusterMode === 'compatible' && replicas === 0),
    4,
  ),
  of(
    'shards are of cluster mode',
    '--shards',
    withNodes((_, { shards, clusterMode }) => shards > 1 && clusterMode !== 'enabled'),
  ),
  of(
    'each node has one zone',
    '--preferred-azs',
    withNodes(
      (said, { shards, replicas }) =>
        said.preferredAzs !== undefined && (shards > 1 || zonesOf(said).length !== 1 + replicas),
    ),
  ),
  of(
    'Multi-AZ is over several zones',
    '--preferred-azs',
    withNodes((said, { multiAz }) => multiAz && said.preferredAzs === 'us-east-1b,us-east-1b'),
  ),
  of(
    'nodes have no limits of use',
    '--data-storage-maximum',
    (said) => said.dataStorageMaximum !== undefined && said.serverless === undefined,
  ),
  ...ofNodes.map((field) =>
    of(
      'a serverless cache has no nodes',
      flagOf(field),
      (said: Combination, { serverless }) => serverless && said[field] !== undefined,
    ),
  ),
  ...ofParameters.map((field) =>
    of(
      'a serverless cache has no parameters',
      flagOf(field),
      (said: Combination, { serverless }) => serverless && said[field] !== undefined,
    ),
  ),
  of(
    'a serverless cache speaks TLS',
    negated('transitEncryption'),
    (_, { serverless, transitEncryption }) => serverless && !transitEncryption,
  ),
  of(
    'a serverless cache is encrypted',
    negated('atRestEncryption'),
    (_, { serverless, atRestEncryption }) => serverless && !atRestEncryption,
  ),
  of(
    'a serverless cache has users in place of a token',
    '--auth',
    ({ auth }, { serverless }) => serverless && auth === 'token',
  ),
  of(
    'a group that exists is used as it is',
    '--parameter-group',
    (said) =>
      said.parameterGroup !== undefined &&
      (said.maxmemoryPolicy !== undefined || said.parameter !== undefined),
  ),
  of(
    'there is one policy',
    '--maxmemory-policy',
    (said) => said.maxmemoryPolicy === 'allkeys-lru' && said.parameter === 'maxmemory-policy=noeviction',
  ),
  of('cluster mode has its own flag', '--parameter', ({ parameter }) => parameter === 'cluster-enabled=yes'),
  of(
    'the group is of the other cluster mode',
    '--parameter-group',
    ({ parameterGroup = '' }, { clusterMode }) =>
      parameterGroup.startsWith('default.') &&
      parameterGroup.endsWith('.cluster.on') !== (clusterMode !== 'disabled'),
  ),
  of(
    'the group is of another engine',
    '--parameter-group',
    ({ parameterGroup = '', engine }) =>
      engine !== undefined &&
      parameterGroup.startsWith('default.') &&
      !parameterGroup.startsWith(`default.${engine}`),
  ),
  of(
    'the group is of another family',
    ['--parameter-group', 'default.valkey8', 'default.redis7'],
    ({ parameterGroup = '', engine }, meant) =>
      isVersionOf(meant) &&
      parameterGroup.startsWith('default.') &&
      !(engine !== undefined && !parameterGroup.startsWith(`default.${engine}`)) &&
      !parameterGroup.startsWith(`default.${FAMILY[meant.engineVersion]}`),
    4,
  ),
  of(
    'the group is not there',
    ['--parameter-group', 'of-nobody'],
    ({ parameterGroup }) => parameterGroup === 'of-nobody',
    4,
  ),
  of(
    'the subnet group is not there',
    '--subnet-group',
    withNodes(({ subnetGroup }) => subnetGroup !== undefined),
    4,
  ),
  of(
    'the security group is not there',
    '--security-group',
    ({ securityGroup }) => securityGroup !== undefined,
    4,
  ),
  of(
    'a password takes TLS',
    negated('transitEncryption'),
    withNodes((_, { auth, transitEncryption }) => auth !== 'none' && !transitEncryption),
  ),
  of(
    'no TLS can be required where there is none',
    '--require-tls',
    ({ requireTls }, { transitEncryption }) => requireTls === 'yes' && !transitEncryption,
  ),
  of(
    'a password is kept somewhere',
    '--secrets',
    (said, { auth }) => auth !== 'none' && said.secrets === 'none',
  ),
  of(
    'the task may not read the secret',
    '--fix-execution-role',
    (said, { auth }) => auth !== 'none' && said.fixExecutionRole === undefined,
    4,
  ),
  of(
    'a key without encryption',
    '--kms-key-id',
    withNodes(({ kmsKeyId }, { atRestEncryption }) => kmsKeyId !== undefined && !atRestEncryption),
  ),
  of(
    'a window for no snapshots',
    '--snapshot-window',
    ({ snapshotWindow, snapshotRetention }) => snapshotWindow !== undefined && snapshotRetention === '0',
  ),
  of(
    'the variables are named twice',
    '--env-profile',
    (said) => said.envVar !== undefined && said.envProfile !== undefined,
  ),
  of(
    'a queue on serverless loses jobs',
    '--serverless',
    (said, { isQueue, serverless }) => isQueue && serverless && !said.allowUnsafeQueue,
  ),
  of(
    'a queue that evicts loses jobs',
    ['--maxmemory-policy', '--parameter-group'],
    withNodes(
      (said, { isQueue, maxmemoryPolicy }) =>
        isQueue &&
        !said.allowUnsafeQueue &&
        ((maxmemoryPolicy ?? 'noeviction') !== 'noeviction' ||
          (said.parameterGroup?.startsWith('default.') ?? false)),
    ),
  ),
  of(
    'a queue over shards refuses jobs',
    '--cluster-mode',
    withNodes(
      (said, { isQueue, clusterMode }) => isQueue && clusterMode !== 'disabled' && !said.allowUnsafeQueue,
    ),
  ),
];

export function refusalsOf(said: Combination): Refusal[] {
  const meant = meantBy(said);
  return REFUSALS.filter((refusal) => refusal.applies(said, meant));
}
