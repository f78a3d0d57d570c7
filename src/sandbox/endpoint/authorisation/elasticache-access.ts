/**
 * Serverless caches, users and user groups (Service Authorization Reference, "Amazon ElastiCache"). A serverless cache
 * is reached through a VPC endpoint that ElastiCache makes in the caller's name, so the caller needs the right to that.
 */
import type {
  CacheUsageLimits,
  CopyServerlessCacheSnapshotRequest,
  CreateServerlessCacheRequest,
  CreateServerlessCacheSnapshotRequest,
  CreateUserGroupMessage,
  CreateUserMessage,
  DeleteServerlessCacheRequest,
  ModifyServerlessCacheRequest,
  ModifyUserGroupMessage,
  ModifyUserMessage,
} from '@aws-sdk/client-elasticache';
import { arnsOf } from '../../elasticache/arn.ts';
import type { ResourceType } from '../../elasticache/arn.ts';
import type { ContextValues } from '../../iam/policy/context.ts';
import { made, on } from './permission.ts';
import type { Needs, PermissionRules, Place, Resource } from './permission.ts';

export function elasticacheAccessPermissions({ region, accountId }: Place): PermissionRules {
  const arnOf = arnsOf(region, accountId);
  const arn = (type: ResourceType, name = ''): string => arnOf(type, name.toLowerCase());
  const optional = (type: ResourceType, names: readonly (string | undefined)[]): Resource[] =>
    names.flatMap((name) => (name === undefined ? [] : [{ arn: arn(type, name) }]));
  /** A request that names none is about all of them. */
  const about = (type: ResourceType, member: string) => (input: Readonly<Record<string, string>>) =>
    on(arn(type, input[member] ?? '*'));
  const endpoint = `arn:aws:ec2:${region}:${accountId}:vpc-endpoint/*`;

  return {
    CreateServerlessCache: (input: CreateServerlessCacheRequest): Needs => ({
      ...on(
        made(arn('serverlesscache', input.ServerlessCacheName), serverlessContext(input)),
        ...optional('usergroup', [input.UserGroupId]),
      ),
      further: [
        { action: 'ec2:CreateVpcEndpoint', resources: [{ arn: endpoint }] },
        {
          action: 'ec2:CreateTags',
          resources: [made(endpoint, { 'ec2:CreateAction': 'CreateVpcEndpoint' })],
        },
      ],
    }),
    ModifyServerlessCache: (input: ModifyServerlessCacheRequest) =>
      on(
        { arn: arn('serverlesscache', input.ServerlessCacheName), context: serverlessContext(input) },
        ...optional('usergroup', [input.UserGroupId]),
      ),
    DeleteServerlessCache: (input: DeleteServerlessCacheRequest) =>
      on(
        arn('serverlesscache', input.ServerlessCacheName),
        ...optional('serverlesscachesnapshot', [input.FinalSnapshotName]),
      ),
    DescribeServerlessCaches: about('serverlesscache', 'ServerlessCacheName'),
    CreateServerlessCacheSnapshot: (input: CreateServerlessCacheSnapshotRequest) =>
      on(
        made(arn('serverlesscachesnapshot', input.ServerlessCacheSnapshotName)),
        arn('serverlesscache', input.ServerlessCacheName),
      ),
    CopyServerlessCacheSnapshot: (input: CopyServerlessCacheSnapshotRequest) =>
      on(
        made(arn('serverlesscachesnapshot', input.TargetServerlessCacheSnapshotName)),
        arn('serverlesscachesnapshot', input.SourceServerlessCacheSnapshotName),
      ),
    DeleteServerlessCacheSnapshot: about('serverlesscachesnapshot', 'ServerlessCacheSnapshotName'),
    DescribeServerlessCacheSnapshots: about('serverlesscachesnapshot', 'ServerlessCacheSnapshotName'),

    CreateUser: (input: CreateUserMessage) => on(made(arn('user', input.UserId), userContext(input))),
    ModifyUser: (input: ModifyUserMessage) =>
      on({ arn: arn('user', input.UserId), context: userContext(input) }),
    DeleteUser: about('user', 'UserId'),
    DescribeUsers: about('user', 'UserId'),
    CreateUserGroup: (input: CreateUserGroupMessage) =>
      on(made(arn('usergroup', input.UserGroupId)), ...optional('user', input.UserIds ?? [])),
    ModifyUserGroup: (input: ModifyUserGroupMessage) =>
      on(
        arn('usergroup', input.UserGroupId),
        ...optional('user', [...(input.UserIdsToAdd ?? []), ...(input.UserIdsToRemove ?? [])]),
      ),
    DeleteUserGroup: about('usergroup', 'UserGroupId'),
    DescribeUserGroups: about('usergroup', 'UserGroupId'),
  };
}

function serverlessContext(
  input: Partial<CreateServerlessCacheRequest & ModifyServerlessCacheRequest>,
): ContextValues {
  const { DataStorage, ECPUPerSecond }: CacheUsageLimits = input.CacheUsageLimits ?? {};
  return {
    'elasticache:EngineType': input.Engine,
    'elasticache:EngineVersion': input.MajorEngineVersion,
    'elasticache:KmsKeyId': input.KmsKeyId,
    'elasticache:SnapshotRetentionLimit': input.SnapshotRetentionLimit,
    'elasticache:MinimumDataStorage': DataStorage?.Minimum,
    'elasticache:MaximumDataStorage': DataStorage?.Maximum,
    'elasticache:DataStorageUnit': DataStorage?.Unit,
    'elasticache:MinimumECPUPerSecond': ECPUPerSecond?.Minimum,
    'elasticache:MaximumECPUPerSecond': ECPUPerSecond?.Maximum,
  };
}

function userContext({
  AuthenticationMode,
  NoPasswordRequired,
  Passwords,
}: Pick<
  CreateUserMessage & ModifyUserMessage,
  'AuthenticationMode' | 'NoPasswordRequired' | 'Passwords'
>): ContextValues {
  const implied = NoPasswordRequired ? 'no-password-required' : Passwords?.length ? 'password' : undefined;
  return { 'elasticache:UserAuthenticationMode': AuthenticationMode?.Type ?? implied };
}
