/** User groups: the users that caches let in. */
import type {
  CreateUserGroupMessage,
  DeleteUserGroupMessage,
  DescribeUserGroupsMessage,
  ModifyUserGroupMessage,
  UserGroup,
} from '@aws-sdk/client-elasticache';
import type { NodeUser } from '../redis/acl.ts';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import type { Engine } from './engine-versions.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, invalidValue } from './rejection.ts';
import type { Schedule } from './schedule.ts';
import type { Tags } from './tags.ts';
import { nodeUser } from './user-access.ts';
import { requestedEngine } from './user-request.ts';
import {
  ACCESS_CHANGE_MS,
  createUsers,
  DEFAULT_USER_NAME,
  LONGEST_USER_ID,
  MINIMUM_ENGINE_VERSION,
} from './users.ts';
import type { Users } from './users.ts';

interface UserGroupRecord {
  readonly userGroupId: string;
  engine: Engine;
  status: 'creating' | 'active' | 'modifying' | 'deleting';
  userIds: readonly string[];
  pending: { readonly toAdd: readonly string[]; readonly toRemove: readonly string[] } | undefined;
}

/** The caches that a user group lets its users into. */
export interface GuardedCaches {
  replicationGroups(userGroupId: string): string[];
  serverlessCaches(userGroupId: string): string[];
  /** The users of the group, or what they may do, have changed. */
  changed(userGroupId: string): Promise<void>;
}

export interface UserGroups {
  readonly users: Users;
  /** Throws unless a cache of this engine may take the group now. */
  requireUsable(userGroupId: string, engine: Engine): void;
  /** What the servers behind a cache with this group are to let in. */
  nodeUsers(userGroupId: string): NodeUser[];
  /** Throws for an unknown id. */
  requireExists(userGroupId: string): void;
  readonly operations: Operations;
}

export interface UserGroupsOptions {
  readonly arn: Arn;
  readonly tags: Tags;
  readonly schedule: Pick<Schedule, 'after'>;
  readonly caches: GuardedCaches;
}

