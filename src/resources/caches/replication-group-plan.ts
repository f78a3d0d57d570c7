/** What setup would make of a replication group that is there, or is not: found out by reading alone. */
import { given } from '../../domain/settings.ts';
import { foreign } from '../../domain/ownership.ts';
import type { EngineVersion, ReplicationGroup } from '../../aws/elasticache.ts';
import type { Change, Blocked } from '../../domain/change.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Known, Outputs } from '../../domain/outputs.ts';
import { ADOPTED_NOTE, networkObstacle, nothingToAdopt } from './adoption.ts';
import { acceptsPlaintext, PLAINTEXT_NOTE } from './changes/encryption.ts';
import { wantedEngine } from './changes/engine.ts';
import type { LivingReplicationGroup, Surroundings } from './changes/modification.ts';
import { isUntaggedOurs, LATE_TAGS } from '../ownership/late-tags.ts';
import { readOwner } from '../ownership/owner.ts';
import { statusObstacle } from './cache-failure.ts';
import { readMembers, readVersion } from './living-replication-group.ts';
import { blockedOf, changesAddress, modificationsOf, pendingDetails } from './replication-group-changes.ts';
import { CLIENTS, creationDetails, creationObstacle } from './replication-group-creation.ts';
import {
  foreignGroup,
  outputsOf,
  surroundingsOf,
  type ReplicationGroupOptions,
} from './replication-group-reading.ts';
import { planStandalone } from './standalone-cache.ts';

type Out = Outputs['cache'];

export async function planReplicationGroup(
  options: ReplicationGroupOptions,
  known: Known,
): Promise<Change<Out>> {
  const { cache, settings, network, aws } = options;
  const { elasticache } = aws;
  const { name } = cache;

  async function planExisting(group: ReplicationGroup): Promise<Change<Out>> {
    const unusable = await statusObstacle(cache.kind, name, group.status, elasticache);
    if (unusable) return unusable;
    const owned = await readOwner(group, settings.project, name, elasticache);
    const isOurs = owned?.owner === 'ours';
    if (owned && !isOurs) {
      if (isUntaggedOurs(group, owned.tags, settings.project))
        return { action: 'update', details: [LATE_TAGS] };
      if (!cache.adopt) return foreignGroup(name, owned);
    }
    const living = await readMembers(group, elasticache);
    const outputs = outputsOf(group);
    const surroundings = surroundingsOf(known, cache);
    // A snapshot hides the tags for some minutes each night; the network that only we would give it proves it then.
    if (!owned && !cache.adopt && !isInOurNetwork(living, surroundings)) {
      const details = [{ field: 'status', from: group.status, to: 'available' }];
      return { action: 'update', details, ...(outputs ? { outputs } : {}) };
    }
    const blocked = await obstacleOf(living, surroundings, cache.adopt && !isOurs);
    if (blocked) return blocked;
    const modifications = modificationsOf(cache, living, surroundings);
    const details = modifications.flatMap((modification) => [...modification.details]);
    const notes = notesOf(living, cache.adopt && !isOurs);
    if (details.length === 0 && outputs) {
      const waiting = pendingDetails(living).map(({ field, to }) => `${to} ${field}`);
      const note = [...notes, ...waiting].join('; ');
      return { action: 'none', outputs, ...(note === '' ? {} : { note }) };
    }
    // "ApplyImmediately: the modifications in this request and any pending modifications" (API reference).
    const atOnce = pendingDetails(living).map((each) => ({
      ...each,
      to: `${each.to}, now done with the rest`,
    }));
    const status =
      group.status === 'available' && outputs
        ? []
        : [{ field: 'status', from: group.status, to: 'available' }];
    const all = [...status, ...details, ...atOnce, ...notes.map((to) => ({ field: 'note', to }))];
    const lasts = outputs && !changesAddress(modifications);
    return lasts ? { action: 'update', details: all, outputs } : { action: 'update', details: all };
  }

  async function obstacleOf(
    living: LivingReplicationGroup,
    surroundings: Surroundings,
    adopted: boolean,
  ): Promise<Blocked | undefined> {
    const blocked = blockedOf(cache, living, surroundings);
    if (blocked) return blocked;
    // Else AWS would refuse these in the middle of the run.
    if (wantedEngine(cache, living)) await readVersion(cache, living, elasticache);
    return (
      (await nodeTypeObstacle(living)) ??
      (adopted ? networkObstacle(name, living.members[0], network, aws) : undefined)
    );
  }

  async function nodeTypeObstacle({ group }: LivingReplicationGroup): Promise<Blocked | undefined> {
    const wanted = given(cache.cacheNodeType);
    if (wanted === undefined || wanted === group.cacheNodeType) return undefined;
    const allowed = await elasticache.listAllowedNodeTypes(name);
    if (!allowed || allowed.includes(wanted)) return undefined;
    return {
      action: 'blocked',
      reason: `${name} cannot be changed from ${group.cacheNodeType} to ${wanted}`,
      hint: suggestion(wanted, allowed) ?? 'AWS names no node type that it could be changed to.',
    };
  }

  function isInOurNetwork({ members }: LivingReplicationGroup, { securityGroupId }: Surroundings): boolean {
    return (
      securityGroupId !== undefined &&
      members.length > 0 &&
      members.every(
        ({ securityGroupIds, cacheSubnetGroupName }) =>
          securityGroupIds.includes(securityGroupId) && cacheSubnetGroupName === cache.subnetGroupName,
      )
    );
  }

  async function planNew(): Promise<Change<Out>> {
    const standalone = await elasticache.readCacheCluster(name);
    if (standalone && cache.adopt) return planStandalone(standalone, cache, known, network, aws);
    if (standalone) return foreign(`A cache cluster named ${name}`, 'somebody else', {}, '--cache-name');
    const obstacle = cache.adopt ? nothingToAdopt(cache) : creationObstacle(cache);
    if (obstacle) return obstacle;
    const version = await readVersion(cache, undefined, elasticache);
    const details = [...creationDetails(cache), ...(version.assumed ? [assumption(version)] : [])];
    return { action: 'create', details };
  }

  const assumption = ({ engineVersion, cacheParameterGroupFamily }: EngineVersion) => ({
    field: 'parameter group',
    to: `default.${cacheParameterGroupFamily}, assumed: this endpoint lists no versions of ${cache.engine.value}, of which ${engineVersion}.x is known`,
  });

  const group = await elasticache.readReplicationGroup(name);
  return group ? planExisting(group) : planNew();
}

/** What an operator should know of a living cache, whatever is asked of it. */
function notesOf(living: LivingReplicationGroup, adopted: boolean): string[] {
  const { group } = living;
  return [
    ...(adopted ? [ADOPTED_NOTE] : []),
    ...(group.clusterMode === 'disabled' ? [] : [`cluster mode is ${group.clusterMode}: ${CLIENTS}`]),
    ...(acceptsPlaintext(living) ? [PLAINTEXT_NOTE] : []),
  ];
}
