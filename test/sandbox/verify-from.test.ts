/** `verify --from`: the cache asked from elsewhere than where the app runs, through a tunnel and without one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { CheckReport } from '../../src/domain/check.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import { accountCalls } from './account-calls.ts';
import { COLLABCANVAS, commandLine, interrupted, PROGRAMS, type Ended } from './command-line.ts';
import { instanceWorld } from './instance-world.ts';
import { hasRedis } from './redis-program.ts';
import { runInVpc, type VpcProgram } from './vpc-client.ts';
import { quickCanvas, quickSandbox } from './quick-account.ts';

/** What `ssh -L` does on a bastion: it listens on this machine's loopback, and connects in the VPC. Answers with its end. */
const FORWARDER = `
const { createServer, connect } = require('node:net');
const { readFileSync } = require('node:fs');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [host, port] = JSON.parse(line).split(':');
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  server.listen(0, () => {
    const { loopbackAddress, portsFolder } = JSON.parse(readFileSync(process.env.ELASTICACHE_WIZARD_SEAT, 'utf8'));
    const own = server.address().port;
    const real = portsFolder ? readFileSync(portsFolder + '/' + own, 'utf8') : own;
    console.log(JSON.stringify(loopbackAddress + ':' + real));
  });
});`;

const clock = new VirtualClock();
const folder = mkdtempSync(join(tmpdir(), 'verify-from-'));
const authority = join(folder, 'ca.pem');
let sandbox: Sandbox;
let bastion: VpcProgram<string, string>;
let host: string, tunnel: string, call: ReturnType<typeof accountCalls>;

beforeAll(async () => {
  if (!hasRedis) return;
  const scenario = quickCanvas({ tasks: 2 });
  sandbox = await quickSandbox({ scenario, clock });
  call = accountCalls(sandbox, clock);
  writeFileSync(authority, sandbox.account.fabric.certificateAuthority);
  const ended = await run(
    'setup',
    '--auth',
    'token',
    '--fix-execution-role',
    '--yes',
    '--no-verify',
    '--no-probe',
  );
  expect(ended.result.error).toBeUndefined();
  await clock.sleep(5 * 60_000);
  host = ended.result.caches[0]!.endpoint!.address;
  const { services } = await call<{
    services: {
      networkConfiguration: { awsvpcConfiguration: { subnets: string[]; securityGroups: string[] } };
    }[];
  }>('ecs', 'DescribeServices', { cluster: 'collabcanvas', services: ['collabcanvas-backend'] });
  const { subnets, securityGroups } = services[0]!.networkConfiguration.awsvpcConfiguration;
  const place = { subnetId: subnets[0]!, groupIds: securityGroups, source: FORWARDER };
  bastion = await runInVpc<string, string>(sandbox.account, place);
  tunnel = await bastion.ask(`${host}:6379`);
});

afterAll(async () => {
  if (hasRedis) {
    await bastion.close();
    await sandbox.close();
  }
  rmSync(folder, { recursive: true });
});

function run(command: string, ...argv: readonly string[]): Promise<Ended> {
  const variables = { NODE_EXTRA_CA_CERTS: authority, AWS_ENDPOINT_URL: sandbox.endpointUrl };
  return commandLine([command, ...COLLABCANVAS, ...argv], sandbox, clock, undefined, undefined, variables);
}

const checkOf = ({ result }: Ended, id: CheckReport['id']): CheckReport & { hint?: string } =>
  result.checks.find((check) => check.id === id)!;

const tunnelOfNobody = '127.0.0.1:16379';

const without = (Action: string): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action, Resource: '*' },
  ],
});

async function appPassword(): Promise<string> {
  const { SecretList } = await call<{ SecretList: { Name: string; ARN: string }[] }>(
    'secretsmanager',
    'ListSecrets',
  );
  const { ARN: SecretId } = SecretList.find(({ Name }) =>
    Name.includes('collabcanvas-backend/collabcanvas'),
  )!;
  const read = await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId });
  return new URL((JSON.parse(read.SecretString) as { REDIS_URL: string }).REDIS_URL).password;
}

