/** A cache with an AUTH token: made with one, or given one while it serves; and the token nowhere to be seen. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { CollabcanvasOptions } from '../../src/sandbox/scenarios/collabcanvas.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { callsOf, photograph } from '../faults/photograph.ts';
import { COLLABCANVAS, commandLine, REFRESH, type Ended } from './command-line.ts';
import { enterVpc, type VpcClient } from './vpc-client.ts';
import { inMatrix } from '../matrix.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const PROJECT = 'collabcanvas-backend';
const CACHE = 'collabcanvas-redis';
const ROLE = 'collabcanvas-execution';
const SECRET = `elasticache-wizard/${PROJECT}/collabcanvas/${PROJECT}/backend`;
const PASSWORD = `elasticache-wizard/${PROJECT}/${CACHE}/password`;
const UNPROVEN = ['--no-probe', '--no-verify'];
const WITH_TOKEN = ['--auth', 'token', '--fix-execution-role'];

const DESTROY = ['destroy', '--project', PROJECT, '--confirm', PROJECT, '--no-final-snapshot'];

const folders: string[] = [];
const clock = new VirtualClock();
let sandbox: Sandbox;
let opened: SandboxAccount | undefined;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
});

afterEach(async () => {
  await opened?.account.close();
  opened = undefined;
  sandbox.faults.clear();
  sandbox.clearCalls();
});

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  await sandbox.close();
});

interface Revision {
  readonly containerDefinitions: readonly {
    readonly name: string;
    readonly environment: readonly { readonly name: string; readonly value: string }[];
    readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  }[];
}

async function canvas(options: Omit<CollabcanvasOptions, 'programsFolder'> = {}) {
  const at = await sandbox.openAccount(quickCanvas({ tasks: 2, ...options }));
  opened = at;
  const call = callsOf(at.account);
  const told: string[] = [];
  const run = async (...argv: string[]): Promise<Ended> => {
    const ended = await commandLine([...argv, '--debug'], at, clock);
    told.push(JSON.stringify(ended.events), ended.stderr);
    return ended;
  };

  async function revisions(): Promise<string[]> {
    const families = ['ACTIVE', 'INACTIVE'].map((status) =>
      call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', { status }),
    );
    return (await Promise.all(families)).flatMap(({ taskDefinitionArns }) => taskDefinitionArns);
  }

  async function service() {
    const { services } = await call<{
      services: {
        taskDefinition: string;
        networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
      }[];
    }>('ecs', 'DescribeServices', { cluster: 'collabcanvas', services: [PROJECT] });
    return services[0]!;
  }

  async function backend(): Promise<Revision['containerDefinitions'][number]> {
    const { taskDefinition } = await service();
    const found = await call<{ taskDefinition: Revision }>('ecs', 'DescribeTaskDefinition', {
      taskDefinition,
    });
    return found.taskDefinition.containerDefinitions.find(({ name }) => name === 'backend')!;
  }

  async function secretText(SecretId: string): Promise<string> {
    return (await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
      .SecretString;
  }

  async function parameter(Name: string): Promise<string> {
    const input = { Name, WithDecryption: true };
    return (await call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', input)).Parameter.Value;
  }

  /** All that anybody could read who may not read secrets. */
  async function everythingInSight(): Promise<string> {
    const definitions = (await revisions()).map((taskDefinition) =>
      call('ecs', 'DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] }),
    );
    const seen = await Promise.all([
      ...definitions,
      photograph(at.account),
      call('ecs', 'DescribeServices', { cluster: 'collabcanvas', services: [PROJECT] }),
      call('elasticache', 'DescribeEvents', { Duration: 10_000 }),
      call('secretsmanager', 'ListSecrets', { IncludePlannedDeletion: true }),
      call('ssm', 'DescribeParameters', {}),
      call('logs', 'FilterLogEvents', { logGroupName: '/ecs/collabcanvas-backend' }),
      call('iam', 'ListRolePolicies', { RoleName: ROLE }),
    ]);
    return [...told, JSON.stringify(seen), JSON.stringify(sandbox.calls())].join('\n');
  }

  return {
    at,
    call,
    run,
    backend,
    secretText,
    parameter,
    everythingInSight,
    setup: (...argv: string[]) => run('setup', ...COLLABCANVAS, ...REFRESH, '--yes', ...argv),
    async cache() {
      const { ReplicationGroups } = await call<{
        ReplicationGroups: {
          AuthTokenEnabled: boolean;
          NodeGroups: { PrimaryEndpoint: { Address: string } }[];
        }[];
      }>('elasticache', 'DescribeReplicationGroups', { ReplicationGroupId: CACHE });
      const { AuthTokenEnabled, NodeGroups } = ReplicationGroups[0]!;
      return { hasToken: AuthTokenEnabled, host: NodeGroups[0]!.PrimaryEndpoint.Address };
    },
    async neighbour(): Promise<VpcClient> {
      const { subnets, securityGroups } = (await service()).networkConfiguration.awsvpcConfiguration;
      return enterVpc(at.account, subnets[0]!, securityGroups);
    },
    async rolePolicies(): Promise<string[]> {
      const { PolicyNames } = await call<{ PolicyNames: string[] }>('iam', 'ListRolePolicies', {
        RoleName: ROLE,
      });
      return PolicyNames;
    },
    tokenChanges: () => sandbox.calls().filter(({ action }) => action === 'ModifyReplicationGroup').length,
  };
}

