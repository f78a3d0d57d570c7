/** AWS Security Token Service: who the caller is. */
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Handler, Operations } from '../service.ts';

export interface StsOptions {
  readonly accountId: string;
  readonly userName: string;
}

export function createSts({ accountId, userName }: StsOptions): { operations: Operations } {
  const getCallerIdentity: Handler<GetCallerIdentityRequest, GetCallerIdentityResponse> = () => ({
    UserId: userId({ userName }),
    Account: accountId,
    Arn: userArn({ accountId, userName }),
  });
  return { operations: { GetCallerIdentity: getCallerIdentity } };
}

export function userArn({ accountId, userName }: StsOptions): string {
  return `arn:aws:iam::${accountId}:user/${userName}`;
}

export function userId({ userName }: Pick<StsOptions, 'userName'>): string {
  return `AIDA${userName.toUpperCase().padEnd(17, '0')}`;
}
