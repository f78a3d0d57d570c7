/** Close-Up as its team would set it up: a serverless cache handed over in parts, without and with a password. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { callsOf } from '../faults/photograph.ts';
import {} from './cache-account.ts';
import { hasRedis } from './redis-program.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { enterVpc } from './vpc-client.ts';
import { FULL } from '../matrix.ts';
import { quickSandbox } from './quick-account.ts';

const clock = new VirtualClock();
let sandbox: Sandbox;
let opened: SandboxAccount | undefined;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterEach(async () => {
  await opened?.account.close();
  opened = undefined;
});

afterAll(() => sandbox.close());

const SETUP = [
  ...['setup', '--ecs-cluster', 'close-up', '--service', 'close-up-api', '--yes'],
  ...[
    '--cache-name',
    'close-up-redis',
    '--serverless',
    '--env-profile',
    'split',
    '--log-pattern',
    'Redis connected',
  ],
];
const DESTROY = ['destroy', '--project', 'close-up-api', '--confirm', 'close-up-api'];

async function app() {
  const at = (opened = await sandbox.openAccount(closeUp({ programsFolder: PROGRAMS })));
  const call = callsOf(at.account);
  const said: string[] = [];
  const run = async (...argv: string[]): Promise<Ended> => {
    const ended = await commandLine(argv, at, clock);
    said.push(ended.stderr, JSON.stringify(ended.events));
    return ended;
  };
  return {
    call,
    run,
    said,
    setup: (...argv: string[]) => run(...SETUP, ...argv),
    /** Where a view was counted, task after task. */
    views: async (): Promise<string[]> => {
      const from: string[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        const response = await fetch(`${at.appUrl}/views/one`, { headers: { connection: 'close' } });
        const { from: where, views } = (await response.json()) as { from: string; views: number };
        from.push(`${where} ${views}`);
      }
      return from;
    },
    container: async (): Promise<Container> => {
      const { services } = await call<{ services: { taskDefinition: string }[] }>('ecs', 'DescribeServices', {
        cluster: 'close-up',
        services: ['close-up-api'],
      });
      const { taskDefinition } = await call<{ taskDefinition: { containerDefinitions: Container[] } }>(
        'ecs',
        'DescribeTaskDefinition',
        { taskDefinition: services[0]!.taskDefinition },
      );
      return taskDefinition.containerDefinitions[0]!;
    },
    user: async (): Promise<object | undefined> => {
      const { Users } = await call<{ Users: { UserId: string }[] }>('elasticache', 'DescribeUsers', {});
      return Users.find(({ UserId }) => UserId === 'close-up-redis-default');
    },
    /** From inside the VPC, with ioredis, which then sends the password alone. */
    ask: async (password: string | undefined): Promise<unknown[]> => {
      const { ServerlessCaches } = await call<{ ServerlessCaches: { Endpoint: { Address: string } }[] }>(
        'elasticache',
        'DescribeServerlessCaches',
        {},
      );
      const host = ServerlessCaches[0]!.Endpoint.Address;
      const { SecurityGroups } = await call<{ SecurityGroups: { GroupId: string; GroupName: string }[] }>(
        'ec2',
        'DescribeSecurityGroups',
        {},
      );
      const { GroupId = '' } = SecurityGroups.find(({ GroupName }) => GroupName === 'close-up-api-sg') ?? {};
      const { Subnets } = await call<{ Subnets: { SubnetId: string }[] }>('ec2', 'DescribeSubnets', {});
      const client = await enterVpc(at.account, Subnets[0]!.SubnetId, [GroupId]);
      try {
        return await client.talk({
          host,
          ...(password === undefined ? {} : { password }),
          commands: [['PING'], ['INFO', 'server'], ['INCR', 'views:one']],
        });
      } finally {
        await client.close();
      }
    },
    password: async (): Promise<string> => {
      const SecretId = 'elasticache-wizard/close-up-api/close-up-redis/password';
      return (await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
        .SecretString;
    },
  };
}

interface Container {
  environment: { name: string; value: string }[];
  secrets?: { name: string; valueFrom: string }[];
}

const PASSED = { ingress: 'pass', variables: 'pass', ping: 'pass', logs: 'pass' };

function checksOf({ result }: Ended): Record<string, string> {
  return Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));
}

describe.runIf(hasRedis && FULL)('close-up', () => {
  test('counts in a serverless cache told in parts; then with a password, without one count lost', async () => {
    const { setup, views, container, user, run } = await app();
    expect(await views()).toContain('memory 1');
    const ended = await setup();
    expect(ended.result.error).toBeUndefined();
    expect(checksOf(ended)).toMatchObject(PASSED);
    expect(await views()).toEqual(['redis 1', 'redis 2', 'redis 3', 'redis 4']);
    const { environment } = await container();
    expect(Object.fromEntries(environment.map(({ name, value }) => [name, value]))).toMatchObject({
      REDIS_HOST: expect.stringMatching(
        /^close-up-redis-\w+\.serverless\.aps1\.cache\.amazonaws\.com$/,
      ) as string,
      REDIS_PORT: '6379',
      REDIS_DB: '0',
      REDIS_TLS: 'true',
    });

    const guarded = await setup('--auth', 'rbac', '--fix-execution-role');
    expect(guarded.result.error).toBeUndefined();
    expect(checksOf(guarded)).toMatchObject(PASSED);
    expect(await views()).toEqual(['redis 5', 'redis 6', 'redis 7', 'redis 8']);
    expect(await user()).toMatchObject({ UserName: 'default', Authentication: { Type: 'password' } });

    expect((await run('rollback', '--project', 'close-up-api', '--yes')).exitCode).toBe(0);
    expect(await views()).toContain('memory 1');
  });

  test('has a password from the first moment, which nothing that is said has in it', async () => {
    const { setup, views, container, said, password, ask, user, run } = await app();
    const ended = await setup('--auth', 'rbac', '--fix-execution-role');
    expect(ended.result.error).toBeUndefined();
    expect(checksOf(ended)).toMatchObject(PASSED);
    expect(await views()).toEqual(['redis 1', 'redis 2', 'redis 3', 'redis 4']);
    const { environment, secrets } = await container();
    expect(secrets?.map(({ name }) => name)).toEqual(['REDIS_PASSWORD']);
    expect(environment.map(({ name }) => name)).not.toContain('REDIS_PASSWORD');

    const secret = await password();
    expect(await ask(secret)).toEqual(['PONG', expect.stringContaining('redis_version') as string, 5]);
    expect(await ask(undefined)).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('NOAUTH') as string),
    );

    expect((await run(...DESTROY)).result.error).toBeUndefined();
    expect([await user(), said.join().includes(secret)]).toEqual([undefined, false]);
  });
});
