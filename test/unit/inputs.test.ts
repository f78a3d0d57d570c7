import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import type { WizardError } from '../../src/errors.ts';
import { CATALOGUE } from '../../src/inputs/catalogue.ts';
import { readHeaders } from '../../src/inputs/headers.ts';
import { COMMANDS, flagOf, variableOf, type CommandName, type Input } from '../../src/inputs/input.ts';
import { resolveInputs, type Environment, type Inputs } from '../../src/inputs/resolve.ts';
import { checkRules } from '../../src/inputs/rules.ts';
import { settingsOf, type Target } from '../../src/inputs/settings.ts';
import type { ReplicationGroupSettings, Settings } from '../../src/domain/settings.ts';
import { requireInputs } from '../../src/inputs/strict-asker.ts';

/** As typed on a command line. */
function inputsFrom(line: string | readonly string[], environment: Environment = {}): Inputs {
  const invocation = parseArguments(typeof line === 'string' ? line.split(' ') : line, '0.0.0');
  if (!('command' in invocation)) throw new Error('it is no command');
  return resolveInputs(invocation.command, { flags: invocation.flags, environment });
}

function errorOf(run: () => unknown): Pick<WizardError, 'code' | 'message' | 'hint'> {
  try {
    run();
  } catch (error) {
    const { code, message, hint } = error as WizardError;
    return { code, message, hint };
  }
  throw new Error('nothing was thrown');
}

const commandOf = (line: string): CommandName =>
  COMMANDS.find((command) => line.startsWith(command)) ?? 'setup';

const problem = (line: string): string =>
  errorOf(() => {
    checkRules(commandOf(line), { inputs: inputsFrom(line) });
  }).message;

/** Of one service and one cache. */
function settingsFrom(line: string, service = 'backend'): Settings {
  const inputs = inputsFrom(line);
  const target: Target = {
    project: inputs.project?.value ?? service,
    caches: [{ inputs, name: 'web-redis' }],
    consumers: [
      {
        inputs,
        app: { kind: 'ecs', ecsCluster: 'web', service, container: 'app' },
        cache: 'web-redis',
        variables: [],
      },
    ],
  };
  return settingsOf(inputs, target, {});
}

describe('where a value comes from', () => {
  test('a flag hides the environment, the environment hides the default', () => {
    const environment = { ELASTICACHE_WIZARD_REPLICAS: '2' };
    expect(inputsFrom('setup --replicas 1', environment).replicas).toEqual({ value: 1, origin: 'flag' });
    expect(inputsFrom('setup', environment).replicas).toEqual({ value: 2, origin: 'environment' });
    expect(inputsFrom('setup').replicas).toEqual({ value: 0, origin: 'default' });
  });

  test('a variable that a CI job has left empty counts as not set', () => {
    expect(inputsFrom('setup', { ELASTICACHE_WIZARD_CACHE_NODE_TYPE: '' }).cacheNodeType.origin).toBe(
      'default',
    );
  });

  test('a preset changes defaults, and stays behind what is given', () => {
    const inputs = inputsFrom('setup --preset production --snapshot-retention 14');
    expect(inputs.replicas).toEqual({ value: 1, origin: 'default', by: 'preset' });
    expect(inputs.multiAz).toEqual({ value: true, origin: 'default', by: 'preset' });
    expect(inputs.snapshotRetention).toEqual({ value: 14, origin: 'flag' });
    expect(inputs.refreshes).toEqual({ value: 20, origin: 'default', by: 'preset' });
  });

  test('a switch can be turned off by flag and by environment', () => {
    expect(inputsFrom('setup --no-stickiness').stickiness).toEqual({ value: false, origin: 'flag' });
    expect(inputsFrom('setup', { ELASTICACHE_WIZARD_TRANSIT_ENCRYPTION: 'false' }).transitEncryption).toEqual(
      {
        value: false,
        origin: 'environment',
      },
    );
  });

  test('the long spellings of AWS are taken too', () => {
    const inputs = inputsFrom('setup --cluster web --replication-group-id Web-Redis --num-replicas 1');
    expect(inputs.ecsCluster?.value).toBe('web');
    expect(inputs.cacheName?.value).toBe('web-redis');
    expect(inputs.replicas.value).toBe(1);
  });

  test('lists are repeatable and split at commas, and swallow nothing behind them', () => {
    const inputs = inputsFrom('setup --subnets subnet-1,subnet-2 --subnets subnet-3 --yes');
    expect(inputs.subnets?.value).toEqual(['subnet-1', 'subnet-2', 'subnet-3']);
    expect(inputs.yes.value).toBe(true);
    expect(inputsFrom('setup', { ELASTICACHE_WIZARD_TAG: 'team=web,stage=test' }).tag.value).toEqual({
      team: 'web',
      stage: 'test',
    });
  });

  test('setup is what runs when no command is named', () => {
    expect(parseArguments(['--service', 'backend'], '0.0.0')).toEqual({
      command: 'setup',
      flags: { service: 'backend' },
      operands: [],
    });
  });
});

