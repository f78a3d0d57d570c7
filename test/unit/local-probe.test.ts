/** The probe on this machine: what it is handed, what it is not, and that it never outlives its run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { SsmCommands } from '../../src/aws/ssm-commands.ts';
import { causeOnTheWay } from '../../src/domain/elsewhere.ts';
import { serviceCommands, tunnelCommands } from '../../src/domain/paste-commands.ts';
import type { ProbeReport, ProbeStage } from '../../src/domain/probe-report.ts';
import { WizardError } from '../../src/errors.ts';
import { handedHere } from '../../src/probe/handed-here.ts';
import { instanceProbe } from '../../src/probe/instance-probe.ts';
import { askHere } from '../../src/probe/local-probe.ts';
import { waitFor } from '../../src/engine/wait.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { AppInstance } from '../../src/domain/instance-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'local-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const PROBE = readFileSync('dist/programs/probe.cjs', 'utf8');
const interrupted = new WizardError('Interrupted', 'Interrupted');
const handed = (url: string): Record<string, string> => ({
  ELASTICACHE_WIZARD_VARIABLE: 'REDIS_URL',
  REDIS_URL: url,
});

/** Writes which process it is, and then does nothing for ever. */
const LASTING = `require('node:fs').writeFileSync(process.env.PID_FILE, String(process.pid)); setInterval(() => {}, 1000);`;

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the program', () => {
  test('is killed when the run is interrupted, and when it does not end', async () => {
    const pidFile = join(folder, 'pid');
    const pid = (): number => Number(readFileSync(pidFile, 'utf8'));
    const interruption = new AbortController();
    const asked = askHere({ program: LASTING, machine: {} }, { PID_FILE: pidFile }, interruption.signal);
    const refused = expect(asked).rejects.toBe(interrupted);
    await vi.waitFor(() => expect(runs(pid())).toBe(true), { interval: 5, timeout: 5_000 });
    interruption.abort(interrupted);
    await refused;
    expect(runs(pid())).toBe(false);
    const late = await askHere({ program: LASTING, machine: {}, timeoutMs: 1 }, { PID_FILE: pidFile }, never);
    expect(late).toEqual({ notAsked: expect.stringContaining('without a report (killed)') as string });
  });

  test('gets nothing of this machine but what it needs to trust a certificate', async () => {
    const file = join(folder, 'environment');
    const program = `require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env))`;
    const machine = {
      SSL_CERT_DIR: '/certificates',
      AWS_SECRET_ACCESS_KEY: 'secret',
      NODE_OPTIONS: '--inspect',
    };
    await askHere({ program, machine, tunnel: '127.0.0.1:16379' }, handed('redis://a'), never);
    const environment = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    // What macOS adds to every process.
    delete environment.__CF_USER_TEXT_ENCODING;
    expect(environment).toEqual({
      SSL_CERT_DIR: '/certificates',
      ELASTICACHE_WIZARD_TUNNEL: '127.0.0.1:16379',
      ELASTICACHE_WIZARD_VARIABLE: 'REDIS_URL',
      REDIS_URL: 'redis://a',
    });
  });

  test('goes through the tunnel with the name of the cache, and follows no MOVED', async () => {
    const asked: string[] = [];
    const server = createServer((socket) =>
      socket.on('data', (data: Buffer) => {
        const [, command = ''] = /^\*\d+\r\n\$\d+\r\n(\w+)/.exec(data.toString()) ?? [];
        asked.push(command);
        socket.write(command === 'SET' ? '-MOVED 1 node-2.never.invalid:6379\r\n' : '+PONG\r\n');
      }),
    );
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const tunnel = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const report = await askHere(
      { program: PROBE, machine: {}, tunnel },
      handed('redis://cache.never.invalid'),
      never,
    );
    server.close();
    expect(report).toMatchObject({ failed: 'keys', address: '127.0.0.1' });
    const stages = 'stages' in report ? report.stages.map(({ detail }) => detail) : [];
    expect(stages[0]).toBe(`cache.never.invalid:6379, TLS off, through ${tunnel}`);
    expect(stages.find((detail) => detail.startsWith('MOVED'))).toBe('MOVED 1 node-2.never.invalid:6379');
    expect(asked.filter((command) => command === 'SET')).toHaveLength(1);
  });
});

