/** Carries out what a modify call asked for: at once, after minutes, or in the maintenance window. */
import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import type { Clock } from '../../clock.ts';
import { snapshotSource } from './cache.ts';
import type { Cache, Changes } from './cache.ts';
import type { Events } from './events.ts';
import { DURATION } from './life-cycle.ts';
import type { LifeCycle } from './life-cycle.ts';
import type { Nodes } from './nodes.ts';
import { invalidCombination } from './rejection.ts';
import { maintenanceWindow, snapshotRetention, snapshotWindow, untilMaintenance } from './windows.ts';

type Attributes = Pick<
  ModifyReplicationGroupMessage,
  | 'ReplicationGroupDescription'
  | 'PreferredMaintenanceWindow'
  | 'SnapshotWindow'
  | 'SnapshotRetentionLimit'
  | 'SnapshottingClusterId'
  | 'NotificationTopicArn'
  | 'NotificationTopicStatus'
  | 'AutoMinorVersionUpgrade'
>;

export interface Modification {
  /** Throws when there is nothing to modify. */
  modify(cache: Cache, attributes: Attributes, changes: Changes, applyImmediately: boolean): void;
}

export function createModification(
  clock: Clock,
  nodes: Nodes,
  lifeCycle: LifeCycle,
  events: Events,
): Modification {
  /** In the words of the user guide's "Event notifications and Amazon SNS"; it has none for other changes. */
  const record = (cache: Cache, { cacheNodeType, securityGroupIds }: Changes): void => {
    const messages = [
      ...(cacheNodeType ? [`Succeeded applying modification to cache node type to ${cacheNodeType}.`] : []),
      ...(securityGroupIds ? ['Applied change to security group'] : []),
    ];
    for (const message of messages) events.record(cache.kind, cache.id, message);
  };

  /** In an order in which clients that already know the next state are served soonest. */
  const apply = async (cache: Cache, changes: Changes): Promise<void> => {
    const { cacheNodeType, engineVersion, parameterGroupName, automaticFailover, multiAz } = changes;
    const before = cache.engineVersion;
    cache.cacheNodeType = cacheNodeType ?? cache.cacheNodeType;
    cache.engineVersion = engineVersion ?? cache.engineVersion;
    cache.parameterGroupName = parameterGroupName ?? cache.parameterGroupName;
    const modeBefore = cache.clusterMode;
    cache.clusterMode = changes.clusterMode ?? modeBefore;
    const otherServers =
      (changes.clusterMode && modeBefore === 'disabled') ||
      (engineVersion && nodes.program(before.engine) !== nodes.program(engineVersion.engine));
    if (otherServers) await nodes.rebuild(cache);
    else if (cacheNodeType || parameterGroupName) await nodes.applyParameters(cache);
    if (changes.clusterMode) nodes.publish(cache);
    cache.automaticFailover = automaticFailover ?? cache.automaticFailover;
    cache.multiAz = multiAz ?? cache.multiAz;
    if (changes.securityGroupIds) nodes.applySecurityGroups(cache, changes.securityGroupIds);
    if (changes.authToken) {
      const { token, strategy } = changes.authToken;
      cache.authTokens = strategy === 'SET' ? [token] : [...cache.authTokens.slice(-1), token];
      // A first ROTATE still lets clients without a token in (user guide, "Authenticating with AUTH").
      cache.authRequired ||= strategy === 'SET';
      cache.authTokenChangedAt = clock.now();
      await nodes.applyAccess(cache);
    }
    if (changes.userGroup) {
      cache.userGroupId = changes.userGroup.id;
      // A user group takes the place of tokens.
      if (cache.userGroupId !== undefined) Object.assign(cache, { authTokens: [], authRequired: false });
      await nodes.applyAccess(cache);
    }
    if (changes.transitEncryption) {
      cache.transitEncryption = changes.transitEncryption;
      await nodes.applyEncryption(cache);
    }
    const primary = cache.nodes.find(({ cacheClusterId }) => cacheClusterId === changes.primaryClusterId);
    if (primary) await nodes.promote(cache, primary);
  };

  const carryOut = (cache: Cache, changes: Changes): void =>
    lifeCycle.change(cache, {
      status: 'modifying',
      durationMs: DURATION.modification,
      async apply() {
        cache.pending = withoutKeys(cache.pending, changes);
        await apply(cache, changes);
        record(cache, changes);
      },
    });

  const awaitWindow = (cache: Cache): void => {
    const window = cache.maintenanceWindow;
    lifeCycle.after(untilMaintenance(window, clock.now()), () => {
      const waiting = Object.keys(cache.pending).length > 0;
      // Another window, another wait: whoever moved it has seen to that.
      if (!waiting || cache.status === 'deleting' || cache.maintenanceWindow !== window) return;
      if (cache.changing) awaitWindow(cache);
      else carryOut(cache, { ...cache.pending });
    });
  };

  return {
    modify(cache, attributes, changes, applyImmediately) {
      const window = cache.maintenanceWindow;
      const changed = applyAttributes(cache, attributes);
      if (!changed && Object.keys(changes).length === 0) {
        throw invalidCombination('No modifications were requested');
      }
      // Security groups never wait for the window (API reference, ModifyReplicationGroup.SecurityGroupIds).
      const { securityGroupIds, ...deferrable } = changes;
      cache.pending = { ...cache.pending, ...deferrable };
      const now: Changes = applyImmediately ? { ...cache.pending } : {};
      if (securityGroupIds) now.securityGroupIds = securityGroupIds;
      if (Object.keys(now).length > 0) carryOut(cache, now);
      if (!applyImmediately && (Object.keys(deferrable).length > 0 || cache.maintenanceWindow !== window)) {
        awaitWindow(cache);
      }
    },
  };
}

