/**
 * What AWS says when it refuses, in the wizard's words. The only place where AWS's error names are spelled: query
 * services put the shape into `name` and the wire code into `Code`, EC2 and the JSON services have `name` alone.
 */
import { askForNodes } from '../domain/limits.ts';
import { WizardError } from '../errors.ts';
import { awsErrorOf, isNamed } from './aws-error.ts';
import type { AwsError } from './aws-error.ts';
import { connectionProblem, strangeAnswer } from './connection-problem.ts';
import type { Problem } from './problem.ts';

/** The failures that the gateways expect, by what they mean. */
const EXPECTED = {
  'alarm not found': ['ResourceNotFound', 'ResourceNotFoundException'],
  'cache cluster not found': ['CacheClusterNotFoundFault', 'CacheClusterNotFound'],
  'cache cluster not available': ['InvalidCacheClusterStateFault', 'InvalidCacheClusterState'],
  'default user in use': ['DefaultUserAssociatedToUserGroupFault', 'DefaultUserAssociatedToUserGroup'],
  'dependency violation': ['DependencyViolation', 'InvalidGroup.InUse'],
  'ecs cluster not found': ['ClusterNotFoundException'],
  'instance not managed': ['InvalidInstanceId'],
  'failover not offered': ['TestFailoverNotAvailableFault'],
  'invalid combination': ['InvalidParameterCombinationException', 'InvalidParameterCombination'],
  'iam entity not found': ['NoSuchEntityException', 'NoSuchEntity'],
  'invalid value': ['InvalidParameterValueException', 'InvalidParameterValue'],
  'invalid ecs request': ['ClientException', 'InvalidParameterException'],
  'invocation not found': ['InvocationDoesNotExist'],
  'log group or stream not found': ['ResourceNotFoundException'],
  'operation unknown': [
    'InvalidAction',
    'NotImplemented',
    'NotImplementedException',
    'UnknownOperationException',
  ],
  'parameter exists': ['ParameterAlreadyExists'],
  'parameter group busy': ['InvalidCacheParameterGroupStateFault', 'InvalidCacheParameterGroupState'],
  'parameter group exists': ['CacheParameterGroupAlreadyExistsFault', 'CacheParameterGroupAlreadyExists'],
  'parameter group not found': ['CacheParameterGroupNotFoundFault', 'CacheParameterGroupNotFound'],
  'parameter not found': ['ParameterNotFound', 'ParameterVersionNotFound'],
  'replication group exists': ['ReplicationGroupAlreadyExistsFault', 'ReplicationGroupAlreadyExists'],
  'replication group not available': ['InvalidReplicationGroupStateFault', 'InvalidReplicationGroupState'],
  'replication group not found': ['ReplicationGroupNotFoundFault', 'ReplicationGroupNotFound'],
  'reserved nodes offering not found': [
    'ReservedCacheNodesOfferingNotFoundFault',
    'ReservedCacheNodesOfferingNotFound',
  ],
  'rule exists': ['InvalidPermission.Duplicate'],
  'rule not found': ['InvalidPermission.NotFound'],
  'secret deleted': ['InvalidRequestException'],
  'secret exists': ['ResourceExistsException'],
  'secret not found': ['ResourceNotFoundException'],
  'security group exists': ['InvalidGroup.Duplicate'],
  'security group not found': [
    'InvalidGroup.NotFound',
    'InvalidGroupId.NotFound',
    'InvalidSecurityGroupID.NotFound',
  ],
  'serverless cache exists': ['ServerlessCacheAlreadyExistsFault'],
  'serverless cache not available': ['InvalidServerlessCacheStateFault'],
  'serverless cache not found': ['ServerlessCacheNotFoundFault'],
  'serverless snapshot exists': ['ServerlessCacheSnapshotAlreadyExistsFault'],
  'serverless snapshot not available': ['InvalidServerlessCacheSnapshotStateFault'],
  'serverless snapshot not found': ['ServerlessCacheSnapshotNotFoundFault'],
  'service deployment over': ['ConflictException', 'ServiceDeploymentNotFoundException'],
  'snapshot exists': ['SnapshotAlreadyExistsFault'],
  'snapshot not available': ['InvalidSnapshotStateFault', 'InvalidSnapshotState'],
  'snapshot not found': ['SnapshotNotFoundFault'],
  'snapshot not supported': ['SnapshotFeatureNotSupportedFault'],
  'tags refused': [],
  'subnet group exists': ['CacheSubnetGroupAlreadyExistsFault', 'CacheSubnetGroupAlreadyExists'],
  'subnet group in use': ['CacheSubnetGroupInUse'],
  'subnet group not found': ['CacheSubnetGroupNotFoundFault', 'CacheSubnetGroupNotFound'],
  'target not connected': ['TargetNotConnected'],
  'target group not found': ['TargetGroupNotFoundException', 'TargetGroupNotFound'],
  'too many failovers': ['APICallRateForCustomerExceededFault', 'APICallRateForCustomerExceeded'],
  'too many updates': ['TooManyUpdates'],
  'topic not found': ['NotFoundException', 'NotFound', 'ResourceNotFoundException', 'ResourceNotFound'],
  'user exists': ['UserAlreadyExistsFault', 'UserAlreadyExists'],
  'user group exists': ['UserGroupAlreadyExistsFault', 'UserGroupAlreadyExists'],
  'user group not active': ['InvalidUserGroupStateFault', 'InvalidUserGroupState'],
  'user group not found': ['UserGroupNotFoundFault', 'UserGroupNotFound'],
  'user not active': ['InvalidUserStateFault', 'InvalidUserState'],
  'user not found': ['UserNotFoundFault', 'UserNotFound'],
  'vpc not found': ['InvalidVpcID.NotFound'],
} as const satisfies Record<string, readonly string[]>;

