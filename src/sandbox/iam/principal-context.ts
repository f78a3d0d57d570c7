/** What a request says of the user who sends it (IAM User Guide, "Properties of the principal"). */
import { userArn, userId } from '../sts/sts.ts';
import type { StsOptions } from '../sts/sts.ts';
import type { ContextValues } from './policy/context.ts';

export function principalContext(user: StsOptions): ContextValues {
  return {
    'aws:username': user.userName,
    'aws:userid': userId(user),
    'aws:PrincipalArn': userArn(user),
    'aws:PrincipalAccount': user.accountId,
    'aws:PrincipalType': 'User',
  };
}
