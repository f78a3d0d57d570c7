/** The wire, seen through the real clients: whatever the SDK can say arrives, and comes back, as it was. */
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as cloudwatchLogs from '@aws-sdk/client-cloudwatch-logs';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as iam from '@aws-sdk/client-iam';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { NormalizedSchema, TypeRegistry } from '@smithy/core/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { ServiceError } from '../../src/sandbox/service.ts';
import type { Call, Operations } from '../../src/sandbox/service.ts';
import { serviceModels } from '../../src/sandbox/wire/operations.ts';
import { clientOptions, startFakeEndpoint } from './fake-endpoint.ts';
import type { FakeEndpoint } from './fake-endpoint.ts';
import { generatedInput, generatedOutput } from './generated-value.ts';
import type { Generated } from './generated-value.ts';

interface AnyClient {
  send(command: unknown): Promise<Record<string, unknown>>;
  destroy(): void;
}

type Constructor<Made> = new (options: unknown) => Made;
type ClientPackage = Readonly<Record<string, unknown>>;

const packages: Readonly<Record<string, { client: string; exports: ClientPackage }>> = {
  autoscaling: { client: 'AutoScalingClient', exports: autoScaling },
  cloudwatch: { client: 'CloudWatchClient', exports: cloudWatch },
  ec2: { client: 'EC2Client', exports: ec2 },
  ecs: { client: 'ECSClient', exports: ecs },
  elasticache: { client: 'ElastiCacheClient', exports: elasticache },
  elasticloadbalancing: { client: 'ElasticLoadBalancingV2Client', exports: elbv2 },
  logs: { client: 'CloudWatchLogsClient', exports: cloudwatchLogs },
  iam: { client: 'IAMClient', exports: iam },
  secretsmanager: { client: 'SecretsManagerClient', exports: secretsManager },
  sns: { client: 'SNSClient', exports: sns },
  ssm: { client: 'SSMClient', exports: ssm },
  sts: { client: 'STSClient', exports: sts },
};
const services = [...serviceModels.values()];

let endpoint: FakeEndpoint;
let respond: (input: unknown, call: Call) => unknown;
const clients = new Map<string, AnyClient>();

beforeAll(async () => {
  endpoint = await startFakeEndpoint(() =>
    Object.fromEntries(
      services.map(({ service, operations }) => [
        service,
        Object.fromEntries(
          [...operations.keys()].map((action) => [action, (input, call) => respond(input, call)]),
        ) satisfies Operations,
      ]),
    ),
  );
  for (const [service, { client, exports }] of Object.entries(packages)) {
    const Client = exports[client] as Constructor<AnyClient>;
    clients.set(service, new Client(clientOptions(endpoint, endpoint.identity)));
  }
});

afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await endpoint.close();
});

beforeEach(() => {
  respond = () => ({});
});

async function send(service: string, action: string, input: Generated): Promise<Record<string, unknown>> {
  const Command = packages[service]!.exports[`${action}Command`] as Constructor<object>;
  const { $metadata, ...output } = await clients.get(service)!.send(new Command(input));
  expect($metadata).toHaveProperty('requestId', expect.any(String));
  return output;
}

async function failureOf(attempt: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const failure: unknown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Error);
  return failure as Error & Record<string, unknown>;
}

/** Sends a body that no client would write, signed with the test's own key. */
function sendRaw(service: string, headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(endpoint.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${endpoint.identity.accessKeyId}/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
      ...headers,
    },
    body,
  });
}

function sendRawJson(action: string, document: unknown): Promise<Response> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
  };
  return sendRaw('ecs', headers, JSON.stringify(document));
}

describe.each(services)('every operation of $service', ({ service, operations }) => {
  it('receives what the client sent, and the client what it answered', async () => {
    for (const [action, operation] of operations) {
      for (const seed of [1, 2, 5]) {
        const input = generatedInput(operation, seed);
        const output = generatedOutput(operation, seed);
        let received: unknown;
        respond = (decoded) => {
          received = decoded;
          return output;
        };
        expect({ action, output: await send(service, action, input) }).toEqual({ action, output });
        expect({ action, input: received }).toEqual({ action, input });
      }
    }
  });
});

describe.each(services.filter(({ service }) => service !== 'ec2'))('the errors of $service', (model) => {
  it('reach the client under their own names', async () => {
    const names: string[] = [];
    TypeRegistry.for(model.namespace).find((schema) => {
      const error = NormalizedSchema.of(schema);
      if (error.getOwnTraits().error) names.push(error.getName()!);
      return false;
    });
    expect(names.length).toBeGreaterThan(3);

    const [action, operation] = [...model.operations][0]!;
    // Its wire code, ResourceNotFound, is another error's too, and clients take that one.
    for (const name of names.filter((each) => each !== 'DashboardNotFoundError')) {
      respond = () => {
        throw new ServiceError(name, `why <${name}>`);
      };
      const failure = await failureOf(send(model.service, action, generatedInput(operation, 1)));
      expect(failure).toMatchObject({ name, message: `why <${name}>` });
    }
  });
});