export type Failure = keyof typeof EXPECTED;

/** Whether AWS refused for one of these reasons; also when the refusal is already the cause of a sentence of ours. */
export function isFailure(error: unknown, ...failures: readonly Failure[]): boolean {
  const found = awsErrorOf(error);
  return failures.some(
    (failure) =>
      isNamed(found, EXPECTED[failure]) ||
      (failure === 'operation unknown' && isUnimplemented(found)) ||
      (failure === 'tags refused' && isRefusalOfTags(found)),
  );
}

/** No error has a name of its own for it, and no two partitions the same words. */
function isRefusalOfTags({ httpStatus, message }: AwsError): boolean {
  const refused =
    /not (currently )?(supported|allowed|available|recognized|permitted)|unsupported|unknown|unrecogni/i;
  return httpStatus !== undefined && httpStatus < 500 && /\btags?\b/i.test(message) && refused.test(message);
}

/** Other makes of AWS's API know fewer operations: LocalStack answers 501, moto the page of a server that failed. */
function isUnimplemented({ httpStatus, contentType }: AwsError): boolean {
  return httpStatus === 501 || (httpStatus === 500 && contentType?.startsWith('text/html') === true);
}

/** AWS's own words, for the failures that only their text tells apart. */
export function failureText(error: unknown): string {
  return awsErrorOf(error).message;
}

/**
 * `doing` is what was being done ('Creating the security group collabcanvas-redis-sg'), `action` the IAM action that
 * it takes, `host` whom the request went to, `reached` whether it has answered before.
 */
export function toWizardError(
  error: unknown,
  doing: string,
  action: string,
  host?: string,
  reached = false,
): WizardError {
  if (error instanceof WizardError) return error;
  const failure = awsErrorOf(error);
  const problem =
    credentialsProblem(failure) ??
    accessProblem(failure, action) ??
    throttlingProblem(failure) ??
    quotaProblem(failure) ??
    capacityProblem(failure) ??
    regionProblem(failure) ??
    strangeAnswer(failure, host) ??
    connectionProblem(failure, host, reached) ??
    anyOther(failure);
  return new WizardError(problem.code, `${doing}: ${problem.reason}`, {
    hint: problem.hint,
    cause: error,
    transient: problem.transient ?? isPassing(failure.httpStatus),
  });
}

/** A service, or a proxy before it, that is out of order for a moment. */
function isPassing(httpStatus: number | undefined): boolean {
  return httpStatus !== undefined && [500, 502, 503, 504].includes(httpStatus);
}

