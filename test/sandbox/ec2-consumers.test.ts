/** Apps on instances: their values, their restart, the cache asked from where they run, and the way back. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeReplicationGroupsCommandOutput } from '@aws-sdk/client-elasticache';
import type { DescribeParametersResult, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox, SandboxAccount } from '../../src/sandbox/sandbox.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { ROLLED_BACK } from '../../src/drift/rolled-back.ts';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { mortalWorld } from '../faults/mortal-world.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { instanceWorld } from './instance-world.ts';
import { hasRedis } from './redis-program.ts';
import { inMatrix } from '../matrix.ts';
import { quickSandbox } from './quick-account.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario) {
  const clock = new VirtualClock();
  const opened = (sandbox = await quickSandbox({ scenario, clock }));
  const world = instanceWorld(opened, clock);
  const json = async <Body>(path: string, init?: RequestInit): Promise<Body> =>
    (await (await fetch(`${opened.appUrl!}${path}`, init)).json()) as Body;
  const run = (...argv: string[]): Promise<Ended> => commandLine(argv, opened, clock);
  /** Names without the path, and values. */
  const parameters = async (Path: string): Promise<Record<string, string>> => {
    const { Parameters = [] } = await world.call<GetParametersByPathResult>('ssm', 'GetParametersByPath', {
      Path,
      WithDecryption: true,
    });
    return Object.fromEntries(
      Parameters.map(({ Name = '', Value = '' }) => [Name.slice(Path.length + 1), Value]),
    );
  };
  return { clock, opened, sandbox: opened, json, run, parameters, world };
}

const PATH = '/kempian/staging';
const OWN = 'redis.staging.kempian.internal:6379/0';
const STAGING = [
  ...['--instance-security-group', 'kempian-staging-app-sg', '--project', 'kempian-staging'],
  ...['--cache-name', 'kempian-cache', '--parameter-path', PATH, '--no-stickiness'],
  ...['--log-pattern', 'Redis connected'],
];
const RESTART = ['--restart-command', 'systemctl restart kempian'];
const LOGS = ['--log-file', '/var/log/kempian.log'];
const ROLLBACK = ['rollback', '--project', 'kempian-staging', '--yes'];
const DESTROY = ['destroy', '--project', 'kempian-staging', '--confirm', 'kempian-staging'];

const staging = (more: { agent?: boolean } = {}): Scenario =>
  kempian({ programsFolder: PROGRAMS, phases: ['staging'], ...more });

const outcomes = ({ result }: Ended): Record<string, string> =>
  Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));

const warnings = ({ events }: Ended): unknown[] =>
  events.filter(({ type }) => type === 'warning').map(({ code }) => code);

