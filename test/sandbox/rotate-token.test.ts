/** Another password for a cache that an app uses all the time: nobody is cut off, and the old one lets in nobody at the end. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { callsOf, photograph } from '../faults/photograph.ts';
import { COLLABCANVAS, commandLine, type Ended } from './command-line.ts';
import { inMatrix } from '../matrix.ts';
import { hasRedis } from './redis-program.ts';
import { enterVpc, type VpcClient } from './vpc-client.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const PROJECT = 'collabcanvas-backend';
const SERVICE = ['--ecs-cluster', 'collabcanvas', '--service', PROJECT];
const PASSWORD = `elasticache-wizard/${PROJECT}/collabcanvas-redis/password`;
const SECRET = `elasticache-wizard/${PROJECT}/collabcanvas/${PROJECT}/backend`;
const TOKEN = ['--auth', 'token', '--fix-execution-role'];
const UNPROVEN = ['--no-probe', '--no-verify'];

const clock = new VirtualClock();
let sandbox: Sandbox;
let at: SandboxAccount;
const told: string[] = [];

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterEach(async () => {
  await at.account.close();
  sandbox.clearCalls();
  told.length = 0;
});

afterAll(() => sandbox.close());

async function run(...argv: string[]): Promise<Ended> {
  const ended = await commandLine([...argv, '--debug'], at, clock);
  told.push(JSON.stringify(ended.events), ended.stderr);
  return ended;
}

const setup = (...argv: string[]) => run('setup', ...COLLABCANVAS, '--yes', ...argv);
const rotate = (...argv: string[]) => run('rotate-token', ...SERVICE, '--yes', ...argv);

async function open(options: Partial<CollabcanvasOptions> = {}): Promise<void> {
  at = await sandbox.openAccount(quickCanvas({ tasks: 2, ...options }));
}

const call = <T>(service: string, action: string, input: object = {}): Promise<T> =>
  callsOf(at.account)<T>(service, action, input);

async function secret(SecretId: string): Promise<string> {
  return (await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
    .SecretString;
}

async function parameter(Name: string): Promise<string> {
  const input = { Name, WithDecryption: true };
  return (await call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', input)).Parameter.Value;
}

async function host(): Promise<string> {
  const { ReplicationGroups } = await call<{
    ReplicationGroups: { NodeGroups: { PrimaryEndpoint: { Address: string } }[] }[];
  }>('elasticache', 'DescribeReplicationGroups');
  return ReplicationGroups[0]!.NodeGroups[0]!.PrimaryEndpoint.Address;
}

interface Service {
  taskDefinition: string;
  networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
}

async function service(): Promise<Service> {
  const input = { cluster: 'collabcanvas', services: [PROJECT] };
  return (await call<{ services: Service[] }>('ecs', 'DescribeServices', input)).services[0]!;
}

async function besideTheApp(): Promise<VpcClient> {
  const { subnets, securityGroups } = (await service()).networkConfiguration.awsvpcConfiguration;
  return enterVpc(at.account, subnets[0]!, securityGroups);
}

/** What a client is told that connects anew. */
async function answers(client: VpcClient, ...passwords: (string | undefined)[]): Promise<unknown[]> {
  const endpoint = await host();
  const told: unknown[] = [];
  for (const password of passwords) {
    const credentials = password === undefined ? {} : { password };
    told.push(...(await client.talk({ host: endpoint, ...credentials, commands: [['PING']] })));
  }
  return told;
}