export function createUserGroups({ arn, tags, schedule, caches }: UserGroupsOptions): UserGroups {
  const groups = new Map<string, UserGroupRecord>();
  const containing = (userId: string): UserGroupRecord[] =>
    [...groups.values()].filter(
      ({ userIds, pending }) => userIds.includes(userId) || pending?.toAdd.includes(userId),
    );

  const users = createUsers({
    arn,
    tags,
    schedule,
    memberships: {
      of: (userId) => containing(userId).map(({ userGroupId }) => userGroupId),
      async changed(userId) {
        await Promise.all(containing(userId).map(({ userGroupId }) => caches.changed(userGroupId)));
      },
      leave(userId) {
        for (const group of containing(userId)) change(group, [], [userId]);
      },
    },
  });

  const find = (userGroupId = ''): UserGroupRecord => {
    const group = groups.get(userGroupId.toLowerCase());
    if (!group) throw new ServiceError('UserGroupNotFoundFault', `User group ${userGroupId} not found.`);
    return group;
  };

  const active = (userGroupId: string | undefined, past: 'modified' | 'deleted'): UserGroupRecord => {
    const group = find(userGroupId);
    if (group.status !== 'active') {
      throw new ServiceError(
        'InvalidUserGroupStateFault',
        `User group ${group.userGroupId} has status ${group.status}. Only active user groups can be ${past}.`,
      );
    }
    return group;
  };

  const change = (group: UserGroupRecord, toAdd: readonly string[], toRemove: readonly string[]): void => {
    group.status = 'modifying';
    group.pending = { toAdd, toRemove };
    schedule.after(ACCESS_CHANGE_MS, async () => {
      // By what is true then: another user may have been deleted from it meanwhile.
      group.userIds = [...group.userIds.filter((userId) => !toRemove.includes(userId)), ...toAdd];
      await caches.changed(group.userGroupId);
      group.pending = undefined;
      group.status = 'active';
    });
  };

  /** The ids in lower case, once they can be a group together. */
  const accepted = (userIds: readonly string[], engine: Engine): string[] => {
    const members = userIds.map((userId) => users.find(userId));
    const names = members.map(({ userName }) => userName);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) {
      throw new ServiceError('DuplicateUserNameFault', `There are several users with the name ${repeated}.`);
    }
    if (engine === 'redis' && !names.includes(DEFAULT_USER_NAME)) {
      throw new ServiceError(
        'DefaultUserRequired',
        'Redis user group needs to contain a user with the user name default.',
      );
    }
    const foreign = engine === 'redis' ? members.find((user) => user.engine !== 'redis') : undefined;
    if (foreign)
      throw invalidValue(`User ${foreign.userId} is for the engine ${foreign.engine}, not ${engine}.`);
    return members.map(({ userId }) => userId);
  };

  const describe = (group: UserGroupRecord): UserGroup => ({
    UserGroupId: group.userGroupId,
    Status: group.status,
    Engine: group.engine,
    UserIds: [...group.userIds],
    MinimumEngineVersion: MINIMUM_ENGINE_VERSION[group.engine],
    PendingChanges: group.pending && {
      UserIdsToAdd: [...group.pending.toAdd],
      UserIdsToRemove: [...group.pending.toRemove],
    },
    ReplicationGroups: caches.replicationGroups(group.userGroupId),
    ServerlessCaches: caches.serverlessCaches(group.userGroupId),
    ARN: arn('usergroup', group.userGroupId),
  });

  const operations = {
    CreateUserGroup(input: CreateUserGroupMessage) {
      const userGroupId = identifier('UserGroupId', input.UserGroupId, LONGEST_USER_ID);
      const engine = requestedEngine(input.Engine);
      if (groups.has(userGroupId)) {
        throw new ServiceError('UserGroupAlreadyExistsFault', `User group ${userGroupId} already exists.`);
      }
      const userIds = accepted(input.UserIds ?? [], engine);
      tags.put(arn('usergroup', userGroupId), input.Tags);
      const group: UserGroupRecord = { userGroupId, engine, status: 'creating', userIds, pending: undefined };
      groups.set(userGroupId, group);
      schedule.after(ACCESS_CHANGE_MS, () => {
        group.status = 'active';
      });
      return describe(group);
    },

    DescribeUserGroups(input: DescribeUserGroupsMessage) {
      const named = input.UserGroupId ? [find(input.UserGroupId)] : [...groups.values()];
      const { items, Marker } = page(named, input);
      return { Marker, UserGroups: items.map(describe) };
    },

    ModifyUserGroup(input: ModifyUserGroupMessage) {
      const group = active(input.UserGroupId, 'modified');
      const { UserIdsToAdd = [], UserIdsToRemove = [] } = input;
      if (UserIdsToAdd.length === 0 && UserIdsToRemove.length === 0 && !input.Engine) {
        throw invalidCombination('No modifications were requested');
      }
      const toRemove = UserIdsToRemove.map((userId) => userId.toLowerCase());
      const stranger = toRemove.find((userId) => !group.userIds.includes(userId));
      if (stranger !== undefined) {
        throw invalidValue(`${stranger} is not a member of user group ${group.userGroupId}.`);
      }
      const toAdd = UserIdsToAdd.map((userId) => users.find(userId).userId);
      const present = toAdd.find((userId) => group.userIds.includes(userId));
      if (present !== undefined) {
        throw invalidValue(`${present} is already a member of user group ${group.userGroupId}.`);
      }
      const engine = input.Engine ? requestedEngine(input.Engine) : group.engine;
      if (engine !== group.engine && engine === 'redis') {
        throw invalidCombination('A user group cannot go from Valkey to Redis.');
      }
      accepted([...group.userIds.filter((userId) => !toRemove.includes(userId)), ...toAdd], engine);
      group.engine = engine;
      change(group, toAdd, toRemove);
      return describe(group);
    },

    DeleteUserGroup(input: DeleteUserGroupMessage) {
      const group = active(input.UserGroupId, 'deleted');
      const using = [
        ...caches.replicationGroups(group.userGroupId),
        ...caches.serverlessCaches(group.userGroupId),
      ];
      if (using.length > 0) {
        throw new ServiceError(
          'InvalidUserGroupStateFault',
          `User group ${group.userGroupId} is associated with ${using.join(', ')}.`,
        );
      }
      group.status = 'deleting';
      schedule.after(ACCESS_CHANGE_MS, () => {
        groups.delete(group.userGroupId);
        tags.forget(arn('usergroup', group.userGroupId));
      });
      return describe(group);
    },
  } satisfies Operations;

  return {
    users,
    operations: { ...users.operations, ...operations },
    requireExists: (userGroupId) => void find(userGroupId),
    requireUsable(userGroupId, engine) {
      const group = find(userGroupId);
      if (group.status !== 'active') {
        throw new ServiceError(
          'InvalidUserGroupStateFault',
          `User group ${group.userGroupId} is not in active state.`,
        );
      }
      if (engine === 'redis' && group.engine !== 'redis') {
        throw invalidCombination(
          `User group ${group.userGroupId} is for ${group.engine}, the cache for redis.`,
        );
      }
    },
    nodeUsers: (userGroupId) => find(userGroupId).userIds.map((userId) => nodeUser(users.find(userId))),
  };
}
