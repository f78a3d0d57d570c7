/** The command and the config file that say the same again as flags, variables and answers did. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saveProject } from '../../src/cli/applying/saving.ts';
import type { Project } from '../../src/cli/opening/project.ts';
import { parseArguments } from '../../src/cli/program.ts';
import type { Session } from '../../src/cli/session.ts';
import { isGiven, type Sourced } from '../../src/domain/settings.ts';
import type { InputName } from '../../src/inputs/catalogue.ts';
import { readConfigFile } from '../../src/inputs/config-file.ts';
import { commandOf, equivalentOf } from '../../src/inputs/equivalent-command.ts';
import { variableOf } from '../../src/inputs/input.ts';
import { resolveProjectInputs, type ProjectInputs } from '../../src/inputs/project-inputs.ts';
import { resolveInputs, withAnswer, withAnswers, type Inputs } from '../../src/inputs/resolve.ts';
import { savedConfig } from '../../src/inputs/saved-config.ts';
import { requireSavable, writeSaved } from '../../src/inputs/saved-file.ts';
import { settingsOf, type Target } from '../../src/inputs/settings.ts';
import { typed } from './typed.ts';

/** As typed, of every shape that an input has. */
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const value = fc.stringMatching(/^[!-~]([ -~]{0,12}[!-~])?$/);
const number = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map(String);
const pairs = (item: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc
    .dictionary(word, item, { minKeys: 1, maxKeys: 3 })
    .map((named) => Object.entries(named).map(([key, said]) => `${key}=${said}`));

const VALUES = {
  project: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 _.:/=+@-]{0,12}[A-Za-z0-9]$/),
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  profile: value,
  account: fc.stringMatching(/^\d{12}$/),
  preset: fc.constantFrom('development', 'production'),
  description: fc.stringMatching(/^[a-z~"'#-]([a-z0-9 #:'"{}\\-]{0,30}[a-z])?$/),
  engine: fc.constantFrom('redis', 'valkey'),
  engineVersion: fc.constantFrom('7.0', '7.1', '8'),
  cacheNodeType: fc.constantFrom('cache.t3.small', 'cache.r7g.large'),
  replicas: number(0, 5),
  multiAz: fc.boolean(),
  workload: fc.constantFrom('cache', 'sessions', 'queue', 'pubsub'),
  serverless: fc.constant(true),
  transitEncryption: fc.boolean(),
  port: number(1, 65_535),
  auth: fc.constantFrom('none', 'token', 'rbac'),
  parameter: pairs(fc.stringMatching(/^[ -+\--~]{0,8}$/)),
  tag: pairs(fc.stringMatching(/^[a-z .:/=+@-]{0,8}$/)),
  subnets: fc.uniqueArray(
    word.map((id) => `subnet-${id}`),
    { minLength: 1, maxLength: 3 },
  ),
  snapshotWindow: fc.constant('03:00-04:00'),
  maintenanceWindow: fc.constant('Sun:05:00-Sun:06:00'),
  adopt: fc.constant(true),
  envVar: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  envTls: fc.constant('REDIS_TLS'),
  secrets: fc.constantFrom('auto', 'ssm'),
  fixExecutionRole: fc.constant(true),
  stickiness: fc.boolean(),
  stickinessSeconds: number(1, 604_800),
  refreshPath: fc.stringMatching(/^\/[!-~]{0,12}$/),
  refreshValue: fc.constantFrom('$.count', 'body', '/count: (\\d+)/', '/it\'s "(.)"/'),
  refreshes: number(2, 200),
  header: pairs(fc.constantFrom('env:TOKEN', '@/run/secrets/cookie', '@a=b,c')),
  logPattern: fc.stringMatching(/^[A-Za-z0-9 ,'"#:-]{0,20}[a-z]$/),
  appUrl: fc.constant('https://app.example.com'),
  verify: fc.boolean(),
  monitoring: fc.boolean(),
  onFailure: fc.constantFrom('rollback', 'keep'),
} satisfies Partial<Record<InputName, fc.Arbitrary<string | boolean | string[]>>>;

type Said = Partial<Record<keyof typeof VALUES, string | boolean | string[]>>;

const said: fc.Arbitrary<Said> = fc.record(VALUES, { requiredKeys: [] });
const NAMED = { ecsCluster: 'web', service: 'shop', cacheName: 'shop-redis' };

/** Flags for some, variables for the others. */
function inputsFrom(all: Said): Inputs {
  const entries = Object.entries(all);
  const flags = Object.fromEntries(entries.filter((_, index) => index % 2 === 0));
  const environment = Object.fromEntries(
    entries
      .filter((_, index) => index % 2 === 1)
      .map(([name, raw]) => [variableOf(name), asVariable(name, raw)]),
  );
  return resolveInputs('setup', { flags: { ...NAMED, ...flags }, environment });
}

function asVariable(name: string, raw: string | boolean | string[]): string {
  return Array.isArray(raw) ? raw.join(name === 'header' ? '\n' : ',') : String(raw);
}

function reparsed(argv: readonly string[]): Inputs {
  const invocation = parseArguments(argv, '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  return resolveInputs(invocation.command, { flags: invocation.flags, environment: {} });
}

const valuesOf = (inputs: Inputs): unknown =>
  Object.fromEntries(
    Object.entries(inputs as Readonly<Record<string, Sourced<unknown> | undefined>>)
      .filter(([name]) => name !== 'yes')
      .map(([name, input]) => [name, input && [input.value, isGiven(input)]]),
  );

describe('the equivalent command', () => {
  test('says the same again, whatever was said by flags and variables', () => {
    fc.assert(
      fc.property(said, (all) => {
        const inputs = inputsFrom(all);
        const again = reparsed(commandOf('setup', inputs));
        expect(valuesOf(again)).toEqual(valuesOf(inputs));
        expect(again.yes).toEqual({ value: true, origin: 'flag' });
        expect(again.service?.origin).toBe('flag');
      }),
      { numRuns: 150 },
    );
  });

  test('answers are in it; what was found, and how a run speaks, is not', () => {
    const { inputs } = typed(
      'setup --service shop --json --save shop.yaml --no-input --no-multi-az --strict',
    );
    const answered = withAnswer(withAnswer(inputs, 'ecsCluster', 'web'), 'envProfile', 'split', 'found');
    expect(commandOf('setup', answered)).toEqual([
      ...['setup', '--ecs-cluster', 'web', '--service', 'shop', '--no-multi-az', '--strict', '--yes'],
    ]);
  });

  test('of a setup names its region, and no answer that is so without it', () => {
    const { inputs } = typed('setup --service shop --port 6379');
    const answered = withAnswers(inputs, {
      ecsCluster: 'web',
      preset: 'development',
      workload: 'cache',
      cacheNodeType: 'cache.t3.micro',
      envVar: 'REDIS_URL',
      stickiness: true,
    });
    expect(equivalentOf(answered, 'eu-west-1').slice(2).join(' ')).toBe(
      'setup --ecs-cluster web --service shop --env-var REDIS_URL --cache-node-type cache.t3.micro --workload cache --port 6379 --region eu-west-1 --yes',
    );
    const safe = withAnswers(answered, { workload: 'queue', stickiness: false });
    expect(equivalentOf(safe, 'eu-west-1').join(' ')).toMatch(/--no-stickiness .*--preset development/);
  });

  test('a config file is named as a whole, and what stands beside it', () => {
    const config = join(mkdtempSync(join(tmpdir(), 'named-')), 'shop.yaml');
    writeFileSync(
      config,
      'caches: [{ name: a, port: 6380 }]\nconsumers: [{ ecsCluster: web, service: shop }]\n',
    );
    const { inputs } = resolveProjectInputs(
      'setup',
      { flags: { config, replicas: '1' }, environment: {} },
      readConfigFile(config),
    );
    expect(commandOf('setup', inputs)).toEqual(['setup', '--replicas', '1', '--config', config, '--yes']);
  });

  test('a header that may be a secret is left to be filled in, and a password is hidden', () => {
    const inputs = resolveInputs('setup', {
      flags: {
        header: ['X-Api-Key=geheim', 'Cookie=env:COOKIE'],
        restartCommand: 'PASSWORD=geheim restart',
      },
      environment: {},
    });
    const command = commandOf('setup', inputs).join(' ');
    expect(command).toContain('--header X-Api-Key=<value> --header Cookie=env:COOKIE');
    expect(command).not.toContain('geheim');
  });
});

const FACTS = {
  project: 'shop',
  region: 'eu-west-1',
  account: '111122223333',
  cacheName: 'shop-redis',
  service: { ecsCluster: 'web', service: 'shop', container: 'app' },
};

/** Without the origins of the values, of which a file has its own. */
function settingsFrom({ inputs, configured }: ProjectInputs, project: string): unknown {
  const [consumer = { inputs, cache: 'shop-redis', variables: [] }] = configured?.consumers ?? [];
  const [cache = inputs] = configured?.caches ?? [];
  const target: Target = {
    project,
    caches: [{ inputs: cache, name: 'shop-redis' }],
    consumers: [{ ...consumer, app: { kind: 'ecs', ...FACTS.service } }],
  };
  const environment = { TOKEN: 'x' };
  const withoutHeaders = { ...inputs, header: { value: {}, origin: 'default' as const } };
  const settings = settingsOf(withoutHeaders, target, environment);
  return [JSON.parse(JSON.stringify(settings, asGiven)), inputs.header.value];
}

function asGiven(key: string, member: unknown): unknown {
  return key === 'origin' && member !== 'default' ? 'given' : member;
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'saved-'));
}

