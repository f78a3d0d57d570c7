/** `connect`: a cache with TLS and a token, reached from this machine by the real redis-cli through a task of the app. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { DescribeServicesResponse } from '@aws-sdk/client-ecs';
import type { DescribeSecurityGroupsResult } from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { PolicyDocument } from '../../src/domain/iam/document.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { FULL, inMatrix } from '../matrix.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, interrupted } from './command-line.ts';
import { hasRedis } from './redis-program.ts';
import { tunnelScene, type TunnelScene } from './tunnel-scene.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

const canConnect = hasRedis && process.platform === 'linux' && !spawnSync('redis-cli', ['--version']).error;

const PROJECT = ['--project', 'collabcanvas-backend'];
const SERVICE = { cluster: 'collabcanvas', service: 'collabcanvas-backend' };
const EXEC_POLICY = { RoleName: 'collabcanvas-task', PolicyName: 'exec' };
const CHANNELS = { Effect: 'Allow', Action: 'ssmmessages:*', Resource: '*' };
/** Found among the children of this process, which is that of the run; a shell that asks so does not find itself. */
const PLUGIN = `$(pgrep -P ${process.pid} -f 'session-manager-plugi[n]')`;

const clock = new VirtualClock();
let sandbox: Sandbox;
let scene: TunnelScene;
let call: ReturnType<typeof accountCalls>;
let token: string;

const document = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const without = (Action: string): object =>
  document({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action, Resource: '*' });

beforeAll(async () => {
  if (!canConnect) return;
  const scenario = quickCanvas({ tasks: 2 });
  sandbox = await quickSandbox({ scenario, clock });
  scene = tunnelScene(sandbox, clock);
  call = accountCalls(sandbox, clock);
  const made = ['setup', ...COLLABCANVAS, '--auth', 'token', '--fix-execution-role', '--yes'];
  const { result } = await commandLine([...made, '--no-verify', '--no-probe'], sandbox, clock);
  expect(result.error).toBeUndefined();
  token = await kept();
});

afterEach(() => {
  if (canConnect) sandbox.setPolicy(undefined);
});

afterAll(async () => {
  if (!canConnect) return;
  scene.close();
  await sandbox.close();
});

async function kept(): Promise<string> {
  const SecretId = 'elasticache-wizard/collabcanvas-backend/collabcanvas-redis/password';
  const { SecretString } = await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', {
    SecretId,
  });
  return /[A-Za-z0-9]{64}/.exec(SecretString)![0];
}

async function enableExec(): Promise<void> {
  const update = { ...SERVICE, enableExecuteCommand: true, forceNewDeployment: true };
  await call('ecs', 'UpdateService', update);
  await clock.sleep(15 * 60_000);
}

/** Every process that this one has started and that is not the sandbox's own. */
function left(): string[] {
  const found = spawnSync('pgrep', ['-P', String(process.pid), '-f', 'session-manager-plugin|sleep 6']);
  return found.stdout.toString().trim().split('\n').filter(Boolean);
}

