/** Users of access control: an id of their own in the account, and a name that several may share. */
import type {
  CreateUserMessage,
  DeleteUserMessage,
  DescribeUsersMessage,
  ModifyUserMessage,
  User,
} from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import type { Engine } from './engine-versions.ts';
import { page } from './paging.ts';
import { identifier, invalidCombination, invalidValue, notInSandbox } from './rejection.ts';
import type { Schedule } from './schedule.ts';
import type { Tags } from './tags.ts';
import {
  requestedAccess,
  requestedAuthentication,
  requestedEngine,
  requestedUserName,
} from './user-request.ts';
import type { Authentication } from './user-request.ts';

/** How long a change of a user or a user group takes: an order of magnitude, not a measurement. */
export const ACCESS_CHANGE_MS = 20_000;
export const LONGEST_USER_ID = 40;
/** Of Redis OSS; Valkey has had users from its beginning. */
export const MINIMUM_ENGINE_VERSION: Readonly<Record<Engine, string>> = { redis: '6.0', valkey: '7.2' };
export const DEFAULT_USER_NAME = 'default';

export interface UserRecord {
  readonly userId: string;
  readonly userName: string;
  engine: Engine;
  status: 'active' | 'modifying' | 'deleting';
  accessString: string;
  authentication: Authentication;
}

/** The groups in which users are. */
export interface Memberships {
  of(userId: string): string[];
  /** Brings what is true of the user now to the caches of its groups. */
  changed(userId: string): Promise<void>;
  /** Takes the user out of its groups. */
  leave(userId: string): void;
}

export interface Users {
  /** Throws for an unknown id. */
  find(userId: string): UserRecord;
  readonly operations: Operations;
}

export interface UsersOptions {
  readonly arn: Arn;
  readonly tags: Tags;
  readonly schedule: Pick<Schedule, 'after'>;
  readonly memberships: Memberships;
}

export function createUsers({ arn, tags, schedule, memberships }: UsersOptions): Users {
  // Every account has it and nobody can change it (DG "Role-Based Access Control").
  const builtIn: UserRecord = {
    userId: DEFAULT_USER_NAME,
    userName: DEFAULT_USER_NAME,
    engine: 'redis',
    status: 'active',
    accessString: 'on ~* +@all',
    authentication: { type: 'no-password' },
  };
  const users = new Map([[builtIn.userId, builtIn]]);

  const find = (userId: string): UserRecord => {
    const user = users.get(userId.toLowerCase());
    if (!user) throw new ServiceError('UserNotFoundFault', `User ${userId} not found.`);
    return user;
  };

  const changeable = (userId = ''): UserRecord => {
    const user = find(userId);
    if (user === builtIn) throw invalidValue('The default user can neither be modified nor deleted.');
    if (user.status !== 'active') {
      throw new ServiceError('InvalidUserStateFault', `User ${user.userId} is not in active state.`);
    }
    return user;
  };

  const describe = (user: UserRecord): User => ({
    UserId: user.userId,
    UserName: user.userName,
    Status: user.status,
    Engine: user.engine,
    MinimumEngineVersion: MINIMUM_ENGINE_VERSION[user.engine],
    AccessString: user.accessString,
    UserGroupIds: memberships.of(user.userId),
    Authentication: {
      Type: user.authentication.type,
      ...(user.authentication.type === 'password'
        ? { PasswordCount: user.authentication.passwords.length }
        : {}),
    },
    ARN: arn('user', user.userId),
  });

  const operations = {
    CreateUser(input: CreateUserMessage) {
      const userId = identifier('UserId', input.UserId, LONGEST_USER_ID);
      const userName = requestedUserName(input.UserName);
      const engine = requestedEngine(input.Engine);
      const accessString = requestedAccess(input.AccessString);
      const authentication = requestedAuthentication(input);
      if (!authentication) {
        throw invalidValue(
          'No password was provided. If you want to create/update the user without password, ' +
            'please use the NoPasswordRequired flag.',
        );
      }
      requireSameNames(userId, userName, authentication);
      if (users.has(userId)) {
        throw new ServiceError('UserAlreadyExistsFault', `User ${userId} already exists.`);
      }
      tags.put(arn('user', userId), input.Tags);
      const user: UserRecord = { userId, userName, engine, status: 'active', accessString, authentication };
      users.set(userId, user);
      return describe(user);
    },

    DescribeUsers(input: DescribeUsersMessage) {
      if (input.Filters?.length) throw notInSandbox('filters of users');
      const named = input.UserId ? [find(input.UserId)] : [...users.values()];
      const wanted = input.Engine?.toLowerCase();
      const { items, Marker } = page(
        named.filter(({ engine }) => !wanted || engine === wanted),
        input,
      );
      return { Marker, Users: items.map(describe) };
    },

    ModifyUser(input: ModifyUserMessage) {
      const user = changeable(input.UserId);
      if (input.AccessString && input.AppendAccessString) {
        throw invalidCombination('AccessString and AppendAccessString cannot be specified together.');
      }
      const appended = input.AppendAccessString && `${user.accessString} ${input.AppendAccessString}`;
      const access = input.AccessString ?? appended;
      const accessString = access ? requestedAccess(access) : user.accessString;
      const authentication = requestedAuthentication(input) ?? user.authentication;
      const engine = input.Engine ? requestedEngine(input.Engine) : user.engine;
      if (!access && !input.Engine && authentication === user.authentication) {
        throw invalidCombination('No modifications were requested');
      }
      requireSameNames(user.userId, user.userName, authentication);
      Object.assign(user, { status: 'modifying', accessString, authentication, engine });
      schedule.after(ACCESS_CHANGE_MS, async () => {
        await memberships.changed(user.userId);
        user.status = 'active';
      });
      return describe(user);
    },

    DeleteUser(input: DeleteUserMessage) {
      const user = changeable(input.UserId);
      if (user.userName === DEFAULT_USER_NAME && memberships.of(user.userId).length > 0) {
        throw new ServiceError(
          'DefaultUserAssociatedToUserGroupFault',
          "User is associated to user group(s) as a default user and can't be deleted.",
        );
      }
      user.status = 'deleting';
      const description = describe(user);
      memberships.leave(user.userId);
      schedule.after(ACCESS_CHANGE_MS, () => {
        users.delete(user.userId);
        tags.forget(arn('user', user.userId));
      });
      return description;
    },
  } satisfies Operations;

  return { find, operations };
}

/** An IAM token is for a user by its id, and AUTH names it. */
function requireSameNames(userId: string, userName: string, { type }: Authentication): void {
  if (type === 'iam' && userId !== userName) {
    throw invalidCombination('User Id and User name must be same for authentication type: iam');
  }
}