/** All that anybody could read who may not read secrets. */
async function everythingInSight(): Promise<string> {
  const statuses = ['ACTIVE', 'INACTIVE'].map((status) =>
    call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', { status }),
  );
  const revisions = (await Promise.all(statuses)).flatMap(({ taskDefinitionArns }) => taskDefinitionArns);
  const seen = await Promise.all([
    ...revisions.map((taskDefinition) =>
      call('ecs', 'DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] }),
    ),
    photograph(at.account),
    call('elasticache', 'DescribeEvents', { Duration: 10_000 }),
    call('secretsmanager', 'ListSecrets', { IncludePlannedDeletion: true }),
    call('ssm', 'DescribeParameters'),
    call('logs', 'FilterLogEvents', { logGroupName: '/ecs/collabcanvas-backend' }),
  ]);
  return [...told, JSON.stringify(seen), JSON.stringify(sandbox.calls())].join('\n');
}

const outcomes = ({ result }: Ended): Record<string, string> =>
  Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));

/** The passwords that the tasks which run were started with: each is handed what its secret held at that time. */
async function startedWith(started: Map<string, string>): Promise<Set<string>> {
  const { taskArns } = await call<{ taskArns: string[] }>('ecs', 'ListTasks', {
    cluster: 'collabcanvas',
    serviceName: PROJECT,
  });
  const url = new URL((JSON.parse(await secret(SECRET)) as { REDIS_URL: string }).REDIS_URL);
  return new Set(
    taskArns.map((arn) => {
      started.set(arn, started.get(arn) ?? url.password);
      return started.get(arn)!;
    }),
  );
}

/** Visitors of the app, and its tasks, each of which connects anew all the time. */
function underLoad(client: VpcClient) {
  const failures: unknown[] = [];
  const started = new Map<string, string>();
  const over = new AbortController();
  let requests = 0;
  const load = (async () => {
    while (!over.signal.aborted) {
      const response = await clock.busy(fetch(`${at.appUrl}/api/projects/demo/objects/count`));
      const { count } = (await clock.busy(response.json())) as { count?: number };
      if (!response.ok || count === undefined) failures.push({ at: clock.now(), status: response.status });
      for (const password of await startedWith(started)) {
        const [answer] = await clock.busy(answers(client, password));
        if (answer !== 'PONG') failures.push({ at: clock.now(), answer });
      }
      requests += 1;
      await clock.sleep(20_000);
    }
  })();
  return {
    async stop() {
      over.abort();
      await load;
      return { failures, requests, passwords: new Set(started.values()) };
    },
  };
}

describe.runIf(hasRedis)('a token', () => {
  test(
    'is rotated under load: no request fails, every secret has the new one, and the old one is refused',
    { timeout: 60_000 },
    async () => {
      await open();
      await setup(...TOKEN, ...UNPROVEN);
      const old = await secret(PASSWORD);
      const before = (await service()).taskDefinition;
      const client = await besideTheApp();

      const load = underLoad(client);
      // Its name is enough where a project has one service.
      const ended = await run('rotate-token', '--project', PROJECT, '--yes');
      const { failures, requests, passwords } = await load.stop();
      expect(ended.result.error).toBeUndefined();
      expect(ended.exitCode).toBe(0);
      expect(outcomes(ended)).toMatchObject({
        variables: 'pass',
        ping: 'pass',
        revision: 'pass',
        logs: 'pass',
      });
      expect([failures, requests > 30]).toEqual([[], true]);
      expect(ended.events.filter(({ type }) => type === 'warning')).toEqual([]);

      const token = await secret(PASSWORD);
      expect(token).toMatch(/^[A-Za-z0-9]{64}$/);
      expect(token).not.toBe(old);
      expect([...passwords]).toEqual([old, token]);
      expect(JSON.parse(await secret(SECRET))).toEqual({
        REDIS_URL: `rediss://:${token}@${await host()}:6379`,
      });
      expect((await service()).taskDefinition).not.toBe(before);
      expect(await answers(client, token, old, undefined)).toEqual([
        'PONG',
        expect.stringContaining('WRONGPASS'),
        expect.stringContaining('NOAUTH'),
      ]);
      await client.close();

      const sight = await everythingInSight();
      expect([sight.includes(old), sight.includes(token)]).toEqual([false, false]);
      expect((await setup(...TOKEN, ...UNPROVEN)).result.awsCalls.writes).toBe(0);
      expect((await run('status', ...SERVICE, '--strict')).result.driftNotes).toEqual([]);
    },
  );

  inMatrix('that nobody has yet is given in the way of setup', async () => {
    await open();
    await setup(...UNPROVEN);
    const ended = await rotate('--fix-execution-role');
    expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
    expect(JSON.stringify(ended.events)).toContain('There is no password yet');
    const client = await besideTheApp();
    const token = await secret(PASSWORD);
    expect(await answers(client, token, undefined)).toEqual(['PONG', expect.stringContaining('NOAUTH')]);
    await client.close();
    expect((await setup(...TOKEN, ...UNPROVEN)).result.awsCalls.writes).toBe(0);
  });

  inMatrix('in Parameter Store is rotated there, and what cannot be asked is said', async () => {
    await open();
    await setup(...TOKEN, ...UNPROVEN, '--secrets', 'ssm');
    const old = await parameter(`/${PASSWORD}`);
    const ended = await rotate();
    expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
    expect(JSON.stringify(ended.events)).toContain('reads the latest version of a parameter alone');
    const token = await parameter(`/${PASSWORD}`);
    expect(await parameter(`/${SECRET}/REDIS_URL`)).toContain(token);
    const client = await besideTheApp();
    expect(await answers(client, token, old)).toEqual(['PONG', expect.stringContaining('WRONGPASS')]);
    await client.close();
  });
});