describe.skipIf(!canConnect)('a way through the app’s own task', () => {
  test('that is not there yet is told with the command that makes it, and nothing is started', async () => {
    const ended = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    expect(ended.exitCode).toBe(4);
    expect(ended.result.error?.message).toContain(
      'ECS Exec is not enabled on the service collabcanvas-backend',
    );
    expect(ended.result.error?.hint).toContain(
      'aws ecs update-service --cluster collabcanvas --service collabcanvas-backend --enable-execute-command --force-new-deployment',
    );
    expect(await scene.sessionsSince()).toEqual([]);
  });

  test('whose agent may not speak with Systems Manager is told with the role that lacks it', async () => {
    await enableExec();
    const ended = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    expect(ended.exitCode).toBe(4);
    expect(ended.result.error?.message).toContain('has no connection to Systems Manager');
    expect(ended.result.error?.hint).toContain(
      'the role collabcanvas-task needs ssmmessages:CreateControlChannel',
    );
    await call('iam', 'PutRolePolicy', {
      ...EXEC_POLICY,
      PolicyDocument: JSON.stringify(document(CHANNELS)),
    });
  });

  test('leads redis-cli to the cache, its certificate checked, and ends with it', async () => {
    const ended = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    expect({ exitCode: ended.exitCode, said: ended.said }).toEqual({ exitCode: 0, said: 'PONG\n' });
    const distrusting = { variables: { SSL_CERT_FILE: '/dev/null' } };
    const refused = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping'], distrusting);
    expect(refused.exitCode).toBe(1);
    expect(refused.said).toContain('certificate verify failed');
    expect(await scene.sessionsSince()).toEqual(['Terminated', 'Terminated']);
    expect(left()).toEqual([]);
  });

  test('ends with the exit code of the command, at the port that was asked for', async () => {
    const said =
      'echo "$REDIS_HOST $REDIS_PORT $REDIS_TLS $REDIS_TLS_SERVERNAME $ELASTICACHE_WIZARD_TUNNEL"; exit 7';
    const port = await freePort();
    const ended = await scene.connect([...PROJECT, '--local-port', String(port), '--', 'sh', '-c', said]);
    const { address } = ended.result.caches[0]!.endpoint!;
    expect(ended.exitCode).toBe(7);
    expect(ended.result.error).toBeUndefined();
    expect(ended.said).toBe(`127.0.0.1 ${port} true ${address} 127.0.0.1:${port}\n`);
  });

  test('is not begun at a port where somebody listens already', async () => {
    await scene.sessionsSince();
    const taken = new URL(sandbox.endpointUrl).port;
    const ended = await scene.connect([...PROJECT, '--local-port', taken, '--', 'true']);
    expect(ended.exitCode).toBe(2);
    expect(ended.result.error?.message).toContain('something listens there already');
    expect(await scene.sessionsSince()).toEqual([]);
  });

  test('opens a shell where nothing is to be run, in which the address and the token are set', async () => {
    const SHELL = `${scene.program('shell', 'env | grep ^REDIS; exit 3')}/shell`;
    const ended = await scene.connect(PROJECT, { variables: { SHELL } });
    expect(ended.exitCode).toBe(3);
    expect(ended.said).toMatch(new RegExp(`^REDIS_URL=rediss://:${token}@127.0.0.1:\\d+$`, 'm'));
    expect(ended.said).toContain(`REDISCLI_AUTH=${token}\n`);
  });

  test('shows neither the token nor that of the session in an argument or on the screen', async () => {
    const look = `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; echo; echo ---;
      tr '\\0' '\\n' < /proc/${PLUGIN}/environ`;
    const ended = await scene.connect([...PROJECT, '--', 'sh', '-c', look]);
    // The program of somebody else's process may have such a line too.
    const [environment = '', ...others] = ended.said.split('---\n').reverse();
    const argumentsOfAll = others.join('\n');
    expect(argumentsOfAll).toContain('AWS_SSM_START_SESSION_RESPONSE us-east-1 StartSession');
    const [, response = '{}'] = /^AWS_SSM_START_SESSION_RESPONSE=(.*)$/m.exec(environment) ?? [];
    const { TokenValue } = JSON.parse(response) as { TokenValue: string };
    for (const secret of [token, TokenValue]) {
      expect(secret.length).toBeGreaterThan(60);
      expect(argumentsOfAll).not.toContain(secret);
      expect(ended.stderr + JSON.stringify(ended.events)).not.toContain(secret);
    }
    expect(environment).not.toContain(token);
  });

  test('that breaks ends the command, and says so', async () => {
    // Its own child is to go with it.
    const breaks = `sleep 60 & echo $!; kill -9 ${PLUGIN}; wait`;
    const ended = await scene.connect([...PROJECT, '--', 'sh', '-c', breaks]);
    expect(ended.exitCode).toBe(1);
    expect(ended.result.error?.message).toMatch(
      /^The tunnel through the task \w+ of collabcanvas-backend has ended/,
    );
    while (isAlive(Number(ended.said))) await tick();
    await scene.sessionsSince();
    expect(left()).toEqual([]);
  });

  test('that does not open in time is given up, and leaves nothing', async () => {
    await scene.sessionsSince();
    const silent = '[ "$1" = --version ] && exec echo 1.2.707.0; exec sleep 62';
    const variables = { PATH: `${scene.program('session-manager-plugin', silent)}:${scene.env.PATH!}` };
    const ended = await scene.connect([...PROJECT, '--timeout', '1', '--', 'true'], { variables });
    expect(ended.exitCode).toBe(5);
    expect(ended.result.error?.message).toContain('did not open within 1 s');
    expect(left()).toEqual([]);
    expect(await scene.sessionsSince()).toEqual(['Terminated']);
  });

  test('leaves nothing when the run is stopped', async () => {
    await scene.sessionsSince();
    const stop = new AbortController();
    const running = scene.connect([...PROJECT, '--', 'sh', '-c', 'exec sleep 60'], { signal: stop.signal });
    while (left().length < 2) await tick();
    stop.abort(interrupted());
    expect((await running).exitCode).toBe(130);
    expect(left()).toEqual([]);
    expect(await scene.sessionsSince()).toEqual(['Terminated']);
  });

  /** A run of its own process whose command is up, and the processes that it has started. */
  async function sleeping() {
    const command = ['sh', '-c', 'echo up; exec sleep 61'];
    const args = ['bin/elasticache-wizard.cjs', 'connect', ...PROJECT, '--', ...command];
    const child = spawn(process.execPath, args, { env: { ...sandbox.env, ...scene.env } });
    await new Promise((up) => child.stdout.once('data', up));
    const started = execFileSync('pgrep', ['-P', String(child.pid)])
      .toString()
      .trim()
      .split('\n');
    return { child, started };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    // Of a terminal that is closed.
    ...(FULL ? [['SIGHUP', 143] as const] : []),
  ] as const)('leaves nothing after %s', async (signal, exitCode) => {
    const { child, started } = await sleeping();
    expect(started).toHaveLength(2);
    child.kill(signal);
    expect(await new Promise((ended) => child.once('exit', ended))).toBe(exitCode);
    for (const pid of started) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    expect(await scene.sessionsSince()).toEqual(['Terminated']);
  });

  inMatrix('is open again after a run that was killed', async () => {
    const { child, started: orphans } = await sleeping();
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('exit', ended));
    const again = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    // Nobody is told of a SIGKILL: what was left behind ends when its session does.
    for (const pid of orphans) process.kill(Number(pid), 'SIGKILL');
    expect([again.result.error?.message, again.said]).toEqual([undefined, 'PONG\n']);
    await scene.sessionsSince();
  });

  test('needs AWS’s plugin, and one that takes no token as an argument', async () => {
    const nowhere = await scene.connect([...PROJECT, '--', 'true'], { variables: { PATH: '/nowhere' } });
    expect(nowhere.exitCode).toBe(4);
    expect(nowhere.result.error?.message).toBe(
      'session-manager-plugin is not on the PATH: sessions of Systems Manager need it',
    );
    const old = { ELASTICACHE_WIZARD_PLUGIN_VERSION: '1.2.497.0' };
    const outdated = await scene.connect([...PROJECT, '--', 'true'], { variables: old });
    expect(outdated.exitCode).toBe(4);
    expect(outdated.result.error?.message).toContain(
      'session-manager-plugin 1.2.497.0 takes the token of a session',
    );
    expect(await scene.sessionsSince()).toEqual([]);
  });

  test('is open with the rights of its own policy, and tells the one that is missing', async () => {
    const scope = [...COLLABCANVAS, '--region', 'us-east-1', '--account', sandbox.account.accountId];
    const { events } = await commandLine(
      ['policy', '--for', 'connect', '--auth', 'token', ...scope],
      sandbox,
      clock,
    );
    sandbox.setPolicy((events[0] as { document: unknown }).document);
    const named = ['--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend'];
    const allowed = await scene.connect([...named, '--', 'redis-cli', 'ping']);
    expect([allowed.result.error?.message, allowed.said]).toEqual([undefined, 'PONG\n']);
    expect(allowed.events.filter(({ type }) => type === 'warning')).toEqual([]);

    sandbox.setPolicy(without('ssm:StartSession'));
    const denied = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    expect(denied.exitCode).toBe(3);
    expect(denied.result.error?.message).toContain('ssm:StartSession is not allowed');

    sandbox.setPolicy(without('ssm:TerminateSession'));
    const lasting = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    expect(lasting.exitCode).toBe(0);
    expect(lasting.events.find(({ type }) => type === 'warning')).toMatchObject({ code: 'session.left' });
  });

  inMatrix(
    'is refused by name without any one of its rights, or goes without it',
    { timeout: 300_000 },
    async () => {
      const scope = [...COLLABCANVAS, '--region', 'us-east-1', '--account', sandbox.account.accountId];
      const printed = await commandLine(
        ['policy', '--for', 'connect', '--auth', 'token', ...scope],
        sandbox,
        clock,
      );
      const { Statement } = (printed.events[0] as unknown as { document: PolicyDocument }).document;
      for (const action of new Set(Statement.flatMap(({ Action }) => Action))) {
        sandbox.setPolicy(without(action));
        const earlier = sandbox.calls().length;
        const ended = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
        const later = sandbox.calls().slice(earlier);
        const isAsked = later.some((called) => `${called.service}:${called.action}` === action);
        const isSaid = JSON.stringify(ended.events).includes(action);
        expect([action, ended.exitCode === 0 ? !isAsked || isSaid : ended.exitCode === 3 && isSaid]).toEqual([
          action,
          true,
        ]);
      }
    },
  );

  test('that the cache does not let in is told with the rule that is missing', async () => {
    const { SecurityGroups } = await call<DescribeSecurityGroupsResult>('ec2', 'DescribeSecurityGroups', {
      Filters: [{ Name: 'group-name', Values: ['collabcanvas-redis-sg'] }],
    });
    const { GroupId = '', IpPermissions } = SecurityGroups![0]!;
    await call('ec2', 'RevokeSecurityGroupIngress', { GroupId, IpPermissions });
    const ended = await scene.connect([...PROJECT, '--', 'redis-cli', 'ping']);
    await call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
    expect(ended.exitCode).toBe(4);
    expect(ended.result.error?.message).toMatch(
      /collabcanvas-redis-sg of collabcanvas-redis does not let the task/,
    );
    expect(ended.result.error?.hint).toContain(
      `--group-id ${GroupId} --protocol tcp --port 6379 --source-group`,
    );
  });
});

