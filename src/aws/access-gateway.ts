/** Users and user groups behind their interface. Ids go lower-cased, as AWS stores them. */
import {
  CreateUserCommand,
  CreateUserGroupCommand,
  DeleteUserCommand,
  DeleteUserGroupCommand,
  DescribeUserGroupsCommand,
  DescribeUsersCommand,
  ModifyUserCommand,
} from '@aws-sdk/client-elasticache';
import type {
  ElastiCacheClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
  User as AwsUser,
  UserGroup as AwsUserGroup,
} from '@aws-sdk/client-elasticache';
import type { Clock } from '../clock.ts';
import type { Access, User, UserGroup } from './access.ts';
import type { Send } from './api.ts';
import { outcomeOn, valueOn } from './expected.ts';
import { untilVisible } from './new-things.ts';
import { toTagList } from './tag-list.ts';

type SendElastiCache = Send<ServiceInputTypes, ServiceOutputTypes, ElastiCacheClientResolvedConfig>;

export function accessGateway(send: SendElastiCache, clock: Clock): Access {
  return {
    readUser: (userId) =>
      valueOn(undefined, ['user not found', 'operation unknown'], async () => {
        const command = new DescribeUsersCommand({ UserId: userId.toLowerCase() });
        const { Users } = await send(`Reading the user ${userId}`, command);
        return Users?.map(toUser)[0];
      }),

    createUser: ({ userId, userName, engine, accessString, password, tags }) =>
      valueOn('exists', ['user exists'], async () => {
        const command = new CreateUserCommand({
          UserId: userId.toLowerCase(),
          UserName: userName,
          Engine: engine,
          AccessString: accessString,
          AuthenticationMode:
            password === undefined
              ? { Type: 'no-password-required' }
              : { Type: 'password', Passwords: [password] },
          Tags: toTagList(tags),
        });
        await send(`Creating the user ${userId}`, command);
        return 'created';
      }),

    setPasswords: (userId, passwords) =>
      valueOn('busy', ['user not active'], async () => {
        const command = new ModifyUserCommand({
          UserId: userId.toLowerCase(),
          AuthenticationMode: { Type: 'password', Passwords: [...passwords] },
        });
        await send(`Giving the user ${userId} its password`, command);
        return 'modified';
      }),

    deleteUser: (userId) =>
      outcomeOn({ gone: ['user not found'], busy: ['user not active', 'default user in use'] }, async () => {
        await send(`Deleting the user ${userId}`, new DeleteUserCommand({ UserId: userId.toLowerCase() }));
        return 'deleting';
      }),

    readUserGroup: (userGroupId) =>
      valueOn(undefined, ['user group not found', 'operation unknown'], async () => {
        const command = new DescribeUserGroupsCommand({ UserGroupId: userGroupId.toLowerCase() });
        const { UserGroups } = await send(`Reading the user group ${userGroupId}`, command);
        return UserGroups?.map(toUserGroup)[0];
      }),

    createUserGroup: ({ userGroupId, engine, userIds, tags }) =>
      valueOn('exists', ['user group exists'], async () => {
        const create = () =>
          send(
            `Creating the user group ${userGroupId}`,
            new CreateUserGroupCommand({
              UserGroupId: userGroupId.toLowerCase(),
              Engine: engine,
              UserIds: [...userIds],
              Tags: toTagList(tags),
            }),
          );
        await untilVisible(create, clock, 'user not found');
        return 'created';
      }),

    deleteUserGroup: (userGroupId) =>
      outcomeOn({ gone: ['user group not found'], busy: ['user group not active'] }, async () => {
        const command = new DeleteUserGroupCommand({ UserGroupId: userGroupId.toLowerCase() });
        await send(`Deleting the user group ${userGroupId}`, command);
        return 'deleting';
      }),
  };
}

function toUser(user: AwsUser): User {
  return {
    userId: user.UserId ?? '',
    userName: user.UserName ?? '',
    arn: user.ARN ?? '',
    status: (user.Status ?? '').toLowerCase(),
    engine: user.Engine ?? '',
    authentication: user.Authentication?.Type ?? '',
    passwordCount: user.Authentication?.PasswordCount ?? 0,
  };
}

function toUserGroup(group: AwsUserGroup): UserGroup {
  return {
    arn: group.ARN ?? '',
    status: (group.Status ?? '').toLowerCase(),
    userIds: group.UserIds ?? [],
  };
}