describe('what a value may look like', () => {
  test.each([
    ['setup --cache-name 9redis', 'must be 1 to 40 letters'],
    ['setup --cache-name web--redis', 'single hyphens'],
    ['setup --cache-name web-', 'must be 1 to 40 letters'],
    [`setup --cache-name ${'a'.repeat(41)}`, 'must be 1 to 40 letters'],
    ['setup --engine keydb', 'must be one of: redis, valkey'],
    ['setup --engine memcached', 'speaks another protocol'],
    ['setup --engine MemoryDB', 'is a durable database'],
    ['setup --service arn:aws:lambda:eu-west-1:123456789012:function:api', 'is a Lambda function'],
    ['setup --engine-version seven', 'must be major.minor'],
    ['setup --cache-node-type t3.micro', 'must begin with cache.'],
    ['setup --replicas 6', 'must be a whole number from 0 to 5'],
    ['setup --replicas two', 'must be a whole number from 0 to 5'],
    ['setup --port 70000', 'must be a whole number from 1 to 65535'],
    ['setup --snapshot-retention 36', 'must be a whole number from 0 to 35'],
    ['setup --snapshot-window 03:00-03:30', 'an hour or longer'],
    ['setup --snapshot-window 3-4', 'hh24:mi-hh24:mi'],
    ['setup --maintenance-window sunday:05:00-sunday:06:00', 'ddd:hh24:mi'],
    ['setup --allow-cidr 10.0.0.0', 'must be an IPv4 range'],
    ['setup --allow-cidr 10.0.0.0/33', 'must be an IPv4 range'],
    ['setup --subnets vpc-1', 'must be subnet ids'],
    ['setup --env-var 1REDIS', 'must be letters, digits and underscores'],
    ['setup --on-failure panic', 'must be one of: rollback, keep'],
    ['setup --account 123', 'must be the 12 digits'],
    ['setup --region europe', 'must be a region'],
    ['setup --tag aws:team=web', 'must be key=value'],
    ['setup --tag team=web,team=api', 'must name each key once'],
    [`setup --tag ${Array.from({ length: 41 }, (_, n) => `t${n}=v`).join(',')}`, 'must be 40 or fewer'],
    ['policy --for everything', 'must be one of: setup, plan, verify'],
    ['setup --tag Aws:team=web', 'must be key=value'],
    ['setup --app-url https://:p4ss@app.example.com', 'without a path'],
    ['setup --refresh-value [count', 'must be a JSONPath'],
    ['setup --refresh-value /(/', 'must be a JSONPath'],
    ['setup --app-url http://app.example.com/path', 'without a path'],
    ['setup --header NoValue', 'must be Name=env:VARIABLE'],
    ['setup --header Authorization=s3cret', 'must come from a variable or a file'],
    ['verify --header cookie=session', 'must come from a variable or a file'],
    ['setup --timeout 0', 'must be a number greater than 0'],
  ])('%s is refused: it %s', (line, sentence) => {
    expect(problem(line)).toContain(sentence);
  });

  test.each([
    ['--maintenance-window', 'SUN:23:30-mon:00:30', 'sun:23:30-mon:00:30'],
    ['--snapshot-window', '23:30-00:30', '23:30-00:30'],
    ['--service', 'arn:aws:ecs:eu-west-1:123456789012:service/web/backend', 'backend'],
    ['--app-url', 'https://app.example.com/', 'https://app.example.com'],
    ['--poll-interval', '0.2', 0.2],
    ['--refresh-value', '/count: (\\d+)/', '/count: (\\d+)/'],
  ])('%s %s is taken as %s', (flag, typed, value) => {
    const inputs = inputsFrom(['setup', flag, typed]) as Record<string, { value: unknown } | undefined>;
    const name = Object.keys(CATALOGUE).find((key) => flagOf(key) === flag)!;
    expect(inputs[name]?.value).toBe(value);
  });

  test('everything that is wrong is said at once', () => {
    expect(errorOf(() => inputsFrom('setup --replicas 9 --port 0'))).toMatchInlineSnapshot(`
      {
        "code": "InvalidInput",
        "hint": "elasticache-wizard setup --help says what each input takes.",
        "message": "--replicas "9" must be a whole number from 0 to 5; --port "0" must be a whole number from 1 to 65535",
      }
    `);
  });

  test.each([
    [['--header', 'Authorization=Bearer s3cret', '--header', 'bad'], '--header (entry 2) must be Name='],
    [['--header', 'Authorization: Bearer s3cret'], '--header (entry 1) must be Name='],
    [['--header', 'Authorization: Bearer s3cret=='], '--header (entry 1) must be Name='],
    [['--header', 'Authorization=Bearer s3cret'], '--header "Authorization=…" must come from a variable'],
    [['--header', 'X/Token=s3cret'], '--header "X/Token=…" must be Name='],
    [['--tag', 'team=web', '--tag', 'aws:owner=s3cret'], '--tag "aws:owner=…" must be key=value'],
    [['--app-url', 'https://me:s3cret@app.example.com'], '--app-url "https://****@app.example.com" must be'],
    [['--app-url', 'me:s3cret@app.example.com'], '--app-url "****" must be'],
    [['--endpoint-url', 'ftp://me:s3cret@host'], '--endpoint-url "****" must be'],
    [['--env-var', 'redis://:s3cret@host:6379'], '--env-var "redis://****@host:6379" must be'],
    [['--subnets', 'subnet-1,vpc-1'], '--subnets "vpc-1" must be subnet ids'],
  ])('of %j only what is no secret is shown', (flags, shown) => {
    const { message } = errorOf(() => inputsFrom(['setup', ...flags]));
    expect(message).toContain(shown);
    expect(message).not.toContain('s3cret');
  });

  test('a secret in a variable is not shown either', () => {
    const environment = { ELASTICACHE_WIZARD_HEADER: 'Authorization=Bearer s3cret\nbad s3cret' };
    const { message } = errorOf(() => inputsFrom('setup', environment));
    expect(message).toContain('ELASTICACHE_WIZARD_HEADER (entry 2)');
    expect(message).not.toContain('s3cret');
  });

  test('a wrong value from the environment is called by its variable', () => {
    const message = errorOf(() => inputsFrom('setup', { ELASTICACHE_WIZARD_REPLICAS: 'many' })).message;
    expect(message).toContain('ELASTICACHE_WIZARD_REPLICAS "many"');
  });
});

