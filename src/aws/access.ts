/** Who is let into caches: users and user groups. Expected failures are values; no waiting happens here. */
import type { Tags } from '../domain/ownership.ts';

export interface User {
  readonly userId: string;
  /** What clients name in AUTH. */
  readonly userName: string;
  readonly arn: string;
  /** active, modifying, deleting. */
  readonly status: string;
  readonly engine: string;
  /** password, no-password, iam. */
  readonly authentication: string;
  /** Each of them lets in; two at most. */
  readonly passwordCount: number;
}

export interface UserGroup {
  readonly arn: string;
  /** creating, active, modifying, deleting. */
  readonly status: string;
  readonly userIds: readonly string[];
}

export interface NewUser {
  readonly userId: string;
  /** What clients name in AUTH; `default` where they name none. */
  readonly userName: string;
  readonly engine: string;
  readonly accessString: string;
  /** Absent: none is asked for. */
  readonly password?: string;
  readonly tags: Tags;
}

export interface Access {
  readUser(userId: string): Promise<User | undefined>;
  createUser(user: NewUser): Promise<'created' | 'exists'>;
  /** Nothing but these passwords lets in as the user; two at most. */
  setPasswords(userId: string, passwords: readonly string[]): Promise<'modified' | 'busy'>;
  /** 'busy': it is not active, or a group cannot be without it. */
  deleteUser(userId: string): Promise<'deleting' | 'gone' | 'busy'>;
  readUserGroup(userGroupId: string): Promise<UserGroup | undefined>;
  createUserGroup(group: {
    userGroupId: string;
    engine: string;
    userIds: readonly string[];
    tags: Tags;
  }): Promise<'created' | 'exists'>;
  deleteUserGroup(userGroupId: string): Promise<'deleting' | 'gone' | 'busy'>;
}
