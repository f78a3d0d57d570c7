/** Engine, version and parameters, which belong together; and the size of the nodes. */
import type { Blocked } from '../../../domain/change.ts';
import { given, isAnyGiven, type ReplicationGroupSettings } from '../../../domain/settings.ts';
import {
  isVersion,
  type LivingReplicationGroup,
  type Modification,
  type Surroundings,
} from './modification.ts';

interface EngineChange {
  readonly engine: string;
  readonly engineVersion: string;
}

/** Undefined where it runs what is asked for. */
export function wantedEngine(
  cache: ReplicationGroupSettings,
  { group, members }: LivingReplicationGroup,
): EngineChange | undefined {
  const [member] = members;
  const engine = given(cache.engine) ?? group.engine;
  if (engine !== group.engine) return { engine, engineVersion: cache.engineVersion.value };
  const engineVersion = given(cache.engineVersion);
  if (engineVersion === undefined || !member || isVersion(member.engineVersion, engineVersion))
    return undefined;
  return { engine, engineVersion };
}

/** Parameters that nobody gave are of new caches: they never take the place of a living one's group that is not ours. */
export function keepsParameterGroup(
  cache: ReplicationGroupSettings,
  { members }: LivingReplicationGroup,
): boolean {
  const groupNow = members[0]?.cacheParameterGroupName ?? 'default.';
  const isAsked = cache.existingParameterGroup !== undefined || isAnyGiven(cache.parameters);
  return !isAsked && !groupNow.startsWith(cache.parameterGroupName);
}

/** Undefined: none but the one that it has. */
export function wantedParameterGroup(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
  { cacheParameterGroupName }: Surroundings,
): string | undefined {
  return keepsParameterGroup(cache, living) ? undefined : cacheParameterGroupName;
}

export function engineChange(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
  surroundings: Surroundings,
): Modification[] {
  const wantedGroup = wantedParameterGroup(cache, living, surroundings);
  const { group, members } = living;
  const [member] = members;
  if (!member) return [];
  const wanted = wantedEngine(cache, living);
  const groupNow = member.cacheParameterGroupName;
  const newGroup = wantedGroup === groupNow || changesMode(cache, living) ? undefined : wantedGroup;
  if (!wanted && newGroup === undefined) return [];
  const isOther = wanted !== undefined && wanted.engine !== group.engine;
  const version = wanted && {
    field: isOther ? 'engine' : 'engine version',
    from: isOther ? `${group.engine} ${member.engineVersion}` : member.engineVersion,
    to: isOther ? `${wanted.engine} ${wanted.engineVersion}` : wanted.engineVersion,
    origin: isOther ? cache.engine.origin : cache.engineVersion.origin,
  };
  return [
    {
      call: 'modify',
      change: {
        // Sent with the engine alone: AWS takes them for a request to change it.
        ...(isOther ? { engine: wanted.engine } : {}),
        ...(wanted ? { engineVersion: wanted.engineVersion } : {}),
        ...(newGroup === undefined ? {} : { cacheParameterGroupName: newGroup }),
      },
      details: [
        ...(version ? [version] : []),
        ...(newGroup === undefined ? [] : [parameterGroupDetail(groupNow, newGroup)]),
      ],
    },
  ];
}

export function nodeTypeChange(
  cache: ReplicationGroupSettings,
  { group }: LivingReplicationGroup,
): Modification[] {
  const to = given(cache.cacheNodeType);
  if (to === undefined || to === group.cacheNodeType) return [];
  const { origin } = cache.cacheNodeType;
  return [
    {
      call: 'modify',
      change: { cacheNodeType: to },
      details: [{ field: 'node type', from: group.cacheNodeType, to, origin }],
    },
  ];
}

export function engineObstacle(
  cache: ReplicationGroupSettings,
  living: LivingReplicationGroup,
): Blocked | undefined {
  const { group, members } = living;
  const [member] = members;
  const id = group.replicationGroupId;
  const groupNow = member?.cacheParameterGroupName ?? 'default.';
  const isTheirs = !groupNow.startsWith('default.') && !groupNow.startsWith(cache.parameterGroupName);
  const wantsOurs =
    !cache.existingParameterGroup &&
    !keepsParameterGroup(cache, living) &&
    Object.keys(cache.parameters).length > 0;
  if (wantsOurs && isTheirs) {
    return {
      action: 'blocked',
      reason: `${id} uses the parameter group ${groupNow}, which is not ours, and one of ours would undo what that one sets`,
      hint: `Change ${groupNow} itself (aws elasticache modify-cache-parameter-group), or name it with --parameter-group and leave --parameter and --maxmemory-policy out.`,
    };
  }
  const wanted = wantedEngine(cache, living);
  const isCustom = !groupNow.startsWith('default.');
  if (wanted && member && isCustom && !wantsOurs && !cache.existingParameterGroup) {
    const isOtherFamily =
      wanted.engine !== group.engine || majorOf(wanted.engineVersion) !== majorOf(member.engineVersion);
    if (isOtherFamily) {
      return {
        action: 'blocked',
        reason: `${id} uses the parameter group ${groupNow}, and ${wanted.engine} ${wanted.engineVersion} takes one of another family`,
        hint: 'Say its parameters again (--parameter, --maxmemory-policy), or name a group with --parameter-group.',
      };
    }
  }
  return undefined;
}

/** A family has all versions of one major number (ElastiCache API reference, CacheParameterGroupFamily). */
function majorOf(version: string): string {
  return version.split('.')[0] ?? '';
}

/** The group of a new cluster mode goes along with that change and no other. */
function changesMode(cache: ReplicationGroupSettings, { group }: LivingReplicationGroup): boolean {
  return given(cache.clusterMode) === 'compatible' && group.clusterMode === 'disabled';
}

export function parameterGroupDetail(from: string | undefined, to: string) {
  return { field: 'parameter group', ...(from === undefined ? {} : { from }), to };
}