describe('what inputs must be to each other', () => {
  test.each([
    ['setup --multi-az --replicas 0', 'needs a replica'],
    ['setup --preset production --replicas 0', '--preset production needs a replica'],
    ['setup --engine redis --engine-version 6.2', 'Redis OSS 6.2 cannot be set up'],
    ['setup --engine valkey --engine-version 7.1', 'Valkey has no version 7.1'],
    ['setup --kms-key-id alias/shop --no-at-rest-encryption', 'turns off'],
    ['setup --snapshot-window 03:00-04:00 --snapshot-retention 0', 'makes none'],
    ['setup --cache-name sg-web', 'begins with sg-'],
    ['setup --subnets subnet-1', 'names one subnet'],
    ['setup --refresh-value $.count', 'but not where'],
    ['setup --refresh-path /', 'but not what to compare'],
    ['setup --no-stickiness --stickiness-seconds 60', 'has no meaning'],
  ])('%s is refused', (line, sentence) => {
    expect(problem(line)).toContain(sentence);
  });

  test.each([
    'setup --multi-az',
    'setup --multi-az --replicas 1',
    'setup --engine valkey',
    // Meant for a cache that is there, and may run Valkey.
    'setup --engine-version 8.1',
    'setup --refresh-path / --refresh-value body',
    'setup --preset production',
    'setup --preset production --replicas 0 --no-multi-az',
  ])('%s is taken', (line) => {
    expect(() => checkRules('setup', { inputs: inputsFrom(line) })).not.toThrow();
  });

  test('the hint is the flag that mends it', () => {
    expect(
      errorOf(() => checkRules('setup', { inputs: inputsFrom('setup --multi-az --replicas 0') })).hint,
    ).toBe('Say --replicas 1.');
  });
});

