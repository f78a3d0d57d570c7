/** What AWS and the network say when something fails, as the sentences that a user reads. */
import { describe, expect, test } from 'vitest';
import { isFailure, toWizardError } from '../../src/aws/failures.ts';
import { WizardError } from '../../src/errors.ts';

const DOING = 'Creating the cache collabcanvas-redis';
const ACTION = 'elasticache:CreateReplicationGroup';
const HOST = 'elasticache.us-east-1.amazonaws.com';

function failure(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

function sentence(error: unknown): Pick<WizardError, 'code' | 'exitCode' | 'message' | 'hint'> {
  const { code, exitCode, message, hint } = toWizardError(error, DOING, ACTION, HOST);
  return { code, exitCode, message, hint };
}

describe('a refusal of AWS', () => {
  test('names the IAM action that is missing and who lacks it', () => {
    const error = failure(
      'AccessDenied',
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: elasticache:CreateReplicationGroup on resource: arn:aws:elasticache:us-east-1:111122223333:replicationgroup:collabcanvas-redis because no identity-based policy allows it',
    );
    expect(sentence(error)).toEqual({
      code: 'AccessDenied',
      exitCode: 3,
      message: `${DOING}: access denied, elasticache:CreateReplicationGroup is not allowed for arn:aws:iam::111122223333:user/ci`,
      hint: 'Allow elasticache:CreateReplicationGroup, or use other credentials (--profile).',
    });
  });

  test('names the action of the message where that is another one than was called', () => {
    const error = failure(
      'AccessDeniedException',
      'User: arn:aws:sts::111122223333:assumed-role/deploy/ci is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/execution with an explicit deny in a service control policy',
    );
    expect(sentence(error).message).toBe(
      `${DOING}: access denied, iam:PassRole is not allowed for arn:aws:sts::111122223333:assumed-role/deploy/ci (a policy denies it explicitly)`,
    );
  });

  test("names the called action where EC2's message names none", () => {
    const error = failure('UnauthorizedOperation', 'You are not authorized to perform this operation.');
    expect(sentence(error).message).toBe(`${DOING}: access denied, ${ACTION} is not allowed`);
  });

  test('tells how to make the service-linked role that ElastiCache lacks', () => {
    expect(sentence(failure('ServiceLinkedRoleNotFoundFault', 'Access denied'))).toMatchObject({
      code: 'AccessDenied',
      hint: expect.stringContaining('aws iam create-service-linked-role') as string,
    });
  });

  test.each([
    ['NodeQuotaForCustomerExceededFault', 'NodeQuotaForCustomerExceeded'],
    ['CacheSubnetQuotaExceededFault', 'CacheSubnetQuotaExceededFault'],
    ['SecurityGroupLimitExceeded', undefined],
    ['RulesPerSecurityGroupLimitExceeded', undefined],
    ['LimitExceededException', undefined],
  ])('over the quota %s ends with exit code 4', (name, Code) => {
    const { code, exitCode, message } = sentence(failure(name, 'No more of these.', { Code }));
    expect([code, exitCode]).toEqual(['QuotaExceeded', 4]);
    expect(message).toContain('No more of these.');
  });

  test('over a quota of one cluster says how to ask for more', () => {
    const { code, hint } = sentence(failure('NodeQuotaForClusterExceededFault', 'No more of these.'));
    expect(code).toBe('QuotaExceeded');
    expect(hint).toContain('--quota-code L-AF354865');
    expect(hint).not.toContain('Delete');
  });

  test('for lack of machines proposes other ones', () => {
    const { message, hint } = sentence(
      failure('InsufficientCacheClusterCapacityFault', 'None left in us-east-1e.'),
    );
    expect(message).toContain('None left in us-east-1e.');
    expect(hint).toContain('--cache-node-type');
  });

  test.each(['Throttling', 'RequestLimitExceeded', 'ThrottlingException'])('by %s is no quota', (name) => {
    expect(sentence(failure(name, 'Rate exceeded'))).toMatchObject({ code: 'OperationFailed', exitCode: 1 });
  });

  test('that nobody foresaw is told in its own words, on one line, with its wire code', () => {
    const error = failure('InvalidParameterValueException', 'The parameter\n  CacheNodeType is wrong.', {
      Code: 'InvalidParameterValue',
    });
    expect(sentence(error)).toMatchObject({
      code: 'OperationFailed',
      message: `${DOING}: The parameter CacheNodeType is wrong. (InvalidParameterValue)`,
    });
  });

  test('keeps what it was made from, for --debug', () => {
    const error = failure('InternalFailure', 'oops');
    expect(toWizardError(error, DOING, ACTION).cause).toBe(error);
  });

  test('that is a sentence already stays as it is', () => {
    const error = new WizardError('NotFound', 'Reading x: it is not there');
    expect(toWizardError(error, DOING, ACTION)).toBe(error);
  });
});

describe('credentials', () => {
  test.each([
    [
      'CredentialsProviderError',
      'Could not load credentials from any providers',
      'there are no AWS credentials',
    ],
    [
      'CredentialsProviderError',
      'Could not resolve credentials using profile: [staging] in configuration/credentials file(s).',
      'the profile staging is not in the AWS configuration files',
    ],
    [
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
      'the sign-in has expired',
    ],
    [
      'TokenProviderError',
      'Token is expired. To refresh this SSO session run aws sso login',
      'the sign-in has expired',
    ],
    [
      'CredentialsProviderError',
      'Command failed: aws-vault',
      'could not be loaded: Command failed: aws-vault',
    ],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'credentials have expired',
    ],
    ['ExpiredToken', 'The security token included in the request is expired', 'credentials have expired'],
    ['RequestExpired', 'Request has expired.', 'credentials have expired'],
    [
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      'does not know these credentials',
    ],
    [
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'does not know',
    ],
    [
      'AuthFailure',
      'AWS was not able to validate the provided access credentials',
      'does not know these credentials',
    ],
    ['SignatureDoesNotMatch', 'The request signature we calculated does not match', 'secret access key'],
    [
      'SignatureDoesNotMatch',
      'Signature expired: 20261121T000000Z is now earlier than',
      "the request's time",
    ],
  ])('%s (%s) is told as: %s', (name, message, told) => {
    const error = sentence(failure(name, message));
    expect(error).toMatchObject({ code: 'NoCredentials', exitCode: 3 });
    expect(error.message).toContain(told);
    expect(error.hint).toBeDefined();
  });
});