describe.skipIf(!hasRedis)('a cache with TLS and a token, asked from this machine', () => {
  test('answers through a tunnel with its own certificate, which proves nothing of the app', async () => {
    const password = await appPassword();
    const ended = await run('verify', '--from', 'here', '--tunnel', tunnel);
    expect(ended.exitCode).toBe(0);
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'warn' });
    expect(checkOf(ended, 'ping').detail).toContain('PONG from 127.');
    expect(checkOf(ended, 'ping').detail).toContain('over TLS');
    expect(checkOf(ended, 'ping').detail).toContain(`through the tunnel at ${tunnel}, which is not where`);
    expect(ended.result.proven).toBe(false);
    expect(JSON.stringify(ended)).not.toContain(password);
  });

  test('is not asked outside the VPC without a tunnel, and the commands that open one are told', async () => {
    const ended = await run('verify', '--from', 'here');
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'ping').detail).toContain('this machine is outside the VPC');
    const { hint } = checkOf(ended, 'ping');
    expect(hint).toContain(`ssh -N -L 16379:${host}:6379 user@bastion`);
    expect(hint).toContain('AWS-StartPortForwardingSessionToRemoteHost');
    expect(hint).toContain('--tunnel 127.0.0.1:16379');
    expect(ended.exitCode).toBe(0);
  });

  test('is reached without its password by whoever may not read it, and is told which right that takes', async () => {
    const password = await appPassword();
    sandbox.setPolicy(without('secretsmanager:GetSecretValue'));
    const ended = await run('verify', '--from', 'here', '--tunnel', tunnel);
    sandbox.setPolicy(undefined);
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'ping').detail).toContain('secretsmanager:GetSecretValue is not allowed');
    expect(JSON.stringify(ended)).not.toContain(password);
  });

  test('is told with what it takes to ask it, and how by hand, to whoever may run no tasks', async () => {
    sandbox.setPolicy(without('ecs:RunTask'));
    const ended = await run('verify');
    sandbox.setPolicy(undefined);
    expect(checkOf(ended, 'ping')).toMatchObject({ outcome: 'inconclusive' });
    expect(checkOf(ended, 'ping').detail).toContain('ecs:RunTask is not allowed');
    expect(checkOf(ended, 'ping').hint).toContain(`redis-cli -h ${host} -p 6379 --askpass --tls ping`);
    expect(checkOf(ended, 'variables')).toMatchObject({ outcome: 'pass' });
    expect(checkOf(ended, 'logs')).toMatchObject({ outcome: 'pass' });
  });

  test.each([
    [['--from', 'instance'], 'which is on Fargate and has no instances'],
    [['--from', 'i-0123456789abcdef0'], 'There is no instance i-0123456789abcdef0'],
    [['--from', 'laptop'], '--from "laptop" must be task, instance, here or the id'],
    [['--tunnel', tunnelOfNobody], 'the cache is not asked from here'],
    [['--from', 'here', '--tunnel', '16379'], '--tunnel "16379" must be host:port'],
    [['--from', 'here', '--no-probe'], 'with --no-probe it is not asked'],
    [['--from', 'here', '--lint'], 'with --lint it is not asked'],
  ])('is not asked with %s', async (argv, message) => {
    const { exitCode, result } = await run('verify', ...argv);
    expect([exitCode, result.error?.message]).toEqual([2, expect.stringContaining(message)]);
  });

  test('fails with a token that somebody has rotated out, for the app as for everybody', async () => {
    const password = await appPassword();
    for (const AuthTokenUpdateStrategy of ['ROTATE', 'SET']) {
      await call('elasticache', 'ModifyReplicationGroup', {
        ReplicationGroupId: 'collabcanvas-redis',
        AuthToken: 'another-token-of-somebody',
        AuthTokenUpdateStrategy,
        ApplyImmediately: true,
      });
      await clock.sleep(10 * 60_000);
    }
    const ended = await run('verify', '--from', 'here', '--tunnel', tunnel);
    expect([ended.exitCode, ended.result.error?.message]).toEqual([
      6,
      expect.stringContaining('The check ping fails: the cache refuses the credentials (WRONGPASS'),
    ]);
    expect(checkOf(ended, 'ping').detail).toContain('asked from this machine');
    expect(JSON.stringify(ended)).not.toContain(password);
  });
});

describe.skipIf(!hasRedis)('an app on instances', () => {
  test('is left without a command of ours when the probe is interrupted', async () => {
    const at = await sandbox.openAccount(kempian({ programsFolder: PROGRAMS, phases: ['staging'] }));
    const { instanceId, call: ask } = instanceWorld(at, clock);
    const app = ['--instance', await instanceId('kempian-staging'), '--project', 'kempian-staging'];
    const named = [...app, '--cache-name', 'kempian-cache', '--no-stickiness'];
    const fast = ['--yes', '--no-verify', '--no-probe'];
    const made = await commandLine(['setup', ...named, ...fast], at, clock);
    expect(made.result.error).toBeUndefined();
    const fromTask = await commandLine(['verify', ...named, '--from', 'task'], at, clock);
    expect([fromTask.exitCode, fromTask.result.error?.message]).toEqual([
      2,
      expect.stringContaining('--from task runs a task of ECS, and the app runs on instances'),
    ]);
    const commands = async (): Promise<{ Status: string }[]> =>
      (await ask<{ Commands: { Status: string }[] }>('ssm', 'ListCommands')).Commands;
    expect(await commands()).toEqual([]);
    const interruption = new AbortController();
    const running = commandLine(['verify', ...named], at, clock, interruption.signal);
    await vi.waitFor(async () => expect(await commands()).not.toEqual([]), { interval: 1, timeout: 10_000 });
    interruption.abort(interrupted());
    expect((await running).exitCode).toBe(130);
    const over = ['Success', 'Cancelled', 'Failed'];
    expect((await commands()).filter(({ Status }) => !over.includes(Status))).toEqual([]);
  });
});