describe('where nobody can be asked', () => {
  test('all that is missing is listed at once', () => {
    expect(errorOf(() => requireInputs('setup', { inputs: inputsFrom('setup') }, true)))
      .toMatchInlineSnapshot(`
      {
        "code": "MissingInput",
        "hint": "Add --ecs-cluster <ecs-cluster> --service <service> --cache-name <cache-name> --yes, or run it on a terminal.",
        "message": "Nobody can be asked for --ecs-cluster, --service, --cache-name, and nobody can approve the plan without --yes",
      }
    `);
  });

  test('a plan needs no approval, a status no cache', () => {
    expect(() =>
      requireInputs('plan', { inputs: inputsFrom('plan --cluster a --service b --cache-name c') }, false),
    ).not.toThrow();
    expect(() =>
      requireInputs('status', { inputs: inputsFrom('status --cluster a --service b') }, false),
    ).not.toThrow();
  });
});

describe('settings', () => {
  test('what surrounds the cache is named after it, and the project after the service', () => {
    const settings = settingsFrom('setup');
    expect(settings.project).toBe('backend');
    expect(settings.caches[0]).toMatchObject({
      name: 'web-redis',
      securityGroupName: 'web-redis-sg',
      subnetGroupName: 'web-redis-subnet-group',
      description: { value: 'Redis cache for backend', origin: 'default' },
      engineVersion: { value: '7.1', origin: 'default' },
    });
    expect(settings.consumers[0]?.variables).toEqual([
      { name: { value: 'REDIS_URL', origin: 'default' }, cache: 'web-redis', template: '{url}' },
    ]);
  });

  test('a description of a service with a long name is no longer than AWS takes', () => {
    const service = 'x'.repeat(255);
    const { caches } = settingsFrom('setup', service);
    expect(caches[0]?.description.value).toHaveLength(255);
  });

  test('the frozen defaults', () => {
    const { caches, stickiness, proof, onFailure } = settingsFrom('setup');
    const {
      engine,
      cacheNodeType,
      replicas,
      multiAz,
      port,
      transitEncryption,
      atRestEncryption,
      snapshotRetention,
    } = caches[0] as ReplicationGroupSettings;
    const values = {
      engine,
      cacheNodeType,
      replicas,
      multiAz,
      port,
      transitEncryption,
      atRestEncryption,
      snapshotRetention,
    };
    expect(Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]))).toEqual({
      engine: 'redis',
      cacheNodeType: 'cache.t3.micro',
      replicas: 0,
      multiAz: false,
      port: 6379,
      transitEncryption: true,
      atRestEncryption: true,
      snapshotRetention: 0,
    });
    expect(stickiness.seconds).toEqual({ value: 3600, origin: 'default' });
    expect(proof).toMatchObject({
      refreshes: 10,
      probe: true,
      verify: true,
      logPattern: 'Redis connected successfully',
    });
    expect(onFailure).toBe('rollback');
  });

  test('lint asks neither the cache nor the app', () => {
    const { proof } = settingsFrom('verify --lint --refresh-path / --refresh-value body');
    expect(proof.probe).toBe(false);
    expect(proof.refreshPath).toBeUndefined();
  });

  test('seconds become milliseconds', () => {
    const { wait } = settingsFrom('setup --timeout 90 --poll-interval 0.5');
    expect(wait).toEqual({ timeoutMs: 90_000, pollIntervalMs: 500 });
  });
});