describe.skipIf(!canConnect)('a packet that is dropped behind the tunnel', () => {
  inMatrix('is met with silence, as it is in the VPC', async () => {
    const { services } = await call<DescribeServicesResponse>('ecs', 'DescribeServices', {
      cluster: SERVICE.cluster,
      services: [SERVICE.service],
    });
    const [GroupId] = services![0]!.networkConfiguration!.awsvpcConfiguration!.securityGroups!;
    const found = await call<DescribeSecurityGroupsResult>('ec2', 'DescribeSecurityGroups', {
      GroupIds: [GroupId],
    });
    const { IpPermissionsEgress: IpPermissions } = found.SecurityGroups![0]!;
    await call('ec2', 'RevokeSecurityGroupEgress', { GroupId, IpPermissions });
    const asks = 'timeout 1 redis-cli -h $REDIS_HOST -p $REDIS_PORT --tls ping';
    const ended = await scene.connect([...PROJECT, '--', 'sh', '-c', asks]);
    await call('ec2', 'AuthorizeSecurityGroupEgress', { GroupId, IpPermissions });
    expect([ended.result.error?.message, ended.exitCode, ended.said]).toEqual([undefined, 124, '']);
  });
});

describe.skipIf(!canConnect)('a way through a bastion', () => {
  /** Takes the arguments of ssh, and forwards as it would from inside the VPC. */
  const ssh = (to: { host: string; port: number }): string =>
    `exec '${process.execPath}' -e '
      const [, near, port] = /^-L (.+?):(\\d+):/.exec(process.argv.slice(1).join(" ").slice(process.argv.slice(1).join(" ").indexOf("-L")));
      const { createServer, connect } = require("node:net");
      createServer((from) => {
        const on = connect(${to.port}, "${to.host}");
        from.pipe(on).pipe(from);
        for (const end of [from, on]) end.on("error", () => { from.destroy(); on.destroy(); });
      }).listen(Number(port), near);' -- "$@"`;

  test('leads there too, by the ssh of this machine', async () => {
    const { services } = await call<DescribeServicesResponse>('ecs', 'DescribeServices', {
      cluster: SERVICE.cluster,
      services: [SERVICE.service],
    });
    const { subnets, securityGroups } = services![0]!.networkConfiguration!.awsvpcConfiguration!;
    const { fabric, vpc } = sandbox.account;
    const bastion = vpc.attach({
      subnetId: subnets![0]!,
      groupIds: securityGroups!,
      description: 'a bastion',
      requester: 'ec2',
    });
    const { ReplicationGroups } = await call<{
      ReplicationGroups: { NodeGroups: { PrimaryEndpoint: { Address: string } }[] }[];
    }>('elasticache', 'DescribeReplicationGroups');
    const [address = ''] = fabric.lookup(ReplicationGroups[0]!.NodeGroups[0]!.PrimaryEndpoint.Address);
    const bin = scene.program('ssh', ssh(fabric.route(bastion, address, 6379)!));
    const variables = { PATH: `${bin}:${scene.env.PATH!}` };
    const through = [...PROJECT, '--through', 'ssh', '--bastion', 'ops@bastion'];
    const ended = await scene.connect([...through, '--', 'redis-cli', 'ping'], { variables });
    expect([ended.result.error?.message, ended.said]).toEqual([undefined, 'PONG\n']);
  });

  test('that lets nobody in says what ssh said', async () => {
    const bin = scene.program('ssh', 'echo "ops@bastion: Permission denied (publickey)." >&2; exit 255');
    const variables = { PATH: `${bin}:${scene.env.PATH!}` };
    const ended = await scene.connect([...PROJECT, '--bastion', 'ops@bastion', '--', 'true'], { variables });
    expect(ended.exitCode).toBe(1);
    expect(ended.result.error?.message).toBe(
      'The tunnel through ops@bastion has ended: ops@bastion: Permission denied (publickey).',
    );
  });
});

/** Nobody else asks for it in the moment between. */
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** A moment longer than it runs: until the system has taken notice of its end. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const tick = (): Promise<void> => new Promise((next) => setImmediate(next));