describe.skipIf(!hasRedis)('an app on instances with a Redis of its own', () => {
  it('is moved to a cache with a token, is unchanged the second time, and back on its own when rolled back', async () => {
    const { run, json, parameters, world } = await open(staging());
    expect(await json('/health')).toMatchObject({ where: OWN });
    const first = await run('setup', ...STAGING, ...RESTART, ...LOGS, '--auth', 'token', '--yes');
    expect([first.result.error, first.exitCode]).toEqual([undefined, 0]);
    expect(outcomes(first)).toMatchObject({
      ingress: 'pass',
      variables: 'pass',
      ping: 'pass',
      revision: 'pass',
      logs: 'pass',
    });
    const { REDIS_URL = '' } = await parameters(PATH);
    expect(REDIS_URL).toMatch(/^rediss:\/\/:\w{64}@master\.kempian-cache\./);
    const { hostname, password } = new URL(REDIS_URL);
    expect(JSON.stringify(first)).not.toContain(password);
    expect(JSON.stringify(await world.call('ssm', 'ListCommands'))).not.toContain(password);
    expect(await json('/health')).toMatchObject({ redis: 'ready', where: `${hostname}:6379/0` });
    const { Parameters: [described] = [] } = await world.call<DescribeParametersResult>(
      'ssm',
      'DescribeParameters',
      { ParameterFilters: [{ Key: 'Name', Values: [`${PATH}/REDIS_URL`] }] },
    );
    expect(described).toMatchObject({ Type: 'SecureString' });

    const second = await run('setup', ...STAGING, ...RESTART, ...LOGS, '--auth', 'token', '--yes');
    expect(second.exitCode).toBe(0);
    expect(second.result.awsCalls.writes).toBeLessThanOrEqual(1);
    expect(second.result.changes.map(({ action }) => action)).not.toContain('update');

    const { result: status } = await run('status', '--project', 'kempian-staging');
    expect(status.consumers).toMatchObject([
      { kind: 'ec2', variables: [{ name: 'REDIS_URL', place: 'parameter-store' }] },
    ]);

    const back = await run(...ROLLBACK, ...RESTART);
    expect([back.result.error, back.exitCode]).toEqual([undefined, 0]);
    expect(await parameters(PATH)).toEqual({});
    expect(await json('/health')).toMatchObject({ redis: 'ready', where: OWN });
    const again = await run(...ROLLBACK, ...RESTART);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);

    const removed = await run(...DESTROY, ...RESTART);
    expect([removed.result.error, removed.exitCode]).toEqual([undefined, 0]);
    const { ReplicationGroups } = await world.call<DescribeReplicationGroupsCommandOutput>(
      'elasticache',
      'DescribeReplicationGroups',
    );
    expect(ReplicationGroups).toEqual([]);
    expect(await parameters('/elasticache-wizard')).toEqual({});
    expect(await json('/health')).toMatchObject({ redis: 'ready', where: OWN });
  });

  it('is told to be restarted by hand where nobody says how, and is not called done', async () => {
    const { run, json, world } = await open(staging());
    const ended = await run('setup', ...STAGING, ...LOGS, '--yes', '--strict');
    expect([ended.exitCode, ended.result.proven]).toEqual([6, false]);
    expect(warnings(ended)).toContain('restart.needed');
    expect(outcomes(ended)).toMatchObject({ ping: 'pass', revision: 'inconclusive', logs: 'inconclusive' });
    expect(await json('/health')).toMatchObject({ where: OWN });
    await world.run(await world.instanceId('kempian-staging'), ['systemctl restart kempian']);
    const verified = await run('verify', ...STAGING, ...LOGS);
    expect([verified.result.error, verified.exitCode]).toEqual([undefined, 0]);
    expect(outcomes(verified)).toMatchObject({ ping: 'pass', revision: 'skip', logs: 'pass' });
    const refused = await run(...DESTROY);
    expect([refused.exitCode, refused.result.error?.message]).toEqual([
      4,
      expect.stringContaining('nobody would restart it before the cache is gone'),
    ]);
    const back = await run(...ROLLBACK);
    expect([back.exitCode, warnings(back)]).toEqual([0, ['restart.needed']]);
    const removed = await run(...DESTROY);
    expect([removed.result.error, removed.exitCode]).toEqual([undefined, 0]);
  });

  inMatrix(
    'is said to have its values from before where the restart command is wrong, and rolled back is no drift',
    async () => {
      const { run, json } = await open(staging());
      const sticky = STAGING.filter((word) => word !== '--no-stickiness');
      const wrong = await run('setup', ...sticky, '--restart-command', 'no-such-command', '--yes');
      expect([wrong.exitCode, wrong.result.error?.hint]).toEqual([
        7,
        expect.stringMatching(/^The values are as before; the restart command itself does not work/),
      ]);
      expect(wrong.events).toContainEqual(
        expect.objectContaining({ type: 'restart.failed', rolledBack: false, valuesBack: true }),
      );
      expect(await json('/health')).toMatchObject({ redis: 'ready', where: OWN });
      expect((await run('setup', ...sticky, ...RESTART, '--yes')).exitCode).toBe(0);
      expect((await run(...ROLLBACK, ...RESTART)).exitCode).toBe(0);
      const { exitCode, result } = await run('status', '--project', 'kempian-staging', '--strict');
      expect([exitCode, result.drift]).toEqual([0, []]);
      expect(result.driftNotes).toMatchObject([{ kind: 'stickiness', what: ROLLED_BACK }]);
    },
  );

  inMatrix('keeps its values where the restart fails', async () => {
    const { run, json, parameters } = await open(staging());
    // It fails as long as there is anything new to restart with.
    const failing = [
      '--restart-command',
      `echo password=hunter2 >&2; systemctl restart kempian; ! aws ssm get-parameter --name ${PATH}/REDIS_URL --query Parameter.Version`,
    ];
    const ended = await run('setup', ...STAGING, ...failing, '--yes');
    expect([ended.exitCode, ended.result.consumers]).toEqual([
      7,
      [expect.objectContaining({ kind: 'ec2', rolledBack: true, variables: [] })],
    ]);
    expect(ended.result.error?.message).toContain('ended with exit code 1');
    expect(JSON.stringify(ended)).not.toContain('hunter2');
    expect(await parameters(PATH)).toEqual({});
    expect(await json('/health')).toMatchObject({ redis: 'ready', where: OWN });
    const mended = await run('setup', ...STAGING, ...RESTART, '--yes');
    expect([mended.result.error, mended.exitCode]).toEqual([undefined, 0]);
    expect(await json('/health')).toMatchObject({ redis: 'ready' });
    // What was there for the last restart comes back, not nothing.
    const { REDIS_URL } = await parameters(PATH);
    const changed = await run('setup', ...STAGING, ...failing, '--env-tls', 'REDIS_TLS', '--yes');
    expect(changed.exitCode).toBe(7);
    expect(await parameters(PATH)).toEqual({ REDIS_URL });
  });

  inMatrix('is restarted by each way back, and a later setup takes away that a restart is due', async () => {
    const { run, json, clock, world, opened } = await open(staging());
    const failing = [
      '--restart-command',
      `systemctl restart kempian; ! aws ssm get-parameter --name ${PATH}/REDIS_URL`,
    ];
    const restarts = () => opened.calls().filter(({ action }) => action === 'SendCommand').length;
    const sent = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      const before = restarts();
      const ended = await run('setup', ...STAGING, ...failing, '--yes');
      expect(ended.exitCode).toBe(7);
      expect(await json('/health')).toMatchObject({ where: OWN });
      sent.push(restarts() - before);
      await clock.sleep(LEASE_MS);
    }
    expect(sent[1]).toBe(sent[0]);
    expect((await run('setup', ...STAGING, '--yes')).exitCode).toBe(0);
    expect(warnings(await run(...ROLLBACK))).toContain('restart.needed');
    // A later setup takes the mark away.
    expect((await run('setup', ...STAGING, ...RESTART, '--yes')).exitCode).toBe(0);
    const { SecurityGroups: [anchor] = [] } = await world.call<{
      SecurityGroups?: { Tags?: { Key?: string; Value?: string }[] }[];
    }>('ec2', 'DescribeSecurityGroups', {
      Filters: [{ Name: 'tag:elasticache-wizard:project', Values: ['kempian-staging'] }],
    });
    const due = anchor?.Tags?.filter(({ Key }) => Key?.includes('restart-due')).map(({ Value }) => Value);
    expect(due).toEqual(['done']);
  });

  inMatrix('goes on where a run was killed', async () => {
    const { sandbox: at, clock, ...clean } = await open(staging());
    const setup = ['setup', ...STAGING, ...RESTART, '--yes'];
    expect((await clean.run(...setup)).exitCode).toBe(0);
    const callsOf = ({ env }: Pick<SandboxAccount, 'env'>) =>
      at.calls().filter(({ accessKeyId }) => accessKeyId === env.AWS_ACCESS_KEY_ID);
    const calls = callsOf(at);
    const numbers = (wanted: string): number[] =>
      calls.flatMap(({ action }, index) => (action === wanted ? [index + 1] : []));
    const [, asks, restarts] = numbers('SendCommand');
    const deaths = [
      // Its values are written.
      { call: asks!, moment: 'before the sending' },
      // It is being restarted.
      { call: restarts!, moment: 'right after the answer' },
      // It has been, and nobody has noted it.
      { call: numbers('AddTagsToResource').at(-1)!, moment: 'before the sending' },
    ] as const;
    for (const death of deaths) {
      const again = await at.openAccount(staging());
      const world = await mortalWorld(at.endpointUrl, clock, death);
      const env = { ...again.env, AWS_ENDPOINT_URL: world.endpointUrl };
      await Promise.race([commandLine(setup, { env }, world.clock), world.died]);
      world.close();
      await clock.sleep(LEASE_MS);
      const ended = await commandLine(setup, again, clock);
      expect([death, ended.result.error, ended.exitCode]).toEqual([death, undefined, 0]);
      const health: unknown = await (await fetch(`${again.appUrl!}/health`)).json();
      expect(health).toMatchObject({
        redis: 'ready',
        where: expect.stringContaining('master.kempian-cache') as string,
      });
      if (death.call === restarts) await rolledBackAfterDeath(again);
      await again.account.close();
    }

    /** Killed when its values are gone, and it still runs with them. */
    async function rolledBackAfterDeath(account: SandboxAccount): Promise<void> {
      const back = [...ROLLBACK, ...RESTART];
      const before = callsOf(at).length;
      expect((await clean.run(...back)).exitCode).toBe(0);
      const call =
        callsOf(at)
          .slice(before)
          .findIndex(({ action }) => action === 'DeleteParameter') + 1;
      const world = await mortalWorld(at.endpointUrl, clock, { call, moment: 'right after the answer' });
      const env = { ...account.env, AWS_ENDPOINT_URL: world.endpointUrl };
      await Promise.race([commandLine(back, { env }, world.clock), world.died]);
      world.close();
      await clock.sleep(LEASE_MS);
      expect((await commandLine(back, account, clock)).exitCode).toBe(0);
      const health: unknown = await (await fetch(`${account.appUrl!}/health`)).json();
      expect(health).toMatchObject({ redis: 'ready', where: OWN });
    }
  });

  it('is asked by hand where no agent is, and its values may be in a file', async () => {
    const { run, json } = await open(staging({ agent: false }));
    const blocked = await run('setup', ...STAGING, ...RESTART, '--yes');
    expect([blocked.exitCode, blocked.result.error?.message, blocked.result.awsCalls.writes]).toEqual([
      4,
      expect.stringContaining('never registered with Systems Manager'),
      0,
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'env-file-'));
    const file = join(folder, 'kempian.env');
    const inFile = [...STAGING.filter((_, n) => n !== 6 && n !== 7), '--env-file', file];
    writeFileSync(file, 'REDIS_URL=redis://theirs:6379\n');
    const foreign = await run('setup', ...inFile, '--yes');
    expect([foreign.exitCode, foreign.result.awsCalls.writes]).toEqual([4, 0]);
    rmSync(file);
    const ended = await run('setup', ...inFile, '--auth', 'token', '--yes');
    expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
    expect(outcomes(ended)).toMatchObject({ variables: 'pass', ping: 'inconclusive', logs: 'skip' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(
      /^# Written by .*\n# Writing \w+\nREDIS_URL=rediss:\/\/:\w{64}@master\.kempian-cache\..*\n$/,
    );
    expect(JSON.stringify(ended)).not.toContain(/:(\w{64})@/.exec(text)![1]);
    const hint = ended.result.checks.find(({ id }) => id === 'ping');
    expect(hint).toMatchObject({
      hint: expect.stringContaining('redis-cli -h master.kempian-cache') as string,
    });
    const second = await run('setup', ...inFile, '--auth', 'token', '--yes');
    expect(second.result.changes.filter(({ action }) => action !== 'none')).toEqual([]);
    const back = await run(...ROLLBACK, '--env-file', file);
    expect([back.exitCode, existsSync(file)]).toEqual([0, false]);
    expect(await json('/health')).toMatchObject({ where: OWN });
    rmSync(folder, { recursive: true });
  });

  inMatrix('is set up and put back with exactly the permissions that are printed for it', async () => {
    const { run, opened } = await open(staging());
    const app = [
      '--instance',
      'kempian-staging',
      '--project',
      'kempian-staging',
      '--cache-name',
      'kempian-cache',
    ];
    const named = [...app, '--parameter-path', PATH, '--auth', 'token'];
    const runs = [
      ['setup', ...named, ...RESTART, ...LOGS, '--yes'],
      ['verify', ...named],
      ['status', '--project', 'kempian-staging'],
      [...ROLLBACK, ...RESTART],
      [...DESTROY, ...RESTART],
    ];
    for (const [command = '', ...rest] of runs) {
      opened.setPolicy(undefined);
      const place = ['--region', 'us-east-1', '--account', '111122223333'];
      const { events } = await run('policy', '--for', command, ...named, ...place);
      const document = events.find(({ type }) => type === 'policy')?.document;
      expect(JSON.stringify(document)).not.toContain('ecs:RunTask');
      opened.setPolicy(document);
      const ended = await run(command, ...rest);
      expect([command, ended.result.error, warnings(ended)]).toEqual([command, undefined, []]);
    }
  });

  it('is named by what is there', async () => {
    const { run } = await open(staging());
    const messages = [];
    for (const selection of [
      ['--instance', 'kempian-stagin'],
      ['--auto-scaling-group', 'kempian'],
      ['--instance-security-group', 'kempian-stage-app-sg'],
    ]) {
      const { exitCode, result } = await run('plan', ...selection, '--cache-name', 'kempian-cache');
      messages.push([exitCode, `${result.error?.message}. ${result.error?.hint}`]);
    }
    expect(messages).toEqual([
      [
        2,
        expect.stringContaining(
          'There is no instance kempian-stagin in this account and region. Did you mean kempian-staging?',
        ),
      ],
      [2, expect.stringContaining('There is no Auto Scaling group kempian in this account')],
      [2, expect.stringContaining('Did you mean kempian-staging-app-sg?')],
    ]);
  });
});

