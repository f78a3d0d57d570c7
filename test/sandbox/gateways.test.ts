/** The gateways on the wire: against the sandbox, and against servers that answer what AWS would not. */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { createAws } from '../../src/aws/clients.ts';
import type { AwsOptions } from '../../src/aws/clients.ts';
import { resolveRegion } from '../../src/aws/region.ts';
import { systemClock, VirtualClock } from '../../src/clock.ts';
import type { WizardError } from '../../src/errors.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
const MINUTE = 60_000;

async function failureOf(work: Promise<unknown>): Promise<WizardError> {
  return work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: unknown) => error as WizardError,
  );
}

describe('against the sandbox', () => {
  const clock = new VirtualClock();
  let sandbox: Sandbox;
  let aws: Aws;
  let vpcId: string;
  let subnetIds: string[];

  const config = () => ({
    endpoint: sandbox.endpointUrl,
    region: sandbox.region,
    credentials: {
      accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: sandbox.env['AWS_SECRET_ACCESS_KEY']!,
    },
  });

  const connect = (more: Partial<AwsOptions> = {}): Aws =>
    createAws({
      region: sandbox.region,
      endpointUrl: sandbox.endpointUrl,
      credentials: config().credentials,
      clock,
      retryDelay: () => 0,
      ...more,
    });

  beforeAll(async () => {
    sandbox = await startSandbox({
      scenario: { name: 'empty', prepare: () => Promise.resolve({}) },
      programsFolder: 'dist/programs',
      clock,
    });
    aws = connect();
    const ec2 = new EC2Client(config());
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    vpcId = Vpc!.VpcId!;
    const subnets = ['a', 'b'].map((zone, index) =>
      ec2.send(
        new CreateSubnetCommand({
          VpcId: vpcId,
          CidrBlock: `10.0.${index}.0/24`,
          AvailabilityZone: `us-east-1${zone}`,
        }),
      ),
    );
    subnetIds = (await Promise.all(subnets)).map(({ Subnet }) => Subnet!.SubnetId!);
  });

  afterEach(() => {
    sandbox.faults.clear();
    sandbox.setPolicy(undefined);
  });
  afterAll(() => sandbox.close());

  test('the caller is known by account, ARN, region and partition', async () => {
    expect(await aws.sts.readIdentity()).toEqual({
      account: sandbox.account.accountId,
      arn: expect.stringContaining(sandbox.account.accountId) as string,
      region: 'us-east-1',
      partition: 'aws',
    });
  });

  test('a VPC tells its DNS settings and address ranges, and one that is not there is undefined', async () => {
    expect(await aws.ec2.readVpc(vpcId)).toMatchObject({
      vpcId,
      dnsSupport: true,
      cidrBlocks: ['10.0.0.0/16'],
    });
    expect(await aws.ec2.readVpc('vpc-0123456789abcdef0')).toBeUndefined();
  });

  test('ids that are not there are left out, those that are there are found', async () => {
    const subnets = await aws.ec2.describeSubnets({ subnetIds: [...subnetIds, 'subnet-0123456789abcdef0'] });
    expect(subnets.map(({ subnetId }) => subnetId).sort()).toEqual([...subnetIds].sort());
    expect(await aws.ec2.describeSecurityGroups({ groupIds: ['sg-0123456789abcdef0'] })).toEqual([]);
    expect(await aws.ec2.describeSubnets({ subnetIds: [] })).toEqual([]);
  });

  test('a rule is added to a group in the moment in which it is made, and once only', async () => {
    const group = { groupName: 'new-redis-sg', description: 'A cache', vpcId, tags: { team: 'canvas' } };
    const made = await aws.ec2.createSecurityGroup(group);
    const groupId = made.created ? made.groupId : '';
    const rule = { port: 6379, source: { cidr: '10.0.0.0/16' }, description: 'The VPC' };
    await aws.ec2.authorizeIngress(groupId, rule);
    await aws.ec2.authorizeIngress(groupId, rule);
    expect(await aws.ec2.createSecurityGroup(group)).toEqual({ created: false });

    const [found] = await aws.ec2.describeSecurityGroups({ tags: { team: 'canvas' } });
    expect(found).toMatchObject({ groupId, groupName: 'new-redis-sg', vpcId, tags: { team: 'canvas' } });
    expect(found!.ingress).toEqual([
      {
        protocol: 'tcp',
        fromPort: 6379,
        toPort: 6379,
        source: { cidr: '10.0.0.0/16' },
        description: 'The VPC',
      },
    ]);

    await aws.ec2.createTags(groupId, { 'elasticache-wizard:service-1': 'arn:aws:ecs:x' });
    const [after] = await aws.ec2.describeSecurityGroups({ groupIds: [groupId] });
    expect(after?.tags).toEqual({ team: 'canvas', 'elasticache-wizard:service-1': 'arn:aws:ecs:x' });

    expect(await aws.ec2.deleteSecurityGroup(groupId)).toBe('deleted');
    expect(await aws.ec2.deleteSecurityGroup(groupId)).toBe('gone');
  });

  test('a group that another group names is busy until that rule is gone', async () => {
    const make = async (groupName: string) => {
      const made = await aws.ec2.createSecurityGroup({
        groupName,
        description: 'x',
        vpcId,
        tags: { for: 'a test' },
      });
      return made.created ? made.groupId : '';
    };
    const [named, naming] = [await make('named'), await make('naming')];
    const rule = { port: 6379, source: { groupId: named }, description: 'x' };
    await aws.ec2.authorizeIngress(naming, rule);
    expect(await aws.ec2.deleteSecurityGroup(named)).toBe('busy');
    expect(await aws.ec2.deleteSecurityGroup(naming)).toBe('deleted');
    expect(await aws.ec2.deleteSecurityGroup(named)).toBe('deleted');
  });

  test('a cache lives through its states, under the lower-case name that AWS gives it', async () => {
    const { elasticache } = aws;
    const tags = { 'elasticache-wizard:project': 'p', 'elasticache-wizard:of': 'canvas-redis' };
    const subnetGroup = { name: 'Canvas-Subnets', description: 'x', subnetIds, tags };
    expect(await elasticache.createCacheSubnetGroup(subnetGroup)).toBe('created');
    expect(await elasticache.createCacheSubnetGroup(subnetGroup)).toBe('exists');
    expect((await elasticache.readCacheSubnetGroup('CANVAS-subnets'))?.subnets).toHaveLength(2);
    const security = await aws.ec2.createSecurityGroup({ groupName: 'c', description: 'c', vpcId, tags });
    const group = {
      replicationGroupId: 'Canvas-Redis',
      description: 'A canvas',
      engine: 'redis',
      engineVersion: '7.1',
      cacheNodeType: 'cache.t3.micro',
      clusterMode: 'disabled' as const,
      shards: 1,
      replicas: 0,
      automaticFailover: false,
      multiAz: false,
      port: 6379,
      cacheParameterGroupName: 'default.redis7',
      cacheSubnetGroupName: 'Canvas-Subnets',
      securityGroupIds: [security.created ? security.groupId : ''],
      transitEncryption: true,
      atRestEncryption: true,
      snapshotRetentionLimit: 0,
      tags,
    };
    expect(await elasticache.createReplicationGroup(group)).toBe('created');
    expect(await elasticache.createReplicationGroup(group)).toBe('exists');
    const creating = await elasticache.readReplicationGroup('Canvas-Redis');
    expect(creating).toMatchObject({
      replicationGroupId: 'canvas-redis',
      status: 'creating',
      engine: 'redis',
    });
    expect(creating?.endpoint).toBeUndefined();
    expect(await elasticache.readTags(creating!.arn)).toBe('unreadable');
    expect(await elasticache.modifyReplicationGroup('canvas-redis', { description: 'x' })).toBe('busy');
    expect(await elasticache.deleteReplicationGroup('canvas-redis')).toBe('busy');
    expect(await elasticache.deleteCacheSubnetGroup('canvas-subnets')).toBe('busy');

    const available = async () => {
      for (;;) {
        const found = await elasticache.readReplicationGroup('canvas-redis');
        if (found?.status === 'available') return found;
        await clock.sleep(MINUTE);
      }
    };
    const made = await available();
    expect(made).toMatchObject({
      endpoint: { kind: 'primary', port: 6379 },
      transitEncryption: true,
      memberClusters: ['canvas-redis-001'],
    });
    expect(await elasticache.readTags(made.arn)).toEqual(tags);
    expect(await elasticache.describeCacheClusters(['canvas-redis-001', 'no-such-001'])).toMatchObject(
      [
        {
          cacheClusterId: 'canvas-redis-001',
          port: 6379,
          cacheSubnetGroupName: 'canvas-subnets',
          engineVersion: /^7\.1/,
        },
      ].map((expected) => ({
        ...expected,
        engineVersion: expect.stringMatching(expected.engineVersion) as string,
      })),
    );
    const now = await elasticache.modifyReplicationGroup('canvas-redis', { snapshotRetentionLimit: 0 });
    expect(['unchanged', 'modified']).toContain(now);
    await available();
    expect(await elasticache.modifyReplicationGroup('canvas-redis', { snapshotRetentionLimit: 1 })).toBe(
      'modified',
    );
    expect((await available()).snapshotRetentionLimit).toBe(1);
    const events = await elasticache.describeEvents(
      'replication-group',
      'canvas-redis',
      clock.now() - 60 * MINUTE,
    );
    expect(events.length).toBeGreaterThan(0);

    expect(await elasticache.deleteReplicationGroup('canvas-redis')).toBe('deleting');
    while (await elasticache.readReplicationGroup('canvas-redis')) await clock.sleep(MINUTE);
    expect(await elasticache.deleteReplicationGroup('canvas-redis')).toBe('gone');
    expect(await elasticache.readTags(made.arn)).toBe('gone');
    expect(await elasticache.deleteCacheSubnetGroup('canvas-subnets')).toBe('deleted');
    expect(await elasticache.deleteCacheSubnetGroup('canvas-subnets')).toBe('gone');
    expect(await elasticache.readCacheSubnetGroup('canvas-subnets')).toBeUndefined();
  });

  test('more clusters and services than a page, or a call, has room for are all found', async () => {
    const ecs = new ECSClient(config());
    const clusters = Array.from({ length: 103 }, (_, n) => `cluster-${n}`);
    for (const clusterName of clusters) await ecs.send(new CreateClusterCommand({ clusterName }));
    expect((await aws.ecs.listClusters()).sort()).toEqual([...clusters].sort());

    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'idle',
        memory: '128',
        containerDefinitions: [{ name: 'app', image: 'idle' }],
      }),
    );
    const services = Array.from({ length: 12 }, (_, n) => `service-${n}`);
    for (const serviceName of services) {
      await ecs.send(
        new CreateServiceCommand({
          cluster: 'cluster-0',
          serviceName,
          taskDefinition: 'idle',
          desiredCount: 0,
        }),
      );
    }
    const found = await aws.ecs.describeServices('cluster-0', await aws.ecs.listServices('cluster-0'));
    expect(found.map(({ serviceName }) => serviceName).sort()).toEqual([...services].sort());
    expect(await aws.ecs.readService('cluster-0', 'service-99')).toBe('no service');
    expect(await aws.ecs.readService('cluster-999', 'service-0')).toBe('no cluster');
  });

  test('a revision that is not there is undefined, the newest is found by its family', async () => {
    expect(await aws.ecs.readTaskDefinition('nobody-has-this')).toBeUndefined();
    const first = await aws.ecs.registerTaskDefinition({
      family: 'canvas',
      memory: '128',
      containerDefinitions: [{ name: 'app', image: 'idle' }],
      tags: [{ key: 'team', value: 'canvas' }],
    });
    const second = await aws.ecs.registerTaskDefinition({
      family: 'canvas',
      memory: '256',
      containerDefinitions: [{ name: 'app', image: 'idle' }],
    });
    expect((await aws.ecs.readTaskDefinition('canvas'))?.document['memory']).toBe('256');
    expect(await aws.ecs.listTaskDefinitions('canvas', 1)).toEqual([second.taskDefinitionArn]);
    expect((await aws.ecs.readTaskDefinition(first.taskDefinitionArn))?.tags).toEqual({ team: 'canvas' });
    expect(await aws.ecs.listTaskDefinitionFamilies('can')).toEqual(['canvas']);
  });

  test('logs are read in the order of time, and what is not there has no events', async () => {
    const at = clock.now();
    sandbox.account.logs.createLogGroup('/ecs/canvas');
    sandbox.account.logs.append('/ecs/canvas', 'b', 'line of b');
    await clock.advance(1_000);
    sandbox.account.logs.append('/ecs/canvas', 'a', 'line of a');
    await clock.advance(MINUTE);
    const all = { logGroupName: '/ecs/canvas', since: at - MINUTE, limit: 100 };
    const events = await aws.logs.filterLogEvents(all);
    expect(events.map(({ message }) => message)).toEqual(['line of b', 'line of a']);
    const some = await aws.logs.filterLogEvents({ ...all, logStreamNames: ['a', 'not-there'] });
    expect(some.map(({ message }) => message)).toEqual(['line of a']);
    expect(await aws.logs.filterLogEvents({ ...all, logGroupName: '/ecs/nobody' })).toEqual([]);
  });

  test('throttling goes through', async () => {
    sandbox.faults.add({ kind: 'throttle', action: 'DescribeVpcs', nth: 1, times: 5 });
    expect(await connect().ec2.readVpc(vpcId)).toMatchObject({ vpcId });
  });

  test('throttling that does not end is told as such', async () => {
    sandbox.faults.add({ kind: 'throttle', action: 'ListClusters' });
    const error = await failureOf(connect().ecs.listClusters());
    expect(error.message).toMatch(/^Listing the ECS clusters: AWS answered .* too many requests$/);
    expect(error.exitCode).toBe(1);
  });

  test('a connection that is cut is made again', async () => {
    sandbox.faults.add({ kind: 'reset', action: 'ListClusters', nth: 1, times: 2 });
    expect(await connect().ecs.listClusters()).not.toEqual([]);
  });

  test('a create whose answer was lost is known to be done', async () => {
    const group = { name: 'lost-answer', description: 'x', subnetIds, tags: { for: 'a test' } };
    sandbox.faults.add({ kind: 'lost-response', action: 'CreateCacheSubnetGroup', nth: 1 });
    expect(await connect().elasticache.createCacheSubnetGroup(group)).toBe('exists');
    expect((await aws.elasticache.readCacheSubnetGroup('lost-answer'))?.subnets).toHaveLength(2);
  });

  test('a call that is never answered ends with a sentence', async () => {
    sandbox.faults.add({ kind: 'timeout', action: 'ListClusters' });
    const impatient = connect({ timeouts: { connection: 5_000, response: 40 } });
    const error = await failureOf(impatient.ecs.listClusters());
    const host = new URL(sandbox.endpointUrl).host;
    expect(error.message).toBe(`Listing the ECS clusters: ${host} took the request and never answered`);
    expect(error.exitCode).toBe(5);
  });

  test('the page of a proxy is not taken for AWS', async () => {
    sandbox.faults.add({ kind: 'html' });
    const { host } = new URL(sandbox.endpointUrl);
    for (const call of [connect().ecs.listClusters(), connect().elasticache.listReplicationGroups()]) {
      const error = await failureOf(call);
      expect(error.message).toContain(`what answered at ${host} is not AWS (HTTP 503, a web page)`);
      expect(error.message).not.toContain('\n');
    }
  });

  test('an action that a policy does not allow is named', async () => {
    sandbox.setPolicy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }],
    });
    for (const [call, action] of [
      [connect().ecs.listClusters(), 'ecs:ListClusters'],
      [connect().elasticache.deleteCacheSubnetGroup('x'), 'elasticache:DeleteCacheSubnetGroup'],
    ] as const) {
      const error = await failureOf(call);
      expect(error.message).toContain(`${action} is not allowed`);
      expect(error.exitCode).toBe(3);
    }
  });

  test('credentials that have expired end with exit code 3', async () => {
    sandbox.faults.add({ kind: 'expired-token' });
    expect(await failureOf(connect().sts.readIdentity())).toMatchObject({
      code: 'NoCredentials',
      exitCode: 3,
    });
  });

  test('calls are counted as reads and writes', async () => {
    const fresh = connect();
    await fresh.ecs.listClusters();
    await fresh.elasticache.deleteCacheSubnetGroup('not-there');
    expect(fresh.calls).toEqual({ reads: 2, writes: 1 });
  });
});