describe('a rotation is not begun', () => {
  const writes = ({ result }: Ended): number => result.awsCalls.writes;
  const app = { inert: INERT_CANVAS };

  test('where something else differs from what was set up: that is for setup', async () => {
    await open(app);
    await setup(...TOKEN, ...UNPROVEN);
    const { SecurityGroups } = await call<{
      SecurityGroups: { GroupId: string; GroupName: string; IpPermissions: object[] }[];
    }>('ec2', 'DescribeSecurityGroups');
    const { GroupId, IpPermissions } = SecurityGroups.find(
      ({ GroupName }) => GroupName === 'collabcanvas-redis-sg',
    )!;
    await call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
    const ended = await rotate();
    expect([ended.exitCode, writes(ended)]).toEqual([4, 0]);
    expect(ended.result.error).toMatchObject({
      message: expect.stringContaining('collabcanvas-redis-sg') as string,
      hint: expect.stringContaining('setup first') as string,
    });

    // What else uses the cache would be shut out.
    await setup(...TOKEN, ...UNPROVEN);
    const Tags = [{ Key: 'elasticache-wizard:instances-1', Value: 'i-0123456789abcdef0 /jobs' }];
    await call('ec2', 'CreateTags', { Resources: [GroupId], Tags });
    const others = await rotate();
    expect([others.exitCode, writes(others)]).toEqual([4, 0]);
    expect(others.result.error?.hint).toContain('--config');
  });

  test('of a token that others have made, or on a cache without TLS', async () => {
    await open(app);
    await setup(...UNPROVEN, '--no-transit-encryption');
    const plain = await rotate();
    expect([plain.exitCode, writes(plain)]).toEqual([4, 0]);
    expect(plain.result.error?.hint).toContain('--transit-encryption');

    await call('elasticache', 'CreateReplicationGroup', {
      ReplicationGroupId: 'theirs',
      ReplicationGroupDescription: 'theirs',
      CacheNodeType: 'cache.t3.micro',
      Engine: 'redis',
      CacheSubnetGroupName: 'collabcanvas-redis-subnet-group',
      TransitEncryptionEnabled: true,
      AuthToken: 'a-token-of-others-0123456789',
    });
    await clock.sleep(20 * 60_000);
    const theirs = await rotate('--cache-name', 'theirs');
    expect([theirs.exitCode, writes(theirs)]).toEqual([4, 0]);
    expect(theirs.result.error?.message).toContain('nobody knows who else has it');
  });
});
