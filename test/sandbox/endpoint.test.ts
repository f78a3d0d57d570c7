/** The endpoint as its users meet it: who gets in, what goes wrong on purpose, what may be done, what was called. */
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { CreateSecurityGroupCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateCacheSubnetGroupCommand,
  DescribeCacheSubnetGroupsCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, VirtualClock } from '../../src/clock.ts';
import type { Identity } from '../../src/sandbox/endpoint/account-directory.ts';
import { startEndpoint } from '../../src/sandbox/endpoint/endpoint.ts';
import { createSts } from '../../src/sandbox/sts/sts.ts';
import { clientOptions, startFakeEndpoint } from './fake-endpoint.ts';
import type { FakeEndpoint, Services } from './fake-endpoint.ts';

/** Enough of AWS to see whether something was made, and where. */
function smallServices(identity: Identity): Services {
  const groups: string[] = [];
  return {
    sts: createSts(identity).operations,
    elasticache: {
      CreateCacheSubnetGroup: ({ CacheSubnetGroupName }: { CacheSubnetGroupName: string }) => {
        groups.push(CacheSubnetGroupName);
        return { CacheSubnetGroup: { CacheSubnetGroupName } };
      },
      DescribeCacheSubnetGroups: () => ({
        CacheSubnetGroups: groups.map((CacheSubnetGroupName) => ({ CacheSubnetGroupName })),
      }),
    },
    ec2: { DescribeVpcs: () => ({ Vpcs: [] }), CreateSecurityGroup: () => ({ GroupId: 'sg-1' }) },
    ecs: { DescribeClusters: () => ({ clusters: [] }) },
  };
}

let endpoint: FakeEndpoint;
let elasticache: ElastiCacheClient;
let ec2: EC2Client;
let ecs: ECSClient;
let sts: STSClient;

beforeEach(async () => {
  await start(new VirtualClock({ auto: false, start: Date.UTC(2026, 10, 21) }));
});

afterEach(() => stop());

async function start(clock: VirtualClock | ReturnType<typeof systemClock>): Promise<void> {
  endpoint = await startFakeEndpoint(smallServices, clock);
  const options = clientOptions(endpoint, endpoint.identity);
  elasticache = new ElastiCacheClient(options);
  ec2 = new EC2Client(options);
  ecs = new ECSClient(options);
  sts = new STSClient(options);
}

async function stop(): Promise<void> {
  for (const client of [elasticache, ec2, ecs, sts]) client.destroy();
  await endpoint.close();
}

const createGroup = (name = 'group'): Promise<unknown> =>
  elasticache.send(
    new CreateCacheSubnetGroupCommand({
      CacheSubnetGroupName: name,
      CacheSubnetGroupDescription: 'for a test',
      SubnetIds: ['subnet-1'],
    }),
  );
const createSecurityGroup = (tags: { Key: string; Value: string }[] = []): Promise<unknown> =>
  ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'sg',
      Description: 'for a test',
      ...(tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group', Tags: tags }] }),
    }),
  );
const describeVpcs = (): Promise<unknown> => ec2.send(new DescribeVpcsCommand());
const describeClusters = (): Promise<unknown> => ecs.send(new DescribeClustersCommand());

async function groupsSeenBy(client: ElastiCacheClient): Promise<(string | undefined)[]> {
  const { CacheSubnetGroups = [] } = await client.send(new DescribeCacheSubnetGroupsCommand());
  return CacheSubnetGroups.map(({ CacheSubnetGroupName }) => CacheSubnetGroupName);
}

