/** The nodes of a replication group: how many, of which type and version, and where. */
import { KNOWN_NODE_TYPES } from '../../domain/cost.ts';
import { hasMinor, isNodeType, nodeTypeProblem, versionProblem } from '../../domain/engine-version.ts';
import { NODES_PER_CLUSTER } from '../../domain/limits.ts';
import { suggestion } from '../../domain/nearest.ts';
import { isGiven } from '../../domain/settings.ts';
import type { Inputs } from '../resolve.ts';
import type { Rule } from './rule.ts';

export const NODE_RULES: readonly Rule[] = [
  ({ inputs: { multiAz, replicas }, name, say, because }) =>
    multiAz.value &&
    isGiven(replicas) &&
    replicas.value === 0 && {
      problem: `${because('multiAz')} needs a replica to fail over to, and ${name('replicas')} is 0`,
      fix: `Say ${say('replicas', 1)}${isGiven(multiAz) ? '' : `, or add ${say('multiAz', false)}`}.`,
    },
  // Where no mode is given, that of the cache that is there counts; a new one is judged before the plan.
  ({ inputs: { clusterMode, shards }, name, say }) =>
    shards.value > 1 &&
    isGiven(clusterMode) &&
    clusterMode.value !== 'enabled' && {
      problem: `${name('shards')} is ${shards.value}, and only in cluster mode are keys spread over shards`,
      fix: `Say ${say('clusterMode', 'enabled')}, if the app’s client speaks the cluster protocol.`,
    },
  ({ inputs, name }) =>
    nodesOf(inputs) > NODES_PER_CLUSTER.most && {
      problem: `${name('shards')} and ${name('replicas')} make ${nodesOf(inputs)} nodes, and AWS takes ${NODES_PER_CLUSTER.most} in one cache`,
      fix: 'Ask for fewer of either.',
    },
  // A version alone may be meant for a cache that is there, of whichever engine; a new one is judged in the plan.
  ({ inputs: { engine, engineVersion, serverless }, say }) => {
    if (!engineVersion || !isGiven(engine) || serverless.value) return false;
    // A major number alone may be meant for a serverless cache that is there.
    if (!hasMinor(engineVersion.value) && !isGiven(serverless)) return false;
    const wrong = versionProblem(engine.value, engineVersion.value);
    if (!wrong) return false;
    const valkey = `${say('engine', 'valkey')} with ${say('engineVersion', '8.0')}`;
    const fix = engine.value === 'redis' ? `${say('engineVersion', '7.1')}, or ${valkey}` : valkey;
    return { problem: wrong.problem, fix: `Say ${fix}.` };
  },
  ({ inputs: { cacheNodeType }, said }) =>
    !isNodeType(cacheNodeType.value) && {
      problem: `${said('cacheNodeType')} is no node type: it is cache., a family and a size`,
      fix: suggestion(cacheNodeType.value, KNOWN_NODE_TYPES) ?? '',
    },
  ({ inputs: { engine, cacheNodeType }, said, say }) => {
    const why = nodeTypeProblem(engine.value, cacheNodeType.value);
    const fix = /Valkey/.test(why ?? '') ? say('engine', 'valkey') : say('cacheNodeType', 'cache.t3.micro');
    return (
      why !== undefined && {
        problem: `${said('cacheNodeType')} ${why}`,
        fix: `Say ${fix}, or name another type.`,
      }
    );
  },
  ({ inputs, name, say }) => {
    const { preferredAzs, shards, serverless } = inputs;
    const nodes = nodesOf(inputs);
    if (!preferredAzs || serverless.value || shards.value > 1) return false;
    const count = preferredAzs.value.length;
    return (
      count !== nodes && {
        problem: `${name('preferredAzs')} has ${count} ${count === 1 ? 'zone' : 'zones'}, and the cache has ${nodes} ${nodes === 1 ? 'node' : 'nodes'}: one zone stands for each`,
        fix:
          count > 6 ? 'Name one zone for each node.' : `Name ${nodes}, or say ${say('replicas', count - 1)}.`,
      }
    );
  },
  ({ inputs: { preferredAzs, shards }, name }) =>
    preferredAzs !== undefined &&
    shards.value > 1 && {
      problem: `${name('preferredAzs')} names the zones of a single shard, and ${name('shards')} is ${shards.value}`,
      fix: 'Leave the zones out: AWS spreads the nodes of each shard.',
    },
  ({ inputs: { preferredAzs, multiAz }, name, because, say }) =>
    preferredAzs !== undefined &&
    preferredAzs.value.length > 1 &&
    new Set(preferredAzs.value).size === 1 &&
    multiAz.value && {
      problem: `${because('multiAz')} is to outlive a zone, and ${name('preferredAzs')} puts every node into ${preferredAzs.value[0] ?? ''}`,
      fix: `Name a second zone, or say ${say('multiAz', false)}.`,
    },
  ({ inputs: { preferredAzs, region }, name }) => {
    const elsewhere = preferredAzs?.value.find((zone) => region && !zone.startsWith(region.value));
    return (
      elsewhere !== undefined && {
        problem: `${name('preferredAzs')} has ${elsewhere}, and ${name('region')} is ${region?.value ?? ''}`,
        fix: 'Name zones of that region.',
      }
    );
  },
];

function nodesOf({ shards, replicas }: Pick<Inputs, 'shards' | 'replicas'>): number {
  return shards.value * (1 + replicas.value);
}