describe('against a server that is not the sandbox', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<Aws> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return createAws({
      region: 'us-east-1',
      endpointUrl: `http://127.0.0.1:${port}`,
      credentials: CREDENTIALS,
      clock: systemClock(),
      retryDelay: () => 0,
    });
  }

  /** Answers by operation (of JSON services) and body. */
  const serveBodies = (answer: (operation: string, body: string) => string, type: string): Promise<Aws> =>
    serve((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
        response.writeHead(200, { 'content-type': type });
        response.end(answer(operation, Buffer.concat(parts).toString()));
      });
    });

  const serveJson = (answer: (operation: string, body: string) => unknown): Promise<Aws> =>
    serveBodies((operation, body) => JSON.stringify(answer(operation, body)), 'application/x-amz-json-1.1');

  test('members of a task definition that the SDK does not know survive the copy', async () => {
    const original = {
      family: 'canvas',
      containerDefinitions: [{ name: 'äpp', image: 'x', fromTheFuture: { deeply: ['nested', 1.5, null] } }],
      memberOf2027: true,
    };
    const registered: string[] = [];
    const aws = await serveJson((operation, body) => {
      if (operation === 'DescribeTaskDefinition')
        return { taskDefinition: original, tags: [{ key: 'a', value: 'b' }] };
      registered.push(body);
      return { taskDefinition: { ...(JSON.parse(body) as object), taskDefinitionArn: 'arn:new', newest: 1 } };
    });
    const read = await aws.ecs.readTaskDefinition('canvas:1');
    expect(read).toMatchObject({ family: 'canvas', document: original, tags: { a: 'b' } });
    const copy = await aws.ecs.registerTaskDefinition(read!.document);
    expect(registered.map((body) => JSON.parse(body) as object)).toEqual([original]);
    expect(copy.document).toEqual({ ...original, taskDefinitionArn: 'arn:new', newest: 1 });
  });

  test('a list of many pages is followed to its end, an empty page being none', async () => {
    const caches = (...ids: string[]) =>
      ids
        .map((id) => `<ReplicationGroup><ReplicationGroupId>${id}</ReplicationGroupId></ReplicationGroup>`)
        .join('');
    const page = (groups: string, marker: string) =>
      `<R><DescribeReplicationGroupsResult><ReplicationGroups>${groups}</ReplicationGroups>${marker}</DescribeReplicationGroupsResult></R>`;
    const answers = new Map([
      ['', page(caches('a', 'b'), '<Marker>1</Marker>')],
      ['1', page('', '<Marker>2</Marker>')],
      ['2', page(caches('c'), '')],
    ]);
    const aws = await serveBodies(
      (_, body) => answers.get(new URLSearchParams(body).get('Marker') ?? '')!,
      'text/xml',
    );
    const found = await aws.elasticache.listReplicationGroups();
    expect(found.map(({ replicationGroupId }) => replicationGroupId)).toEqual(['a', 'b', 'c']);
  });

  test('an empty page of log events is not the end', async () => {
    const aws = await serveJson((_, body) => {
      const { nextToken } = JSON.parse(body) as { nextToken?: string };
      if (nextToken === undefined) return { events: [], nextToken: 'one' };
      if (nextToken === 'one') return { nextToken: 'two' };
      return { events: [{ timestamp: 1, logStreamName: 's', message: 'at last' }] };
    });
    const events = await aws.logs.filterLogEvents({ logGroupName: 'g', since: 0, limit: 10 });
    expect(events).toEqual([{ at: 1, logStreamName: 's', message: 'at last' }]);
  });

  test('a task that could not be placed is the reasons why', async () => {
    const aws = await serveJson(() => ({
      tasks: [],
      failures: [{ reason: 'RESOURCE:MEMORY', detail: 'too little' }],
    }));
    const task = {
      ecsCluster: 'c',
      taskDefinitionArn: 'arn:x/canvas:1',
      startedBy: 'us',
      clientToken: 't',
      tags: {},
    };
    expect(await aws.ecs.runTask(task)).toEqual({
      failures: [{ reason: 'RESOURCE:MEMORY', detail: 'too little' }],
    });
  });

  test('where AWS is not AWS itself, versions that cannot be asked for are assumed, and there are no events', async () => {
    const aws = await serve((_, response) => {
      response.writeHead(501, { 'content-type': 'text/xml' });
      response.end(
        '<ErrorResponse><Error><Code>NotImplemented</Code><Message>no</Message></Error></ErrorResponse>',
      );
    });
    expect(await aws.elasticache.describeEngineVersions('redis')).toEqual([
      { engineVersion: '7', cacheParameterGroupFamily: 'redis7', assumed: true },
    ]);
    expect(await aws.elasticache.describeEngineVersions('valkey')).toHaveLength(3);
    expect(await aws.elasticache.describeEvents('replication-group', 'canvas')).toEqual([]);
    const error = await failureOf(aws.elasticache.listReplicationGroups());
    expect(error).toMatchObject({ exitCode: 1, transient: false });
    expect(error.message).toContain('NotImplemented');
  });

  test('a place that has answered once is not the user’s mistake when it is silent later', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const aws = createAws({
      region: 'us-east-1',
      endpointUrl: `http://127.0.0.1:${port}`,
      credentials: CREDENTIALS,
      clock: systemClock(),
      retryDelay: () => 0,
    });
    expect(await aws.ecs.listClusters()).toEqual([]);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    expect(await failureOf(aws.ecs.listClusters())).toMatchObject({ exitCode: 1, transient: true });
    // Another service has an address of its own, and has never been reached.
    expect(await failureOf(aws.elasticache.listReplicationGroups())).toMatchObject({ exitCode: 2 });
  });

  test('lists that AWS leaves out are empty', async () => {
    const aws = await serveJson(() => ({}));
    expect(await aws.ecs.listClusters()).toEqual([]);
    expect(await aws.ecs.describeTasks('c', ['t'])).toEqual([]);
  });

  test('nothing that listens is told with its address', async () => {
    const aws = createAws({
      region: 'us-east-1',
      endpointUrl: 'http://127.0.0.1:1',
      credentials: CREDENTIALS,
      clock: systemClock(),
      retryDelay: () => 0,
    });
    expect(await failureOf(aws.ecs.listClusters())).toMatchObject({
      code: 'InvalidInput',
      message: 'Listing the ECS clusters: nothing listens at 127.0.0.1:1',
    });
  });
});

describe('the region', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('comes from the flag, then AWS_REGION, then AWS_DEFAULT_REGION', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-north-1');
    expect(await resolveRegion({ region: 'us-west-2' })).toBe('us-west-2');
    expect(await resolveRegion({})).toBe('eu-west-1');
    vi.stubEnv('AWS_REGION', '');
    expect(await resolveRegion({})).toBe('eu-north-1');
  });

  test('that is nowhere is asked for by its flag', async () => {
    vi.stubEnv('AWS_REGION', '');
    vi.stubEnv('AWS_DEFAULT_REGION', '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent/config');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent/credentials');
    const error = await failureOf(resolveRegion({}));
    expect(error).toMatchObject({
      code: 'InvalidInput',
      exitCode: 2,
      hint: expect.stringContaining('--region') as string,
    });
  });
});