describe('headers', () => {
  test.each(['Authorization=env:TOKEN', 'cookie=@session.txt', 'Accept=text/html', 'X-Cookie=plain'])(
    '%s is taken',
    (header) => {
      expect(Object.keys(inputsFrom(['setup', '--header', header]).header.value)).toHaveLength(1);
    },
  );

  test('come from a variable, a file or as they are', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'headers-')), 'token');
    writeFileSync(file, 'from-file\n');
    const declared = { Authorization: 'env:TOKEN', Cookie: `@${file}`, Accept: 'text/html' };
    expect(readHeaders(declared, { TOKEN: 'from-variable' })).toEqual({
      Authorization: 'from-variable',
      Cookie: 'from-file',
      Accept: 'text/html',
    });
  });

  test('one whose source is missing is said by name, before anything is asked', () => {
    expect(errorOf(() => readHeaders({ Authorization: 'env:TOKEN' }, {})).message).toContain(
      'TOKEN, which is not set',
    );
    expect(errorOf(() => readHeaders({ Cookie: '@/nowhere/at/all' }, {})).message).toContain(
      'cannot be read',
    );
  });
});

describe('the catalogue', () => {
  const entries = Object.entries(CATALOGUE) as [string, Input<unknown>][];

  test('flags and variables follow from the names', () => {
    expect(flagOf('cacheNodeType')).toBe('--cache-node-type');
    expect(variableOf('cacheNodeType')).toBe('ELASTICACHE_WIZARD_CACHE_NODE_TYPE');
  });

  test.each(COMMANDS)('no two inputs of %s share a spelling', (command: CommandName) => {
    const spellings = entries
      .filter(([, { commands }]) => commands.includes(command))
      .flatMap(([name, { aliases = [] }]) => [flagOf(name), ...aliases]);
    expect(spellings).toEqual([...new Set(spellings)]);
  });

  test.each(COMMANDS)('every input of %s is in its help', (command: CommandName) => {
    const invocation = parseArguments([...command.split(' '), '--help'], '0.0.0');
    const help = 'text' in invocation ? invocation.text : '';
    const missing = entries
      .filter(([, { commands }]) => commands.includes(command))
      .map(([name, { shape }]) => (shape === 'off' ? flagOf(name).replace('--', '--no-') : flagOf(name)))
      .filter((flag) => !help.includes(flag));
    expect(missing).toEqual([]);
  });
});

describe('the command line', () => {
  test('an unknown flag is answered with the nearest', () => {
    expect(errorOf(() => inputsFrom('setup --servce backend'))).toMatchObject({
      code: 'InvalidInput',
      message: "Unknown option '--servce'",
      hint: '--service',
    });
  });

  test('a word that is no command is answered with the commands', () => {
    const { message, hint } = errorOf(() => inputsFrom('create'));
    expect(message).toBe('Nothing is called "create" here');
    expect(hint).toContain(COMMANDS.join(', '));
  });

  test('a command with a slip of the finger in it is answered with the one that was meant', () => {
    expect(errorOf(() => inputsFrom('stauts')).hint).toContain('Did you mean status?');
    expect(errorOf(() => inputsFrom('snapshot crate')).hint).toBe('elasticache-wizard snapshot create');
  });

  test('a command of two words is not understood by its first one alone', () => {
    const { message, hint } = errorOf(() => inputsFrom('drill'));
    expect(message).toBe('drill is said with what is to be done');
    expect(hint).toContain('elasticache-wizard drill failover');
  });

  test('what stands behind two hyphens is for the command that is run, flags of ours included', () => {
    expect(
      parseArguments(['connect', '--project', 'web', '--', 'redis-cli', '-h', '--json'], '0.0.0'),
    ).toEqual({
      command: 'connect',
      flags: { project: 'web' },
      operands: ['redis-cli', '-h', '--json'],
    });
  });

  test.each([
    ['exit-codes', '130'],
    ['environment', 'ELASTICACHE_WIZARD_CACHE_NAME'],
    ['setup', '--cache-name'],
  ])('help %s tells of it', (topic, word) => {
    const invocation = parseArguments(['help', topic], '0.0.0');
    expect('text' in invocation && invocation.text).toContain(word);
  });

  test('flags before the command are put behind it', () => {
    expect(errorOf(() => inputsFrom('--json status')).hint).toBe('elasticache-wizard status --json');
  });
});
