/** The one user that every account has. User groups (RBAC) cannot be made in the sandbox. */
import type { DescribeUserGroupsMessage, DescribeUsersMessage, User } from '@aws-sdk/client-elasticache';
import { ServiceError } from '../service.ts';
import type { Operations } from '../service.ts';
import type { Arn } from './arn.ts';
import { page } from './paging.ts';

export function userOperations(arn: Arn): Operations {
  const defaultUser: User = {
    UserId: 'default',
    UserName: 'default',
    Status: 'active',
    Engine: 'redis',
    MinimumEngineVersion: '6.0',
    AccessString: 'on ~* +@all',
    UserGroupIds: [],
    Authentication: { Type: 'no-password' },
    ARN: arn('user', 'default'),
  };
  return {
    DescribeUsers(input: DescribeUsersMessage) {
      if (input.UserId && input.UserId !== defaultUser.UserId) {
        throw new ServiceError('UserNotFoundFault', `User ${input.UserId} not found.`);
      }
      const users = !input.Engine || input.Engine === defaultUser.Engine ? [defaultUser] : [];
      const { items, Marker } = page(users, input);
      return { Marker, Users: items };
    },
    DescribeUserGroups({ UserGroupId }: DescribeUserGroupsMessage) {
      if (UserGroupId)
        throw new ServiceError('UserGroupNotFoundFault', `User group ${UserGroupId} not found.`);
      return { UserGroups: [] };
    },
  };
}