/** A client with the old credentials that connects anew for each command, and how far the token was each time. */
function underLoad(client: VpcClient, host: string, changes: () => number) {
  const attempts: { changes: number; answer: unknown }[] = [];
  let stopping = false;
  const run = async (): Promise<void> => {
    while (!stopping) {
      const [answer] = await client.talk({ host, commands: [['PING']] });
      attempts.push({ changes: changes(), answer });
    }
  };
  const running = run();
  return {
    async stop() {
      stopping = true;
      await running;
      return attempts;
    },
  };
}

async function configFile(content: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-token-'));
  folders.push(folder);
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify(content));
  return path;
}

const outcomes = ({ result }: Ended): Record<string, string> =>
  Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));

describe('a cache that is made with a token', () => {
  test('is proven, and keeps the token in Secrets Manager and nowhere else', async () => {
    const app = await canvas();
    const ended = await app.setup(...WITH_TOKEN);
    expect(ended.result.error).toBeUndefined();
    expect([ended.exitCode, ended.result.proven]).toEqual([0, true]);
    expect(outcomes(ended)).toMatchObject({ variables: 'pass', ping: 'pass', logs: 'pass', refresh: 'pass' });
    expect(ended.result.caches).toMatchObject([{ auth: 'token' }]);
    expect(ended.result.consumers).toMatchObject([{ variables: [{ name: 'REDIS_URL', place: 'secrets' }] }]);

    const token = await app.secretText(PASSWORD);
    expect(token).toMatch(/^[A-Za-z0-9]{64}$/);
    const { host } = await app.cache();
    expect(JSON.parse(await app.secretText(SECRET))).toEqual({
      REDIS_URL: `rediss://:${token}@${host}:6379`,
    });
    const { secrets = [], environment } = await app.backend();
    expect(secrets).toEqual([
      {
        name: 'REDIS_URL',
        valueFrom: expect.stringMatching(
          new RegExp(`:secret:${SECRET}-[A-Za-z0-9]{6}:REDIS_URL::$`),
        ) as string,
      },
    ]);
    expect(environment.map(({ name }) => name)).not.toContain('REDIS_URL');

    const client = await app.neighbour();
    const [refused] = await client.talk({ host, commands: [['PING']] });
    const [answered] = await client.talk({ host, password: token, commands: [['PING']] });
    await client.close();
    expect([refused, answered]).toEqual([expect.stringContaining('NOAUTH'), 'PONG']);

    const again = await app.setup(...WITH_TOKEN);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    expect(await app.everythingInSight()).not.toContain(token);
  });

  test('leaves no trace of the token when it is destroyed', async () => {
    const app = await canvas({ inert: INERT_CANVAS });
    await app.setup(...WITH_TOKEN, ...UNPROVEN);
    const token = await app.secretText(PASSWORD);
    const destroyed = await app.run(...DESTROY);
    expect(destroyed.result.error).toBeUndefined();
    await expect(app.secretText(PASSWORD)).rejects.toThrow();
    await expect(app.secretText(SECRET)).rejects.toThrow();
    expect((await app.backend()).secrets ?? []).toEqual([]);
    expect(await app.rolePolicies()).toEqual([]);
    expect(await app.everythingInSight()).not.toContain(token);
  });

  inMatrix('keeps it in Parameter Store where that is wished, beside an address in the clear', async () => {
    const app = await canvas();
    const config = await configFile({
      project: PROJECT,
      secrets: 'ssm',
      caches: [{ name: CACHE, auth: 'token' }],
      consumers: [
        {
          ecsCluster: 'collabcanvas',
          service: PROJECT,
          fixExecutionRole: true,
          variables: {
            REDIS_URL: 'rediss://{host}:{port}',
            REDIS_PASSWORD: '{password}',
            REDIS_TLS: '{tls}',
          },
        },
      ],
    });
    const ended = await app.run('setup', '--config', config, '--yes');
    expect([ended.result.error, outcomes(ended)]).toMatchObject([
      undefined,
      { variables: 'pass', ping: 'pass', logs: 'pass' },
    ]);
    const token = await app.parameter(`/${PASSWORD}`);
    expect(await app.parameter(`/${SECRET}/REDIS_PASSWORD`)).toBe(token);
    const { secrets = [], environment } = await app.backend();
    expect(secrets).toEqual([
      {
        name: 'REDIS_PASSWORD',
        valueFrom: expect.stringMatching(`:parameter/${SECRET}/REDIS_PASSWORD$`) as string,
      },
    ]);
    const { host } = await app.cache();
    expect(environment).toEqual(
      expect.arrayContaining([
        { name: 'REDIS_URL', value: `rediss://${host}:6379` },
        { name: 'REDIS_TLS', value: 'true' },
      ]),
    );
    expect((await app.run('setup', '--config', config, '--yes')).result.awsCalls.writes).toBe(0);

    const destroyed = await app.run(...DESTROY);
    expect(destroyed.result.error).toBeUndefined();
    await expect(app.parameter(`/${PASSWORD}`)).rejects.toThrow();
    await expect(app.parameter(`/${SECRET}/REDIS_PASSWORD`)).rejects.toThrow();
    expect(await app.everythingInSight()).not.toContain(token);
  });

  test('is not made where nobody may hand the token to the app, and the statement to add is told', async () => {
    const app = await canvas({ inert: INERT_CANVAS });
    const ended = await app.setup('--auth', 'token');
    expect([ended.exitCode, ended.result.error?.code]).toEqual([4, 'Blocked']);
    expect(ended.result.error?.hint).toContain(
      `"Action":["secretsmanager:GetSecretValue"],"Resource":["arn:aws:secretsmanager:us-east-1:${app.at.account.accountId}:secret:${SECRET}-??????"]`,
    );
    expect(ended.result.awsCalls.writes).toBe(0);
  });

  test('is not made where somebody has a secret of that name', async () => {
    const app = await canvas({ inert: INERT_CANVAS });
    await app.call('secretsmanager', 'CreateSecret', {
      Name: PASSWORD,
      SecretString: 'theirs',
      ClientRequestToken: 'theirs',
    });
    const ended = await app.setup(...WITH_TOKEN);
    expect(ended.exitCode).toBe(4);
    expect(ended.result.error?.message).toContain(PASSWORD);
    expect([ended.result.awsCalls.writes, await app.secretText(PASSWORD)]).toEqual([0, 'theirs']);
  });

  inMatrix('leaves the app as it was where the app does not get along with it', async () => {
    const app = await canvas({ environment: { CRASH_WITH_REDIS: '1' } });
    const before = (await app.backend()).environment;
    const ended = await app.setup(...WITH_TOKEN, ...UNPROVEN);
    expect([ended.exitCode, ended.result.error?.code]).toEqual([7, 'RolloutFailed']);
    const { environment, secrets } = await app.backend();
    expect([environment, secrets ?? []]).toEqual([before, []]);
    expect(await app.everythingInSight()).not.toContain(await app.secretText(PASSWORD));
  });
});