describe('what it is handed', () => {
  const place = 'arn:aws:ecs:us-east-1:111122223333:';
  const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:theirs-AbCdEf';
  const kept: Record<string, string> = {
    [ARN]: '{"url":"rediss://:hunter2@cache:6379"}',
    '/theirs/token': 'hunter2',
  };
  const denied = new WizardError('AccessDenied', 'secretsmanager:GetSecretValue is not allowed');
  const readValue = (id: string): Promise<unknown> => {
    if (id.includes('denied')) return Promise.reject(denied);
    return Promise.resolve(kept[id] === undefined ? undefined : { value: kept[id], changedAt: 0 });
  };
  const secrets = { ssm: { readValue }, secretsmanager: { readValue } } as unknown as Aws['secrets'];
  const address = 'rediss://cache:6379';
  const ask = (valueFrom: string) =>
    handedHere({ variable: 'REDIS_URL', url: { valueFrom } }, { secrets, place, address });

  test('is a member of a secret’s JSON, and a password beside the address', async () => {
    expect(await ask(`${ARN}:url::`)).toEqual({ environment: handed('rediss://:hunter2@cache:6379') });
    const password = { name: 'TOKEN', variable: { valueFrom: '/theirs/token' } };
    const target = { variable: 'REDIS_URL', url: { value: address }, password };
    expect(await handedHere(target, { secrets, place, address })).toEqual({
      environment: { ...handed(address), ELASTICACHE_WIZARD_PASSWORD: 'TOKEN', TOKEN: 'hunter2' },
    });
  });

  test.each([
    [`${ARN.replace('theirs', 'denied')}:url::`, 'secretsmanager:GetSecretValue is not allowed'],
    [`${ARN}:uri::`, `${ARN} has no uri`],
    [`${ARN}:url:AWSPREVIOUS:`, 'names a version of its own'],
    ['/not/there', '/not/there is not there'],
  ])('is the address alone where the secret cannot be read: %s', async (valueFrom, reason) => {
    expect(await ask(valueFrom)).toEqual({
      environment: handed(address),
      withheldBecause: expect.stringContaining(reason) as string,
    });
  });
});

describe('a failure seen from elsewhere', () => {
  const failed = (stage: ProbeStage, detail: string, more: Partial<ProbeReport> = {}): ProbeReport => ({
    variable: 'REDIS_URL',
    runtime: 'node',
    failed: stage,
    stages: [{ stage, ok: false, detail, ms: 1 }],
    ...more,
  });
  const here = { place: 'this machine' };
  const through = { ...here, tunnel: '127.0.0.1:16379' };

  test.each([
    [failed('tcp', 'connect ETIMEDOUT after 5 s'), here, 'this machine is outside the VPC'],
    [failed('dns', 'getaddrinfo ENOTFOUND'), here, 'this machine is outside the VPC'],
    [failed('tls', 'self-signed certificate in chain'), here, 'does not trust the certificate'],
    [failed('tcp', 'connect ECONNREFUSED'), through, 'nothing listens at 127.0.0.1:16379'],
    [failed('tls', 'the connection was closed'), through, 'nobody answers at its other end'],
    [failed('auth', 'no answer in 5 s'), through, 'nobody answers at its other end'],
    [failed('tls', 'ERR_TLS_CERT_ALTNAME_INVALID'), through, 'leads to something else'],
    [failed('keys', 'SET: READONLY You can’t write'), through, 'leads to a replica'],
  ])('is of the way there: %#', (report, elsewhere, cause) => {
    expect(causeOnTheWay(report, elsewhere)).toContain(cause);
  });

  test.each([
    [failed('auth', 'WRONGPASS invalid username-password pair'), through],
    [failed('ping', 'NOAUTH Authentication required.'), through],
    [failed('tls', 'no answer to the TLS handshake in 5 s', { otherWayAnswers: true }), through],
    [failed('keys', 'SET: READONLY You can’t write'), here],
    [failed('keys', 'OOM command not allowed'), through],
  ])('is of the cache: %#', (report, elsewhere) => {
    expect(causeOnTheWay(report, elsewhere)).toBeUndefined();
  });
});