function control(
  method: string,
  path: string,
  body?: unknown,
  token = endpoint.controlToken,
): Promise<Response> {
  return fetch(`${endpoint.url}/_sandbox/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** With headers that `fetch` would not let a caller set. */
function rawStatus(
  headers: Record<string, string>,
  body: string | Buffer = '',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(endpoint.url, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject).end(body);
  });
}

function signed(service: string, accessKeyId = endpoint.identity.accessKeyId): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  };
}

describe('who gets in', () => {
  it('nobody under a foreign host name, as when a web page points its own name at the loopback', async () => {
    const answer = await rawStatus({ ...signed('sts'), host: 'evil.example:80' }, 'Action=GetCallerIdentity');
    expect(answer).toEqual({
      status: 403,
      body: "the Host header evil.example:80 is not this machine's loopback",
    });
  });

  it('nobody from a foreign web page', async () => {
    const answer = await rawStatus(
      { ...signed('sts'), origin: 'https://evil.example' },
      'Action=GetCallerIdentity',
    );
    expect(answer.status).toBe(403);
    expect((await rawStatus({ ...signed('sts'), origin: 'null' })).status).toBe(403);
  });

  it('nobody without a signature', async () => {
    const answer = await rawStatus(
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Action=GetCallerIdentity',
    );
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('nobody with an access key that does not exist, each service saying so in its own way', async () => {
    const stranger = { ...endpoint.identity, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    const options = clientOptions(endpoint, stranger);
    await expect(new STSClient(options).send(new GetCallerIdentityCommand())).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(new EC2Client(options).send(new DescribeVpcsCommand())).rejects.toMatchObject({
      name: 'AuthFailure',
    });
    await expect(new ECSClient(options).send(new DescribeClustersCommand())).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it('a client with the key, who learns who it is', async () => {
    expect(await sts.send(new GetCallerIdentityCommand())).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:user/sandbox',
    });
  });

  it('also with a compressed body, as the AWS CLI sends large ones', async () => {
    const answer = await rawStatus(
      { ...signed('sts'), 'content-encoding': 'gzip' },
      gzipSync('Action=GetCallerIdentity&Version=2011-06-15'),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<Account>111122223333</Account>');
  });

  it('but not for a service that the sandbox does not have', async () => {
    const answer = await rawStatus(
      { ...signed('dynamodb'), 'content-type': 'application/x-amz-json-1.0' },
      '{}',
    );
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'UnknownOperationException',
      message: 'the sandbox does not have the service dynamodb',
    });
  });

  it('nor for an operation without behaviour, which is unknown like any other', async () => {
    const answer = await rawStatus(signed('elasticache'), 'Action=CreateReplicationGroup&Version=2015-02-02');
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('<Code>InvalidAction</Code>');
  });
});

describe('accounts and regions', () => {
  it('are worlds of their own', async () => {
    await createGroup('only-here');
    const elsewhere = new ElastiCacheClient(clientOptions(endpoint, endpoint.identity, 'eu-west-1'));
    const other = endpoint.newIdentity();
    const another = new ElastiCacheClient(clientOptions(endpoint, other));
    expect(await groupsSeenBy(elasticache)).toEqual(['only-here']);
    expect(await groupsSeenBy(elsewhere)).toEqual([]);
    expect(await groupsSeenBy(another)).toEqual([]);
    expect(other.accountId).not.toBe(endpoint.identity.accountId);
  });
});

describe('faults', () => {
  it('throttle each service in its own words', async () => {
    endpoint.faults.add({ kind: 'throttle' });
    await expect(createGroup()).rejects.toMatchObject({ name: 'Throttling' });
    await expect(describeVpcs()).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    await expect(describeClusters()).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('answer with a server error, or with any error at all', async () => {
    const remove = endpoint.faults.add({ kind: 'error' });
    await expect(createGroup()).rejects.toMatchObject({
      name: 'InternalFailure',
      $metadata: { httpStatusCode: 500 },
    });
    remove();
    endpoint.faults.add({ kind: 'error', code: 'CacheSubnetGroupNotFoundFault', message: 'not found yet' });
    await expect(groupsSeenBy(elasticache)).rejects.toMatchObject({
      name: 'CacheSubnetGroupNotFoundFault',
      message: 'not found yet',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('deny access and expire credentials', async () => {
    endpoint.faults.add({ kind: 'access-denied', service: 'elasticache' });
    endpoint.faults.add({ kind: 'expired-token', service: 'ecs' });
    await expect(createGroup()).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(describeClusters()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  it("answer with a proxy's page", async () => {
    endpoint.faults.add({ kind: 'html' });
    await expect(describeVpcs()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  it('answer with a log-in page, as if all were well', async () => {
    endpoint.faults.add({ kind: 'html', status: 200 });
    expect(await describeVpcs()).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it('answer a read with what it was answered before, and a write as ever', async () => {
    const remove = endpoint.faults.add({ kind: 'stale' });
    expect(await groupsSeenBy(elasticache)).toEqual([]);
    await createGroup('made');
    expect(await groupsSeenBy(elasticache)).toEqual([]);
    expect(await groupsSeenBy(elasticache)).toEqual(['made']);
    remove();
  });

  it('answer late, with what was done', async () => {
    endpoint.faults.add({ kind: 'slow', nth: 1, delayMs: 200 });
    const abortSignal = AbortSignal.timeout(40);
    await expect(ecs.send(new DescribeClustersCommand(), { abortSignal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(endpoint.calls.list()).toMatchObject([{ outcome: 'ok', fault: 'slow' }]);
  });

  it('cut the connection before anything was done', async () => {
    const remove = endpoint.faults.add({ kind: 'reset' });
    await expect(createGroup()).rejects.toMatchObject({ code: 'ECONNRESET' });
    remove();
    expect(await groupsSeenBy(elasticache)).toEqual([]);
  });

  it('lose the answer to what was done', async () => {
    const remove = endpoint.faults.add({ kind: 'lost-response' });
    await expect(createGroup('made')).rejects.toMatchObject({ code: 'ECONNRESET' });
    remove();
    expect(await groupsSeenBy(elasticache)).toEqual(['made']);
    expect(endpoint.calls.list()[0]).toMatchObject({ outcome: 'ok', fault: 'lost-response' });
  });

  it('never answer', async () => {
    endpoint.faults.add({ kind: 'timeout' });
    const abortSignal = AbortSignal.timeout(40);
    await expect(ecs.send(new DescribeClustersCommand(), { abortSignal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('befall the nth call of an action, as often as they are told to', async () => {
    endpoint.faults.add({ kind: 'throttle', service: 'elasticache', action: 'Create*', nth: 2, times: 2 });
    const outcomes: string[] = [];
    for (let call = 0; call < 5; call += 1) {
      await describeVpcs();
      outcomes.push(
        await createGroup().then(
          () => 'ok',
          (error: unknown) => (error as Error).name,
        ),
      );
    }
    expect(outcomes).toEqual(['ok', 'Throttling', 'Throttling', 'ok', 'ok']);
  });

  it('befall a share of the calls, evenly, so that a run can be repeated', async () => {
    endpoint.faults.add({ kind: 'throttle', rate: 0.25 });
    const outcomes: string[] = [];
    for (let call = 0; call < 8; call += 1) {
      outcomes.push(
        await createGroup().then(
          () => 'ok',
          (error: unknown) => (error as Error).name,
        ),
      );
    }
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'Throttling', 'ok', 'ok', 'ok', 'Throttling']);
  });

  it('can be set from outside with the control token, and taken away again', async () => {
    expect((await control('POST', 'faults', { kind: 'throttle' })).status).toBe(200);
    await expect(createGroup()).rejects.toMatchObject({ name: 'Throttling' });
    expect((await control('DELETE', 'faults')).status).toBe(200);
    await createGroup();
    const wrong = await control('POST', 'faults', { kind: 'earthquake' });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(await wrong.json())).toContain('kind');
  });
});

describe('a policy', () => {
  const allow = (...actions: string[]) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  });

  it('denies what it does not allow, in the words of the service', async () => {
    endpoint.setPolicy(allow('elasticache:Describe*'));
    expect(await groupsSeenBy(elasticache)).toEqual([]);
    await expect(createGroup()).rejects.toMatchObject({
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::111122223333:user/sandbox is not authorized to perform: elasticache:CreateCacheSubnetGroup on resource: arn:aws:elasticache:us-east-1:111122223333:subnetgroup:group because no identity-based policy allows the elasticache:CreateCacheSubnetGroup action',
    });
    await expect(describeVpcs()).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await expect(describeClusters()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await sts.send(new GetCallerIdentityCommand())).toMatchObject({ Account: '111122223333' });
  });

  it('can take away with Deny and NotAction', async () => {
    endpoint.setPolicy({
      Statement: [
        { Effect: 'Allow', NotAction: 'ecs:*', Resource: ['*'] },
        { Effect: 'Deny', Action: 'ec2:describevpcs', Resource: '*' },
      ],
    });
    await createGroup();
    await expect(describeClusters()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(describeVpcs()).rejects.toThrow('with an explicit deny in an identity-based policy');
  });

  it('wants the permission to tag for tags that are given while something is made', async () => {
    endpoint.setPolicy(allow('ec2:CreateSecurityGroup'));
    await createSecurityGroup();
    await expect(createSecurityGroup([{ Key: 'project', Value: 'a' }])).rejects.toThrow(
      'not authorized to perform: ec2:CreateTags',
    );
    endpoint.setPolicy(allow('ec2:CreateSecurityGroup', 'ec2:CreateTags'));
    await createSecurityGroup([{ Key: 'project', Value: 'a' }]);
  });

  it('is refused when it holds what cannot be enforced', async () => {
    const refusal = async (statement: object): Promise<string> => {
      const answer = await control('POST', 'policy', {
        Statement: { Effect: 'Allow', Action: '*', Resource: '*', ...statement },
      });
      expect(answer.status).toBe(400);
      return JSON.stringify(await answer.json());
    };
    expect(await refusal({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })).toContain(
      'aws:MultiFactorAuthPresent cannot be enforced by the sandbox',
    );
    expect(await refusal({ Condition: { StringMatches: { 'aws:RequestTag/a': 'b' } } })).toContain(
      'Invalid Condition type : StringMatches',
    );
    expect(await refusal({ Principal: '*' })).toContain('Principal');
    expect(await refusal({ Resource: 'collabcanvas-redis' })).toContain('Resource must be in ARN format');
    await createGroup();
  });

  it('can be set and lifted from outside', async () => {
    await control('POST', 'policy', allow('ecs:*'));
    await expect(createGroup()).rejects.toMatchObject({ name: 'AccessDenied' });
    await control('DELETE', 'policy');
    await createGroup();
  });
});

describe('the list of calls', () => {
  it('has every call with its outcome, and says which may have changed something', async () => {
    await createGroup();
    await describeVpcs();
    endpoint.setPolicy({ Statement: { Effect: 'Deny', Action: '*', Resource: '*' } });
    await createGroup().catch(() => undefined);
    const answer = await control('GET', 'calls');
    expect(await answer.json()).toMatchObject([
      {
        service: 'elasticache',
        action: 'CreateCacheSubnetGroup',
        region: 'us-east-1',
        outcome: 'ok',
        write: true,
      },
      { service: 'ec2', action: 'DescribeVpcs', at: '2026-11-21T00:00:00.000Z', outcome: 'ok', write: false },
      { service: 'elasticache', action: 'CreateCacheSubnetGroup', outcome: 'AccessDenied', write: true },
    ]);
    await control('DELETE', 'calls');
    expect(endpoint.calls.list()).toEqual([]);
  });
});

describe('the control API', () => {
  it('is closed without its token', async () => {
    expect((await control('GET', 'calls', undefined, 'wrong')).status).toBe(401);
    expect((await fetch(`${endpoint.url}/_sandbox/calls`)).status).toBe(401);
  });

  it('moves time where time can be moved', async () => {
    const answer = await control('POST', 'time', { advanceMs: 90_000 });
    expect(await answer.json()).toEqual({ now: '2026-11-21T00:01:30.000Z' });

    await stop();
    await start(systemClock());
    const refused = await control('POST', 'time', { advanceMs: 90_000 });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(await refused.json())).toContain("the machine's clock");
  });

  it('says what it does not have', async () => {
    expect((await control('GET', 'weather')).status).toBe(404);
    expect((await control('POST', 'time', { advance: 1 })).status).toBe(400);
  });
});

it('a port that another program has is refused in a sentence', async () => {
  const port = Number(new URL(endpoint.url).port);
  await expect(
    startEndpoint({ api: undefined as never, control: undefined as never, port }),
  ).rejects.toMatchObject({ code: 'InvalidInput', message: `The port ${port} is taken by another program` });
});