describe('a cache that lives without a token', () => {
  inMatrix('gets one while it serves: nobody is cut off before every task has it', async () => {
    const app = await canvas();
    await app.setup(...UNPROVEN);
    const { host } = await app.cache();
    const client = await app.neighbour();
    const load = underLoad(client, host, app.tokenChanges);
    const ended = await app.setup(...WITH_TOKEN);
    const attempts = await load.stop();
    expect(ended.result.error).toBeUndefined();
    expect(outcomes(ended)).toMatchObject({ variables: 'pass', ping: 'pass', logs: 'pass' });
    expect(ended.result.caches).toMatchObject([{ auth: 'token' }]);

    const token = await app.secretText(PASSWORD);
    const failedBeforeSet = attempts.filter(({ changes, answer }) => changes < 2 && answer !== 'PONG');
    expect([attempts.length > 20, failedBeforeSet]).toEqual([true, []]);
    const [refused] = await client.talk({ host, commands: [['PING']] });
    const [answered] = await client.talk({ host, password: token, commands: [['PING']] });
    await client.close();
    expect([refused, answered]).toEqual([expect.stringContaining('NOAUTH'), 'PONG']);
    expect((await app.backend()).secrets).toMatchObject([{ name: 'REDIS_URL' }]);
    expect(app.tokenChanges()).toBe(2);

    const again = await app.setup(...WITH_TOKEN);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    const none = await app.setup('--auth', 'none');
    expect([none.exitCode, none.result.error?.message]).toEqual([4, expect.stringContaining('AUTH token')]);

    expect(await app.everythingInSight()).not.toContain(token);
  });

  test('takes clients without one until a rollout with it succeeds', async () => {
    const app = await canvas();
    await app.setup(...UNPROVEN);
    const { host } = await app.cache();
    const image = app.at.account.images;
    const client = await app.neighbour();
    // Every task that starts from now on has no program to run.
    const [reference, found] = [...image].find(([name]) => name.includes('collabcanvas-backend'))!;
    image.set(reference, { ...found, command: ['node', '/app/gone.cjs'] });
    const failed = await app.setup(...WITH_TOKEN, ...UNPROVEN);
    expect(failed.result.error?.code).toBe('RolloutFailed');
    expect(await client.talk({ host, commands: [['PING']] })).toEqual(['PONG']);

    image.set(reference, found);
    const mended = await app.setup(...WITH_TOKEN);
    expect(mended.result.error).toBeUndefined();
    expect(outcomes(mended)).toMatchObject({ ping: 'pass', logs: 'pass' });
    expect(await client.talk({ host, commands: [['PING']] })).toEqual([expect.stringContaining('NOAUTH')]);
    // One rotation, and its end.
    expect(app.tokenChanges()).toBe(2);
    await client.close();
  });
});
