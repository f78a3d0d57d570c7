/** What speaks against the caches as they are to be: AWS would say so only after the things around them are made. */
import type { Aws } from '../aws/aws.ts';
import type { ReplicationGroup } from '../aws/elasticache.ts';
import type { Identity } from '../domain/app.ts';
import { isInPriceList, KNOWN_NODE_TYPES } from '../domain/cost.ts';
import { placeOfKey } from '../domain/kms-key.ts';
import { askForNodes, NODES_PER_CLUSTER } from '../domain/limits.ts';
import { suggestion } from '../domain/nearest.ts';
import {
  given,
  isGiven,
  type CacheSettings,
  type ReplicationGroupSettings,
  type Settings,
} from '../domain/settings.ts';
import { WizardError } from '../errors.ts';
import type { Finding } from './finding.ts';

type CacheAws = Pick<Aws, 'elasticache'>;

export async function preflightOfCaches(
  { caches }: Settings,
  identity: Identity,
  aws: CacheAws,
): Promise<Finding[]> {
  const found = caches.map(async (cache) => [
    ...key(cache, identity),
    ...(cache.kind === 'serverless' ? [] : await nodes(cache, identity, aws)),
  ]);
  return (await Promise.all(found)).flat();
}

function key({ name, kmsKeyId }: CacheSettings, { partition, region, account }: Identity): Finding[] {
  const place = kmsKeyId && placeOfKey(kmsKeyId.value);
  if (!place) return [];
  const elsewhere =
    (place.partition !== partition && `the partition ${place.partition}`) ||
    (place.region !== region && place.region);
  if (elsewhere) {
    return [
      {
        severity: 'block',
        code: 'key-elsewhere',
        errorCode: 'InvalidInput',
        message: `--kms-key-id names a key in ${elsewhere}, and ${name} is to be in ${region}`,
        hint: 'Name a key of that region: aws kms list-aliases.',
      },
    ];
  }
  if (place.account === account) return [];
  return [
    {
      severity: 'note',
      code: 'key-of-another-account',
      message: `The key of --kms-key-id belongs to the account ${place.account}, whose key policy has to let ${account} use it`,
    },
  ];
}

/** Of a cache that is there, the plan itself says what it cannot become. */
async function nodes(
  cache: ReplicationGroupSettings,
  { region }: Identity,
  aws: CacheAws,
): Promise<Finding[]> {
  const { cacheNodeType, shards, replicas, clusterMode } = cache;
  if (isInPriceList(cacheNodeType.value, region) && shards.value === 1 && !isGiven(replicas)) return [];
  const living = await aws.elasticache.readReplicationGroup(cache.name);
  const findings = manyNodes(cache, living, region);
  if (living || cache.adopt) return findings;
  if (shards.value > 1 && clusterMode.value !== 'enabled') return [scattered(cache)];
  return [...findings, ...(await nodeType(cacheNodeType.value, region, aws))];
}

function scattered({ name, shards, clusterMode }: ReplicationGroupSettings): Finding {
  return {
    severity: 'block',
    code: 'shards-without-cluster-mode',
    errorCode: 'InvalidInput',
    message: `--shards is ${shards.value}, ${name} is to be made with cluster mode ${clusterMode.value}, and only in cluster mode are keys spread over shards`,
    hint: 'Say --cluster-mode enabled, if the app’s client speaks the cluster protocol.',
  };
}

/** The quota can be raised, and whether it was cannot be asked without a right of its own. */
function manyNodes(
  { name, shards, replicas }: ReplicationGroupSettings,
  living: ReplicationGroup | undefined,
  region: string,
): Finding[] {
  const present = living?.memberClusters.length ?? 0;
  const shardsNow = Math.max(1, living?.nodeGroupIds.length ?? 1);
  const count = living
    ? (given(shards) ?? shardsNow) *
      (given(replicas) === undefined ? present / shardsNow : 1 + replicas.value)
    : shards.value * (1 + replicas.value);
  if (count <= Math.max(NODES_PER_CLUSTER.usual, present)) return [];
  return [
    {
      severity: 'warn',
      code: 'many-nodes',
      message: `${name} is to have ${count} nodes, and the quota “${NODES_PER_CLUSTER.name}” is ${NODES_PER_CLUSTER.usual} where the account has not asked for more: AWS would then refuse the cache after its security group and subnet group are made`,
      hint: `To ask for more: ${askForNodes(count)} --region ${region}`,
    },
  ];
}

async function nodeType(cacheNodeType: string, region: string, aws: CacheAws): Promise<Finding[]> {
  if (isInPriceList(cacheNodeType, region)) return [];
  const offered = await isOffered(cacheNodeType, aws);
  if (offered === true) return [];
  if (offered === false) {
    const others = KNOWN_NODE_TYPES.filter((each) => each !== cacheNodeType);
    return [
      {
        severity: 'block',
        code: 'node-type-not-offered',
        errorCode: 'InvalidInput',
        message: `--cache-node-type ${cacheNodeType}: AWS offers no such nodes in ${region}`,
        hint: suggestion(cacheNodeType, others) ?? '',
      },
    ];
  }
  return [
    {
      severity: 'note',
      code: 'node-type-not-checked',
      message: `Whether ${region} has ${cacheNodeType} was not checked beforehand: ${offered ?? 'this endpoint lists no node types'}`,
    },
  ];
}

/** Or why that cannot be told: AWS tells it when the cache is made. */
async function isOffered(
  cacheNodeType: string,
  { elasticache }: CacheAws,
): Promise<boolean | string | undefined> {
  try {
    return await elasticache.isNodeTypeOffered(cacheNodeType);
  } catch (error) {
    if (error instanceof WizardError && error.code === 'AccessDenied') return error.message;
    throw error;
  }
}