describe('the commands to type by hand', () => {
  const endpoint = { address: 'master.c.use1.cache.amazonaws.com', port: 6379, tls: true };
  const service = { ecsCluster: 'web', service: 'backend', container: 'app' };

  test('ask in a task, with TLS and without, and have no password in an argument', () => {
    const url = { value: 'rediss://:hunter2@master.c.use1.cache.amazonaws.com:6379' };
    const commands = serviceCommands(service, { variable: 'REDIS_URL', url }, endpoint, [
      '--region',
      'us-east-1',
    ]);
    expect(commands).toHaveLength(3);
    expect(commands[0]).toMatch(
      /^aws ecs execute-command --cluster web --container app .*--task "\$\(aws ecs list-tasks/,
    );
    expect(commands[1]).toMatch(/^redis-cli -h master\.c\.use1\S+ -p 6379 --askpass --tls ping /);
    expect(commands[2]).toMatch(/^redis-cli -h master\.c\.use1\S+ -p 6379 --askpass ping /);
    expect(commands.join()).not.toContain('hunter2');
    const password = { name: 'REDIS_PASSWORD', variable: { valueFrom: 'arn' } };
    const target = { variable: 'REDIS_HOST', url: { value: 'rediss://c:6379' }, password };
    expect(serviceCommands(service, target, endpoint, [])[1]).toContain(
      'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli',
    );
  });

  test('open a tunnel that ends where it is wanted', () => {
    const { ssh, ssm } = tunnelCommands(endpoint, 'i-0a1b2c3d', ['--region', 'us-east-1'], '127.0.0.1:7000');
    expect(ssh).toBe('ssh -N -L 7000:master.c.use1.cache.amazonaws.com:6379 user@bastion');
    expect(ssm).toContain('--target i-0a1b2c3d');
    expect(ssm).toContain('host=master.c.use1.cache.amazonaws.com,portNumber=6379,localPortNumber=7000');
  });
});

test('what an interrupted run has sent to an instance is cancelled', async () => {
  const clock = new VirtualClock();
  const sent = new Map<string, string>();
  const interruption = new AbortController();
  const commands: Partial<SsmCommands> = {
    send: ({ instanceId }) => {
      sent.set('command-1', `under way on ${instanceId}`);
      interruption.abort(interrupted);
      return Promise.resolve('command-1');
    },
    cancel: (commandId, instanceId) => {
      sent.set(commandId, `cancelled on ${instanceId}`);
      return Promise.resolve();
    },
  };
  const programs = { node: '', python3: '', sh: '' };
  const probe = instanceProbe({ aws: { commands: commands as SsmCommands }, project: 'web', programs });
  const { signal } = interruption;
  const step = {
    signal,
    progress: () => undefined,
    wait: <T>(wait: Parameters<typeof waitFor<T>>[0]) =>
      waitFor(wait, { clock, signal, onDetail: () => undefined }),
  };
  const instance = { instanceId: 'i-1', availabilityZone: 'us-east-1a', agent: 'online' } as AppInstance;
  await expect(probe.rehearse({ instances: [instance] }, step)).rejects.toBe(interrupted);
  expect(sent.get('command-1')).toBe('cancelled on i-1');
});