describe('the way to AWS', () => {
  test('a host that is not there points at the region', () => {
    const error = failure('Error', 'getaddrinfo ENOTFOUND', {
      code: 'ENOTFOUND',
      hostname: 'ecs.eu-moon-1.amazonaws.com',
    });
    expect(sentence(error)).toMatchObject({
      code: 'InvalidInput',
      exitCode: 2,
      message: `${DOING}: there is no host ecs.eu-moon-1.amazonaws.com`,
      hint: expect.stringContaining('--region') as string,
    });
  });

  test('a refused connection names address and port, also where each of several addresses refused', () => {
    const refused = { code: 'ECONNREFUSED', address: '127.0.0.1', port: 4566 };
    expect(sentence(failure('Error', 'connect ECONNREFUSED', refused)).message).toBe(
      `${DOING}: nothing listens at 127.0.0.1:4566`,
    );
    const both = failure('AggregateError', '', { code: 'ECONNREFUSED', errors: [refused, refused] });
    expect(sentence(both).message).toBe(`${DOING}: nothing listens at 127.0.0.1:4566`);
  });

  test('a connection that was cut is safe to try again', () => {
    const { message, hint } = sentence(failure('Error', 'socket hang up', { code: 'ECONNRESET' }));
    expect(message).toBe(`${DOING}: ${HOST} closed the connection`);
    expect(hint).toContain('run the same command again');
  });

  test('a host that was there before is a network that is lost: not the user’s mistake, and perhaps over soon', () => {
    for (const code of ['ENOTFOUND', 'ECONNREFUSED']) {
      const error = failure('Error', code, { code, hostname: HOST });
      expect(toWizardError(error, DOING, ACTION, HOST, false)).toMatchObject({
        exitCode: 2,
        transient: false,
      });
      const later = toWizardError(error, DOING, ACTION, HOST, true);
      expect(later).toMatchObject({ exitCode: 1, transient: true });
      expect(later.message).toMatch(/any more$/);
      expect(later.hint).toContain('run the same command again');
    }
  });

  test.each([
    [failure('Error', 'socket hang up', { code: 'ECONNRESET' }), true],
    [failure('Error', 'getaddrinfo EAI_AGAIN', { code: 'EAI_AGAIN' }), true],
    [failure('TimeoutError', 'requestTimeout'), true],
    [failure('Throttling', 'Rate exceeded'), true],
    [failure('InternalFailure', 'oops', { $metadata: { httpStatusCode: 500 } }), true],
    [failure('ServiceUnavailable', 'oops', { $metadata: { httpStatusCode: 503 } }), true],
    [failure('NotImplemented', 'oops', { $metadata: { httpStatusCode: 501 } }), false],
    [failure('AccessDenied', 'no', { $metadata: { httpStatusCode: 403 } }), false],
    [failure('ExpiredToken', 'no', { $metadata: { httpStatusCode: 400 } }), false],
    [failure('InvalidParameterValueException', 'no', { $metadata: { httpStatusCode: 400 } }), false],
  ])('%s may be over soon: %s', (error, transient) => {
    expect(toWizardError(error, DOING, ACTION, HOST, true).transient).toBe(transient);
  });

  test('no region at all', () => {
    expect(sentence(failure('Error', 'Region is missing'))).toMatchObject({
      code: 'InvalidInput',
      exitCode: 2,
    });
  });
});

describe('what the gateways expect', () => {
  test.each([
    ['ElastiCache', failure('InvalidAction', 'Could not find operation')],
    ['ECS', failure('UnknownOperationException', 'Unknown operation')],
    ['LocalStack', failure('InternalFailure', 'not implemented', { $metadata: { httpStatusCode: 501 } })],
    [
      'moto',
      failure('Error', 'XML parse error', {
        $metadata: { httpStatusCode: 500 },
        $response: { headers: { 'content-type': 'text/html; charset=utf-8' } },
      }),
    ],
  ])('an operation that is not known, as %s says it', (_, error) => {
    expect(isFailure(error, 'operation unknown')).toBe(true);
    expect(isFailure(toWizardError(error, DOING, ACTION), 'operation unknown')).toBe(true);
    expect(isFailure(failure('InternalFailure', 'oops'), 'operation unknown')).toBe(false);
  });

  test('is known by shape, by wire code, and inside a sentence', () => {
    const shape = failure('ReplicationGroupAlreadyExistsFault', 'exists', {
      Code: 'ReplicationGroupAlreadyExists',
    });
    const bare = failure('ReplicationGroupAlreadyExists', 'exists');
    expect(isFailure(shape, 'replication group exists')).toBe(true);
    expect(isFailure(bare, 'replication group exists')).toBe(true);
    expect(
      isFailure(toWizardError(shape, DOING, ACTION), 'subnet group exists', 'replication group exists'),
    ).toBe(true);
    expect(isFailure(shape, 'subnet group exists')).toBe(false);
    expect(isFailure(undefined, 'subnet group exists')).toBe(false);
  });
});