describe('the saved file', () => {
  test('has the settings that flags, variables and answers had', () => {
    const inFolder = folder();
    let count = 0;
    fc.assert(
      fc.property(said, fc.constantFrom('yaml', 'json'), (all, extension) => {
        const inputs = inputsFrom(all);
        const project = inputs.project?.value ?? 'shop';
        const path = join(inFolder, `${(count += 1)}.${extension}`);
        writeSaved(path, savedConfig(inputs, { ...FACTS, project }, path));
        const saved = resolveProjectInputs('setup', { flags: {}, environment: {} }, readConfigFile(path));
        expect(settingsFrom(saved, project)).toEqual(settingsFrom({ inputs }, project));
        expect(saved.inputs.region?.value).toBe('eu-west-1');
        expect(saved.inputs.account?.value).toBe('111122223333');
      }),
      { numRuns: 100 },
    );
  });

  test('is one that a person would have written', () => {
    const path = join(folder(), 'shop.yaml');
    const { inputs } = typed(
      'setup --ecs-cluster web --service shop --cache-name shop-redis --replicas 1 --multi-az --auth token --env-var CACHE_URL --tag team=web,tier=1 --refresh-path /count --refresh-value $.count --header Cookie=env:COOKIE --yes --json',
    );
    writeSaved(path, savedConfig(inputs, FACTS, 'shop.yaml'));
    expect(readFileSync(path, 'utf8')).toMatchInlineSnapshot(`
      "# Saved by elasticache-wizard. To use it: npx elasticache-wizard setup --config shop.yaml

      project: shop
      region: eu-west-1
      account: "111122223333"
      tags:
        team: web
        tier: "1"
      caches:
        - name: shop-redis
          replicas: 1
          multiAz: true
          auth: token
      consumers:
        - ecsCluster: web
          service: shop
          container: app
          variables:
            CACHE_URL: "{url}"
      checks:
        refreshPath: /count
        refreshValue: $.count
        headers:
          Cookie: env:COOKIE
      "
    `);
  });

  test('of an app on instances has how they are found', () => {
    const { inputs } = typed(
      'setup --instance i-1,i-2 --cache-name shop-redis --env-file /srv/app.env --restart-command restart',
    );
    expect(JSON.parse(savedConfig(inputs, { ...FACTS, service: undefined }, 'shop.json'))).toMatchObject({
      consumers: [{ instances: ['i-1', 'i-2'], envFile: ['/srv/app.env'], restartCommand: 'restart' }],
    });
  });

  const asked = typed('setup --ecs-cluster web --service shop --cache-name shop-redis');

  test('is never one of the user’s own, and never written over one that was saved before', () => {
    const path = join(folder(), 'shop.yaml');
    writeFileSync(path, 'mine: true\n');
    expect(() => requireSavable(path, asked)).toThrow('is there already, and is not overwritten');
    const saved = join(folder(), 'saved.yaml');
    const text = savedConfig(asked.inputs, FACTS, saved);
    writeSaved(saved, text);
    requireSavable(saved, asked);
    expect(() => requireSavable(saved, asked, true), 'before any question').toThrow('is there already');
    writeSaved(saved, text);
    expect(() => writeSaved(saved, text.replace('shop-redis', 'other'))).toThrow('is there already');
    expect([readFileSync(path, 'utf8'), readFileSync(saved, 'utf8')]).toEqual(['mine: true\n', text]);
  });

  test.each([
    ['/no/such/folder/shop.yaml', asked, 'there is no folder /no/such/folder'],
    [tmpdir(), asked, 'it is a folder'],
    [
      'shop-saved.yaml',
      typed('setup --header X-Api-Key=geheim'),
      'the value of --header X-Api-Key may be one',
    ],
    [
      'shop-saved.yaml',
      typed('setup', { config: 'caches: [{ name: a }]\nconsumers: [{ ecsCluster: web, service: shop }]' }),
      'is in a file already',
    ],
  ])('%s is refused in one sentence before anything is read', (path, project, sentence) => {
    expect(() => requireSavable(path, project)).toThrow(sentence);
  });

  test('holds no password that a restart command had, whether it was given or answered', async () => {
    const restartCommand = 'PASSWORD=geheim restart';
    const inputs = resolveInputs('setup', { flags: { restartCommand }, environment: {} });
    expect(() => requireSavable('shop-saved.yaml', { inputs })).toThrow('has a password in it');

    const path = join(folder(), 'shop.yaml');
    const answered = withAnswers(typed(`setup --instance i-1 --save ${path}`).inputs, { restartCommand });
    const settings = { project: 'shop', caches: [{ name: 'shop-redis' }], consumers: [{ kind: 'ec2' }] };
    const project = { settings, identity: FACTS } as unknown as Project;
    const saving = saveProject(project, answered, {} as Session);
    await expect(saving).rejects.toThrow('has a password in it');
    expect(existsSync(path)).toBe(false);
  });
});