describe.skipIf(!hasRedis)('funmagic', () => {
  inMatrix(
    'is set up by its configuration: workers share a queue, and an empty prefix survives',
    async () => {
      const { run, json, parameters, world } = await open(funmagic({ programsFolder: PROGRAMS }));
      // Without the variable each instance has a prefix of its own.
      const refresh = [
        '--refresh-path',
        '/jobs',
        '--refresh-value',
        '$.prefix',
        '--task-header',
        'x-instance-id',
      ];
      const config = ['--config', 'templates/configs/funmagic.yaml'];
      const { exitCode, result } = await run('setup', ...config, ...refresh, '--yes');
      expect([result.error, exitCode, result.proven]).toEqual([undefined, 0, true]);
      expect(Object.keys(await parameters('/funmagic/web')).sort()).toEqual([
        'QUEUE_PREFIX',
        'REDIS_PUBSUB_URL',
        'REDIS_QUEUE_URL',
        'REDIS_TLS',
        'REDIS_URL',
      ]);
      expect(await parameters('/funmagic/admin')).toMatchObject({ QUEUE_PREFIX: 'admin', REDIS_TLS: 'true' });
      await json('/jobs?count=10', { method: 'POST' });
      await expect
        .poll(() => json('/jobs'), { timeout: 10_000 })
        .toMatchObject({ prefix: 'bull', queue: { waiting: 0, active: 0, completed: 10 } });
      const { events = [] } = await world.call<FilterLogEventsResponse>('logs', 'FilterLogEvents', {
        logGroupName: '/funmagic/web',
      });
      expect(events.filter(({ message }) => /eviction/i.test(message ?? ''))).toEqual([]);
    },
  );
});
