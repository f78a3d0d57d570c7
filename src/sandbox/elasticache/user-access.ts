/** Users and user groups as the server behind a cache knows them. */
import type { NodeUser } from '../redis/acl.ts';
import { accessRules } from './user-request.ts';
import type { Authentication } from './user-request.ts';
import type { UserRecord } from './users.ts';

export function nodeUser({ userName, accessString, authentication }: UserRecord): NodeUser {
  return { name: userName, rules: [...accessRules(accessString), ...proof(authentication)] };
}

/** A command that the server does not know, in an access string: what was true before stays. */
export async function attemptAccess(
  userGroupId: string,
  apply: () => Promise<void>,
  record: (message: string) => void,
): Promise<void> {
  try {
    await apply();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    record(`Failed to apply user group ${userGroupId}: ${reason}`);
  }
}

function proof(authentication: Authentication): string[] {
  switch (authentication.type) {
    case 'password':
      return authentication.passwords.map((password) => `>${password}`);
    case 'no-password':
      return ['nopass'];
    // Nobody here can tell whether a token is signed: better no way in than one that AWS would close.
    case 'iam':
      return ['off'];
  }
}