function withoutKeys(pending: Changes, applied: Changes): Changes {
  return Object.fromEntries(Object.entries(pending).filter(([key]) => !(key in applied)));
}

/** What takes effect with the call itself. Says whether anything is different now. */
function applyAttributes(cache: Cache, attributes: Attributes): boolean {
  const before = JSON.stringify(attributesOf(cache));
  const { PreferredMaintenanceWindow, SnapshotWindow, SnapshotRetentionLimit } = attributes;
  const window = PreferredMaintenanceWindow
    ? maintenanceWindow(PreferredMaintenanceWindow)
    : cache.maintenanceWindow;
  const snapshots = SnapshotWindow ? snapshotWindow(SnapshotWindow) : cache.snapshotWindow;
  const retention =
    SnapshotRetentionLimit === undefined
      ? cache.snapshotRetentionLimit
      : snapshotRetention(SnapshotRetentionLimit);
  cache.maintenanceWindow = window;
  cache.snapshotWindow = snapshots;
  cache.snapshotRetentionLimit = retention;
  cache.description = attributes.ReplicationGroupDescription ?? cache.description;
  cache.notificationTopicArn = attributes.NotificationTopicArn ?? cache.notificationTopicArn;
  cache.notificationTopicStatus = attributes.NotificationTopicStatus ?? cache.notificationTopicStatus;
  cache.autoMinorVersionUpgrade = attributes.AutoMinorVersionUpgrade ?? cache.autoMinorVersionUpgrade;
  cache.snapshottingClusterId = attributes.SnapshottingClusterId ?? snapshotSource(cache);
  return JSON.stringify(attributesOf(cache)) !== before;
}

function attributesOf(cache: Cache): unknown[] {
  return [
    ...[cache.maintenanceWindow, cache.snapshotWindow, cache.snapshotRetentionLimit, cache.description],
    ...[cache.notificationTopicArn, cache.notificationTopicStatus, cache.autoMinorVersionUpgrade],
    cache.snapshottingClusterId,
  ];
}