function credentialsProblem(error: AwsError): Problem | undefined {
  const profile = /profile: \[(.+?)\]|^Profile (\S+) /.exec(error.message)?.slice(1).find(Boolean);
  if (isNamed(error, ['CredentialsProviderError', 'TokenProviderError'])) {
    if (/expired|aws sso login|aws login|re-?authenticate/i.test(error.message)) {
      return noCredentials(
        'the sign-in has expired',
        `Sign in again: aws sso login${profile ? ` --profile ${profile}` : ''}.`,
      );
    }
    if (profile !== undefined && /could not (be found|resolve)/i.test(error.message)) {
      return noCredentials(
        `the profile ${profile} is not in the AWS configuration files, or has no credentials`,
        'See the profiles there are with: aws configure list-profiles.',
      );
    }
    if (/^Could not load credentials/i.test(error.message)) {
      return noCredentials(
        'there are no AWS credentials',
        'Name a profile (--profile), sign in (aws sso login), or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      );
    }
    return noCredentials(
      `the AWS credentials could not be loaded: ${error.message}`,
      'Try: aws sts get-caller-identity.',
    );
  }
  if (isNamed(error, ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'])) {
    return noCredentials(
      'the AWS credentials have expired',
      'Get new ones (aws sso login), then run the same command again.',
    );
  }
  if (
    /signature (not yet current|expired)/i.test(error.message) ||
    isNamed(error, ['RequestTimeTooSkewed'])
  ) {
    return noCredentials("AWS refuses the request's time", "Is this machine's clock right?");
  }
  if (isNamed(error, ['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'])) {
    return noCredentials(
      'the secret access key does not belong to the access key',
      'Check AWS_SECRET_ACCESS_KEY, or the profile.',
    );
  }
  if (
    isNamed(error, [
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'AuthFailure',
      'MissingAuthenticationToken',
    ])
  ) {
    return noCredentials(
      'AWS does not know these credentials in this region',
      'Check the access key and the session token, and whether the region is enabled for the account.',
    );
  }
  return undefined;
}

function noCredentials(reason: string, hint: string): Problem {
  return { code: 'NoCredentials', reason, hint };
}

function accessProblem(error: AwsError, action: string): Problem | undefined {
  if (isNamed(error, ['ServiceLinkedRoleNotFoundFault'])) {
    return {
      code: 'AccessDenied',
      reason:
        'ElastiCache has no service-linked role in this account, and iam:CreateServiceLinkedRole is not allowed',
      hint: 'Have an administrator run: aws iam create-service-linked-role --aws-service-name elasticache.amazonaws.com',
    };
  }
  const denied = [
    'AccessDenied',
    'AccessDeniedException',
    'AuthorizationError',
    'NotAuthorized',
    'UnauthorizedOperation',
  ];
  if (!isNamed(error, denied)) return undefined;
  // What is missing need not be what was called: registering a task definition takes iam:PassRole.
  const missing = /not authorized to perform:? ([a-z0-9-]+:\w+)/i.exec(error.message)?.[1] ?? action;
  const caller = /User: (arn:\S+)/.exec(error.message)?.[1];
  const forbidden = /explicit deny/i.test(error.message) ? ' (a policy denies it explicitly)' : '';
  return {
    code: 'AccessDenied',
    reason: `access denied, ${missing} is not allowed${caller === undefined ? '' : ` for ${caller}`}${forbidden}`,
    hint: `Allow ${missing}, or use other credentials (--profile).`,
  };
}

function throttlingProblem(error: AwsError): Problem | undefined {
  const names = [
    'PriorRequestNotComplete',
    'RequestLimitExceeded',
    'RequestThrottled',
    'RequestThrottledException',
  ];
  names.push(
    'SlowDown',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
  );
  if (!isNamed(error, names) && error.httpStatus !== 429) return undefined;
  return {
    code: 'OperationFailed',
    reason: 'AWS answered several times in a row that there are too many requests',
    hint: 'Wait a minute, then run the same command again: it goes on from here.',
    transient: true,
  };
}

function quotaProblem(error: AwsError): Problem | undefined {
  // Each quota has an error of its own: NodeQuotaForCustomerExceededFault, RulesPerSecurityGroupLimitExceeded.
  const name = [error.name, error.wireCode].find(
    (each) => each !== undefined && /(Quota|Limit)\w*Exceeded|^TooManyTags/.test(each),
  );
  if (name === undefined) return undefined;
  return {
    code: 'QuotaExceeded',
    reason: `a quota of the account is used up: ${error.message} (${name})`,
    // Of one cluster: to delete others would not help.
    hint: /^NodeQuotaForCluster|^NodeGroupsPerReplicationGroup/.test(name)
      ? `Say fewer --shards or --replicas, or ask for more: ${askForNodes('<nodes>')}.`
      : 'Delete what is not needed any more, or ask for more in the Service Quotas console.',
  };
}

function capacityProblem(error: AwsError): Problem | undefined {
  if (!isNamed(error, ['InsufficientCacheClusterCapacityFault', 'InsufficientCacheClusterCapacity']))
    return undefined;
  return {
    code: 'OperationFailed',
    reason: `AWS has no capacity for this node type in these zones now: ${error.message}`,
    hint: 'Try another --cache-node-type, subnets in other zones (--subnets), or the same again later.',
  };
}

function regionProblem(error: AwsError): Problem | undefined {
  if (!/^Region (is missing|not accepted)/.test(error.message)) return undefined;
  return { code: 'InvalidInput', reason: 'there is no valid region', hint: 'Name it: --region us-east-1.' };
}

function anyOther(error: AwsError): Problem {
  const name = error.wireCode ?? error.name;
  const message = error.message === '' ? 'AWS gave no reason' : error.message;
  const reason = name === 'Error' ? message : `${message} (${name})`;
  const hint = isPassing(error.httpStatus)
    ? 'AWS failed several times in a row. Run the same command again in a minute: it goes on from here.'
    : 'Mend what AWS objects to, then run the same command again: it goes on from here. --debug prints all that AWS said.';
  return { code: 'OperationFailed', reason, hint };
}