test('CloudWatch answers old clients in the query protocol, and new ones in CBOR', async () => {
  const received: unknown[] = [];
  respond = (input) => {
    received.push(input);
    return { MetricAlarms: [{ AlarmName: 'full', Threshold: 80 }] };
  };
  const query = await sendRaw(
    'monitoring',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=full',
  );
  expect(query.headers.get('content-type')).toBe('text/xml');
  expect(await query.text()).toContain('<AlarmName>full</AlarmName>');
  const cbor = await fetch(`${endpoint.url}/service/GraniteServiceVersion20100801/operation/DescribeAlarms`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${endpoint.identity.accessKeyId}/20261121/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=00`,
      'smithy-protocol': 'rpc-v2-cbor',
      'content-type': 'application/cbor',
    },
    // {"AlarmNames": ["full"]}
    body: Buffer.from([0xa1, 0x6a, ...Buffer.from('AlarmNames'), 0x81, 0x64, ...Buffer.from('full')]),
  });
  expect(cbor.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
  expect(Buffer.from(await cbor.arrayBuffer()).includes('full')).toBe(true);
  expect(received).toEqual([{ AlarmNames: ['full'] }, { AlarmNames: ['full'] }]);
});

describe('errors', () => {
  it('have the wire code that the AWS CLI prints, and the status of the model', async () => {
    respond = () => {
      throw new ServiceError('CacheSubnetGroupNotFoundFault', 'no such group');
    };
    const failure = await failureOf(send('elasticache', 'DescribeCacheSubnetGroups', {}));
    expect(failure).toMatchObject({
      name: 'CacheSubnetGroupNotFoundFault',
      Code: 'CacheSubnetGroupNotFoundFault',
      $metadata: { httpStatusCode: 400 },
    });

    respond = () => {
      throw new ServiceError('ReplicationGroupAlreadyExistsFault', 'it exists');
    };
    const other = await failureOf(send('elasticache', 'DescribeReplicationGroups', {}));
    expect(other).toMatchObject({
      name: 'ReplicationGroupAlreadyExistsFault',
      Code: 'ReplicationGroupAlreadyExists',
    });
  });

  it('that no model knows keep their code', async () => {
    respond = () => {
      throw new ServiceError('InvalidGroup.NotFound', "The security group 'sg-1' does not exist");
    };
    expect(await failureOf(send('ec2', 'DescribeSecurityGroups', {}))).toMatchObject({
      name: 'InvalidGroup.NotFound',
      message: "The security group 'sg-1' does not exist",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('of the sandbox itself are server errors that say what broke', async () => {
    respond = () => {
      throw new TypeError('undefined is not a cache');
    };
    const failure = await failureOf(send('ecs', 'ListClusters', {}));
    expect(failure).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(failure.message).toContain('undefined is not a cache');
  });
});

describe('an input without its required members is refused as AWS refuses it', () => {
  it.each([
    [
      'elasticache',
      'CreateReplicationGroup',
      'InvalidParameterValueException',
      'The parameter ReplicationGroupId must be provided',
    ],
    ['elasticloadbalancing', 'DescribeListenerAttributes', 'InvalidAction', 'Could not find operation'],
    [
      'elasticloadbalancing',
      'ModifyTargetGroupAttributes',
      'ValidationError',
      "2 validation errors detected: Value null at 'targetGroupArn'",
    ],
    ['ec2', 'CreateVpcEndpoint', 'MissingParameter', 'The request must contain the parameter VpcId'],
    ['ecs', 'RegisterTaskDefinition', 'InvalidParameterException', "Value null at 'family'"],
    ['logs', 'PutRetentionPolicy', 'InvalidParameterException', "Value null at 'logGroupName'"],
  ])('%s %s: %s', async (service, action, name, message) => {
    const failure = await failureOf(send(service, action, {}));
    expect(failure.name).toBe(name);
    expect(failure.message).toContain(message);
  });

  it('wherever in the input they are', async () => {
    const attributes = [{ Key: 'stickiness.enabled', Value: 'true' }, { Value: '3600' }];
    respond = () => ({});
    const failure = await failureOf(
      send('elasticloadbalancing', 'AddTags', { ResourceArns: ['arn'], Tags: attributes }),
    );
    expect(failure.message).toContain("Value null at 'tags.2.member.key' failed to satisfy constraint");
  });
});

describe('a JSON document keeps what this SDK does not know', () => {
  const document = {
    family: 'collabcanvas-backend',
    containerDefinitions: [{ name: 'app', image: 'app:1', notYetInvented: { deep: [1, null, 'x'] } }],
    alsoNew: 'kept',
  };

  it('on the way in', async () => {
    let received: unknown;
    respond = (input) => {
      received = input;
      return {};
    };
    expect((await sendRawJson('RegisterTaskDefinition', document)).status).toBe(200);
    expect(received).toEqual(document);
  });

  it('and on the way out', async () => {
    respond = () => ({ taskDefinition: { ...document, registeredAt: new Date(1_700_000_000_500) } });
    const answer = await sendRawJson('DescribeTaskDefinition', { taskDefinition: 'collabcanvas-backend' });
    expect(await answer.json()).toEqual({ taskDefinition: { ...document, registeredAt: 1_700_000_000.5 } });
  });
});

describe('what cannot be understood', () => {
  it('an unknown action of a query service is an InvalidAction', async () => {
    const answer = await sendRaw('elasticache', {}, new URLSearchParams({ Action: 'MakeCoffee' }).toString());
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(
      '<Code>InvalidAction</Code><Message>Could not find operation MakeCoffee for version 2015-02-02</Message>',
    );
  });

  it('an unknown target of a JSON service is an UnknownOperationException', async () => {
    const answer = await sendRawJson('MakeCoffee', {});
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });

  it('a body that is not JSON is a SerializationException', async () => {
    const headers = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters' };
    const answer = await sendRaw('ecs', headers, '{"cluster":');
    expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
  });
});
