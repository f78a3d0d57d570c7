/** Each system's own configuration, set up and then given other passwords: its apps go on, and the old ones let in nobody. */
import { afterEach, describe, expect } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { funmagic } from '../../src/sandbox/scenarios/funmagic.ts';
import { kempian } from '../../src/sandbox/scenarios/kempian.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { inMatrix } from '../matrix.ts';
import { accountCalls } from './account-calls.ts';
import { commandLine, PROGRAMS, type Ended } from './command-line.ts';
import { instanceWorld } from './instance-world.ts';
import { hasRedis } from './redis-program.ts';
import { quickSandbox } from './quick-account.ts';

let sandbox: Sandbox | undefined;

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(scenario: Scenario) {
  const clock = new VirtualClock();
  const opened = (sandbox = await quickSandbox({ scenario, clock }));
  const call = accountCalls(opened, clock);
  const told: string[] = [];
  return {
    appUrl: opened.appUrl!,
    clock,
    world: instanceWorld(opened, clock),
    told: () => told.join('\n') + JSON.stringify(opened.calls()),
    async run(...argv: string[]): Promise<Ended> {
      const ended = await commandLine(argv, opened, clock);
      told.push(JSON.stringify(ended.events), ended.stderr);
      return ended;
    },
    async password(project: string, cache: string): Promise<string> {
      const SecretId = `elasticache-wizard/${project}/${cache}/password`;
      return (await call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId }))
        .SecretString;
    },
    async parameter(Name: string): Promise<string> {
      const input = { Name, WithDecryption: true };
      return (await call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', input)).Parameter.Value;
    },
  };
}

const outcomes = ({ result }: Ended): Record<string, string> =>
  Object.fromEntries(result.checks.map(({ id, outcome }) => [id, outcome]));

const finished = (wanted: string, { events }: Ended): unknown[] =>
  events.flatMap((event) => {
    const { kind } = (event.ref ?? {}) as { kind?: string };
    return event.type === 'step.finished' && kind === wanted ? [event.outcome] : [];
  });

const refusalOf = (ended: Ended): unknown[] => finished('refusal', ended);

const configOf = (name: string): string[] => ['--config', `templates/configs/${name}.yaml`, '--yes'];

interface System {
  readonly title: string;
  readonly config: string;
  readonly project: string;
  readonly scenario: () => Scenario;
  readonly caches: readonly string[];
  /** Where it says that it reaches its Redis. */
  readonly path: string;
  readonly apps: number;
}

const SYSTEMS: readonly System[] = [
  {
    title: 'Close-Up, a user of a serverless cache',
    config: 'close-up',
    project: 'close-up',
    scenario: () => closeUp({ programsFolder: PROGRAMS }),
    caches: ['close-up-redis'],
    path: '/views/home',
    apps: 1,
  },
  {
    title: 'Kempian in production, a token of an app on instances',
    config: 'kempian-production',
    project: 'kempian-production',
    scenario: () => kempian({ programsFolder: PROGRAMS, phases: ['production'] }),
    caches: ['kempian-cache-prod'],
    path: '/health',
    apps: 1,
  },
];

describe.skipIf(!hasRedis)('a rotation', () => {
  inMatrix.each(SYSTEMS)(
    'of $title',
    { timeout: 120_000 },
    async ({ config, project, scenario, caches, path, apps }) => {
      const system = await open(scenario());
      expect((await system.run('setup', ...configOf(config))).result.error).toBeUndefined();
      const before = await Promise.all(caches.map((cache) => system.password(project, cache)));

      const ended = await system.run('rotate-token', ...configOf(config));
      expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
      expect(outcomes(ended)).toMatchObject({ variables: 'pass', ping: 'pass', logs: 'pass' });
      expect(refusalOf(ended)).toEqual(Array.from({ length: apps }, () => 'created'));
      expect(ended.events.filter(({ code }) => code === 'refusal.unseen')).toEqual([]);
      expect(finished('ping', ended)).not.toContain('skipped');
      const after = await Promise.all(caches.map((cache) => system.password(project, cache)));
      expect(after.every((password) => /^[A-Za-z0-9]{64}$/.test(password))).toBe(true);
      expect(after.filter((password) => before.includes(password))).toEqual([]);
      expect((await fetch(`${system.appUrl}${path}`)).ok).toBe(true);
      for (const password of [...before, ...after]) expect(system.told()).not.toContain(password);

      const again = await system.run('plan', '--config', `templates/configs/${config}.yaml`, '--exit-code');
      expect([again.result.error, again.exitCode]).toEqual([undefined, 0]);
    },
  );

  inMatrix('of Funmagic gives its caches their first, and then others', { timeout: 180_000 }, async () => {
    const system = await open(funmagic({ programsFolder: PROGRAMS }));
    expect((await system.run('setup', ...configOf('funmagic'))).result.error).toBeUndefined();
    const first = await system.run('rotate-token', ...configOf('funmagic'));
    expect([first.result.error, first.exitCode]).toEqual([undefined, 0]);
    expect(first.result.caches.map(({ auth }) => auth)).toEqual(['token', 'token', 'token', 'token']);
    const before = await system.password('funmagic', 'funmagic-queue');
    const second = await system.run('rotate-token', ...configOf('funmagic'));
    expect([second.result.error, second.exitCode]).toEqual([undefined, 0]);
    expect(refusalOf(second)).toEqual(['created', 'created']);
    expect(await system.password('funmagic', 'funmagic-queue')).not.toBe(before);
  });

  inMatrix(
    'of an app that nobody restarts for us waits for that, and then ends',
    { timeout: 60_000 },
    async () => {
      const system = await open(kempian({ programsFolder: PROGRAMS, phases: ['staging'] }));
      const app = [
        ...['--instance-security-group', 'kempian-staging-app-sg', '--project', 'kempian-staging'],
        ...['--cache-name', 'kempian-cache', '--parameter-path', '/kempian/staging', '--yes'],
      ];
      const restart = ['--restart-command', 'systemctl restart kempian'];
      const made = await system.run('setup', ...app, ...restart, '--auth', 'token', '--no-stickiness');
      expect(made.result.error).toBeUndefined();
      const health = async (): Promise<unknown> => (await fetch(`${system.appUrl}/health`)).json();

      const begun = await system.run('rotate-token', ...app);
      expect([begun.exitCode, begun.result.error?.message]).toEqual([
        6,
        expect.stringContaining('The old password still lets in'),
      ]);
      expect(refusalOf(begun)).toEqual([]);
      expect(await health()).toMatchObject({ redis: 'ready' });
      const noted = await system.run('status', '--project', 'kempian-staging');
      expect(JSON.stringify(noted.result.driftNotes)).toContain('rotate-token');

      const instance = await system.world.instanceId('kempian-staging');
      await system.world.run(instance, ['systemctl restart kempian']);
      // Nobody but the operator can know: whoever runs it by a clock cuts nobody off.
      const unsaid = await system.run('rotate-token', ...app);
      expect([unsaid.exitCode, unsaid.result.awsCalls.writes]).toEqual([6, 0]);
      const ended = await system.run('rotate-token', ...app, '--restarted');
      expect([ended.result.error, ended.exitCode]).toEqual([undefined, 0]);
      expect(refusalOf(ended)).toEqual(['created']);
      expect(ended.events.filter(({ code }) => code === 'refusal.unseen')).toEqual([]);
      expect(await health()).toMatchObject({ redis: 'ready' });
      expect(await system.parameter('/kempian/staging/REDIS_URL')).toContain(
        await system.password('kempian-staging', 'kempian-cache'),
      );
    },
  );
});
