/** The project in a file: what it says, what hides what, and one clear sentence for all that is wrong in it. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsOf, type ConsumerTarget } from '../../src/inputs/settings.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { WizardError } from '../../src/errors.ts';
import { readConfigFile } from '../../src/inputs/config-file.ts';
import { CACHE_KEYS, CONSUMER_KEYS } from '../../src/inputs/config-keys.ts';
import { requireInputs } from '../../src/inputs/strict-asker.ts';
import { refusal, typed, type Typed } from './typed.ts';

const SMALLEST = `
caches:
  - name: shop-redis
consumers:
  - { ecsCluster: web, service: shop }
`;

const TWO_OF_EACH = `
caches:
  - name: shop-redis
  - name: shop-queue
    workload: queue
consumers:
  - ecsCluster: web
    service: shop
    cache: shop-redis
    variables:
      REDIS_URL: '{url}'
      QUEUE_URL: { value: '{url}', cache: shop-queue }
      QUEUE_PREFIX: ''
  - ecsCluster: web
    service: worker
    variables:
      REDIS_QUEUE_URL: { value: '{url}/1', cache: SHOP-QUEUE, container: jobs }
`;

/** As they are once the apps have been found. */
function settingsFrom(config: string, line = 'setup', given: Typed = {}): Settings {
  const { inputs, configured } = typed(line, { ...given, config });
  if (!configured) throw new Error('no config file');
  const consumers = configured.consumers.map((consumer): ConsumerTarget => {
    const { ecsCluster, service, autoScalingGroup } = consumer.inputs;
    const app = service
      ? {
          kind: 'ecs' as const,
          ecsCluster: ecsCluster?.value ?? '',
          service: service.value,
          container: 'app',
        }
      : { kind: 'ec2' as const, name: autoScalingGroup?.value ?? 'workers' };
    return { ...consumer, app };
  });
  const caches = configured.caches.map((each) => ({ inputs: each, name: each.cacheName?.value ?? '' }));
  return settingsOf(inputs, { project: inputs.project?.value ?? 'shop', caches, consumers }, {});
}

const cacheWith = (lines: string, consumer = 'variables: { REDIS_URL: "{url}" }'): string =>
  `caches:\n  - name: shop-redis\n    ${lines.replaceAll('\n', '\n    ')}\nconsumers:\n  - ecsCluster: web\n    service: shop\n    ${consumer}\n`;

describe('what a file says', () => {
  test('the smallest there is: a cache, and a service that gets its URL', () => {
    const { caches, consumers } = settingsFrom(SMALLEST);
    expect(caches).toMatchObject([{ name: 'shop-redis', securityGroupName: 'shop-redis-sg' }]);
    expect(consumers[0]?.variables).toMatchObject([
      { name: { value: 'REDIS_URL' }, cache: 'shop-redis', template: '{url}' },
    ]);
  });

  test('several caches and consumers, each with variables of which cache it likes', () => {
    const { caches, consumers } = settingsFrom(TWO_OF_EACH);
    expect(caches.map(({ name }) => name)).toEqual(['shop-redis', 'shop-queue']);
    expect(caches[1]).toMatchObject({ parameters: { 'maxmemory-policy': { value: 'noeviction' } } });
    expect(consumers.map(({ variables }) => variables)).toMatchObject([
      [
        { name: { value: 'REDIS_URL', origin: 'config' }, cache: 'shop-redis', template: '{url}' },
        { name: { value: 'QUEUE_URL' }, cache: 'shop-queue', template: '{url}' },
        { name: { value: 'QUEUE_PREFIX' }, template: '' },
      ],
      [{ name: { value: 'REDIS_QUEUE_URL' }, cache: 'shop-queue', template: '{url}/1', container: 'jobs' }],
    ]);
    // A value without placeholders speaks of no cache.
    expect(consumers[0]?.variables[2]).not.toHaveProperty('cache');
  });

  test('JSON is taken too', () => {
    const json = JSON.stringify({
      caches: [{ name: 'shop-redis', replicas: 2, multiAz: true }],
      consumers: [{ ecsCluster: 'web', service: 'shop', envProfile: 'split' }],
    });
    expect(settingsFrom(json).caches[0]).toMatchObject({
      replicas: { value: 2, origin: 'config' },
      multiAz: { value: true, origin: 'config' },
    });
  });

  test('a value is read as it stands there: version 7.0 is not 7, and true is a text for a variable', () => {
    const config = cacheWith(
      'engineVersion: 7.0',
      'variables: { REDIS_TLS: true, LIMIT: 010, REDIS_URL: "{url}" }',
    );
    const { caches, consumers } = settingsFrom(config);
    expect(caches[0]?.engineVersion.value).toBe('7.0');
    expect(consumers[0]?.variables.map(({ template }) => template)).toEqual(['true', '010', '{url}']);
  });

  test('lists, and names with values', () => {
    const config = `tags: { team: web, stage: test }\n${cacheWith('subnets: [subnet-1, subnet-2]\nallowCidr: 10.0.0.0/8\nparameters: { timeout: 300 }')}`;
    const { tags, caches } = settingsFrom(config);
    expect(tags).toEqual({ team: 'web', stage: 'test' });
    expect(caches[0]).toMatchObject({
      subnetIds: { value: ['subnet-1', 'subnet-2'] },
      allowCidrs: ['10.0.0.0/8'],
      parameters: { timeout: { value: '300' } },
    });
  });

  test('a parameter that is said and one that follows keep where each came from', () => {
    const { caches } = settingsFrom(cacheWith('parameters: { timeout: 300 }', 'envProfile: bullmq'));
    expect(caches[0]).toMatchObject({
      parameters: {
        timeout: { value: '300', origin: 'config' },
        'maxmemory-policy': { value: 'noeviction', origin: 'default' },
      },
    });
  });

  test('an app that reads the variables of a queue makes its cache one', () => {
    const { caches } = settingsFrom(cacheWith('', 'envProfile: bullmq'));
    expect(caches[0]).toMatchObject({
      parameters: { 'maxmemory-policy': { value: 'noeviction', origin: 'default' } },
    });
  });

  test('a brace that is meant is written twice', () => {
    const { consumers } = settingsFrom(
      cacheWith(
        'workload: queue\nclusterMode: enabled',
        'variables: { REDIS_URL: "{url}", QUEUE_PREFIX: "{{jobs}}" }',
      ),
    );
    expect(consumers[0]?.variables[1]?.template).toBe('{jobs}');
  });

  test('an app on instances has a place of its own for its values', () => {
    const config = `project: shop\ncaches: [{ name: shop-redis }]\nconsumers: [{ autoScalingGroup: web workers }]`;
    expect(settingsFrom(config).consumers[0]).toMatchObject({
      kind: 'ec2',
      parameterPath: '/shop/web-workers',
      instances: { autoScalingGroup: 'web workers' },
    });
  });
});

describe('what hides what', () => {
  const config = cacheWith('replicas: 2');
  const environment = { ELASTICACHE_WIZARD_REPLICAS: '3' };
  const replicas = (line: string, given: Typed) => typed(line, given).configured?.caches[0]?.replicas;

  test('a flag, a variable, the file, a default: in this order', () => {
    expect(replicas('setup --replicas 4', { config, environment })).toEqual({ value: 4, origin: 'flag' });
    expect(replicas('setup', { config, environment })).toEqual({ value: 3, origin: 'environment' });
    expect(replicas('setup', { config })).toEqual({ value: 2, origin: 'config' });
    expect(replicas('setup', { config: SMALLEST })).toEqual({ value: 0, origin: 'default' });
  });

  test('a flag that could mean any of several is refused', () => {
    const { message, hint } = refusal('setup --replicas 1', { config: TWO_OF_EACH });
    expect(message).toBe('--replicas speaks of one, and the config file has 2 caches');
    expect(hint).toContain('under the entry of caches');
  });

  test('on day two the name of a cache says which of several is meant', () => {
    const { inputs, configured } = typed('alarms --cache-name two', { config: TWO_OF_EACH });
    expect(inputs.cacheName).toEqual({ value: 'two', origin: 'flag' });
    expect(configured?.caches.map(({ cacheName }) => cacheName?.origin)).toEqual(['config', 'config']);
  });

  test('a preset is for all of them', () => {
    const { configured } = typed('setup --preset production', { config: TWO_OF_EACH });
    expect(configured?.caches.map((cache) => cache.replicas.value)).toEqual([1, 1]);
  });
});

describe('what is wrong is one sentence that names the place', () => {
  test.each([
    ['cachs: []', 'cachs is no key here. Did you mean caches?'],
    [cacheWith('replica: 1'), 'caches[0].replica is no key here. Did you mean replicas?'],
    [cacheWith('constructor: 1'), 'caches[0].constructor is no key here'],
    [cacheWith('__proto__: { a: 1 }'), '__proto__ is no key here'],
    [cacheWith('', 'servce: shop'), 'consumers[0].servce is no key here. Did you mean service?'],
    [`${SMALLEST}checks: { refreshs: 3 }`, 'checks.refreshs is no key here. Did you mean refreshes?'],
    [cacheWith('replicas: two'), 'caches[0].replicas "two" must be a whole number from 0 to 5'],
    [cacheWith('replicas: [1, 2]'), 'caches[0].replicas must be a single value'],
    [cacheWith('replicas: { a: 1 }'), 'caches[0].replicas must be a single value'],
    [cacheWith('multiAz: perhaps'), 'caches[0].multiAz "perhaps" must be true or false'],
    [cacheWith('subnets: { a: 1 }'), 'caches[0].subnets must be a value or a list of values'],
    [cacheWith('parameters: 3'), 'caches[0].parameters must be names with a value each'],
    [cacheWith('engine: memcached'), 'caches[0].engine "memcached" speaks another protocol'],
    ['caches: 3', 'caches must be a list with at least one entry'],
    ['caches: []\nconsumers: []', 'consumers must be a list with at least one entry'],
    ['caches: [3]\nconsumers: [4]', 'caches[0] must be an object of keys and values'],
    ['', 'the file must be an object of keys and values'],
    ['caches: [{ engine: redis }]\nconsumers: [{ service: a, ecsCluster: b }]', 'caches[0] has no name'],
    [cacheWith('', 'variables: 3'), 'consumers[0].variables must be an object of keys and values'],
    [
      cacheWith('', 'variables: { 1A: x }'),
      'consumers[0].variables.1A must be letters, digits and underscores',
    ],
    [cacheWith('', 'variables: { A: [x] }'), 'consumers[0].variables.A must be a text, or an object'],
    [
      cacheWith('', 'variables: { A: { vaule: x } }'),
      'consumers[0].variables.A must be a text, or an object',
    ],
    [cacheWith('', 'cache: [a]'), 'consumers[0].cache must be the name of a cache'],
    // What its entries must be to each other.
    [cacheWith('shards: 2\nclusterMode: disabled'), 'caches[0].shards is 2, and only in cluster mode'],
    [cacheWith('auth: token\ntransitEncryption: false'), 'caches[0].auth: token makes a password'],
    [cacheWith('serverless: true\nreplicas: 1'), 'caches[0].replicas is about nodes'],
    [cacheWith('workload: queue\nserverless: true'), 'caches[0].workload: queue is a queue'],
    [cacheWith('', 'restartCommand: restart'), 'consumers[0].restartCommand is for an app on EC2 instances'],
    [`${SMALLEST}checks: { refreshPath: / }`, 'checks.refreshPath says where to look'],
    [`${SMALLEST}stickiness: { enabled: false, seconds: 60 }`, 'stickiness.seconds has no meaning'],
    ['caches: [{ name: a }]\nconsumers: [{ container: x }]', 'consumers[0].service is not there'],
    [
      cacheWith('serverless: true', 'variables: { A: "{url}/2" }'),
      'consumers[0].variables.A names another database than 0, and with caches[0].serverless: true',
    ],
    [
      cacheWith('clusterMode: enabled', 'variables: { A: "{url}/2" }'),
      'caches[0].clusterMode: enabled there is no',
    ],
    [cacheWith('serverless: true', 'envProfile: bullmq'), 'consumers[0].envProfile: bullmq is a queue'],
    ['caches: [{ name: a }]\nconsumers: [{ service: x }]', 'consumers[0].ecsCluster is not there'],
    [
      TWO_OF_EACH.replace('name: shop-queue', 'name: shop-redis'),
      'caches[1].name shop-redis is the name of another',
    ],
    [
      TWO_OF_EACH.replace('service: worker', 'service: shop'),
      'consumers[1].service shop is the name of another',
    ],
    [
      TWO_OF_EACH.replaceAll(/cache: shop-queue|cache: SHOP-QUEUE/g, 'cache: shop-redis'),
      'caches[1].name shop-queue is used by no consumer',
    ],
    [
      TWO_OF_EACH.replace('cache: SHOP-QUEUE, ', ''),
      'consumers[1].variables.REDIS_QUEUE_URL does not say of which cache',
    ],
    [
      TWO_OF_EACH.replace('SHOP-QUEUE', 'shop-queu'),
      'consumers[1].variables.REDIS_QUEUE_URL is of the cache shop-queu',
    ],
    [
      cacheWith('', 'variables: { A: "{passwort}", B: "{url}" }'),
      'consumers[0].variables.A has the placeholder {passwort}',
    ],
    [
      cacheWith('', 'variables: { A: "{password}" }'),
      'consumers[0].variables.A speaks of a password, and the cache has none',
    ],
    [
      cacheWith('', 'envTls: REDIS_TLS\n    variables: { REDIS_TLS: "{tls}" }'),
      'sets REDIS_TLS, which is set already',
    ],
    [
      cacheWith('', 'envProfile: split\n    variables: { REDIS_HOST: "{host}" }'),
      'sets REDIS_HOST, which is set already',
    ],
  ])('%j', (config, sentence) => {
    const { message, hint } = refusal('setup', { config });
    expect(message).toContain(sentence);
    expect(`${message}${hint}`).not.toMatch(/\n|undefined|\[object/);
  });

  test('all of it at once', () => {
    const { message } = refusal('setup', { config: cacheWith('replica: 1\nmultiAZ: true', 'servce: b') });
    expect(message.split('; ')).toHaveLength(3);
  });

  test('YAML that is none is told with its line', () => {
    expect(refusal('setup', { config: 'caches:\n  - name: [a\nconsumers: b' }).message).toMatch(
      /at line 3, column 1$/,
    );
    expect(refusal('setup', { config: 'caches: 1\ncaches: 2' }).message).toMatch(/unique at line 2/);
    expect(refusal('setup', { config: 'a: &a [*a, *b]' }).message).toMatch(/\*b|alias|unresolved/i);
  });

  test('a file that is not there', () => {
    expect(() => readConfigFile('/nowhere/project.yaml')).toThrow(
      'Reading /nowhere/project.yaml: there is no such file',
    );
    expect(() => readConfigFile('/')).toThrow('it is a folder');
  });

  test('a flag beside the file keeps its own name', () => {
    const { message } = refusal('setup --no-transit-encryption', { config: cacheWith('auth: token') });
    expect(message).toContain('caches[0].auth: token makes a password');
    expect(message).toContain('--no-transit-encryption turns that off');
  });
});

describe('a secret in a file', () => {
  test.each([
    [`${SMALLEST}checks: { headers: { Authorization: Bearer s3cret } }`, 'checks.headers "Authorization=…"'],
    [`${SMALLEST}checks: { headers: { cookie: session=s3cret } }`, 'checks.headers "cookie=…"'],
    [
      cacheWith('', 'variables: { REDIS_URL: "redis://:s3cret@{host}:{port}" }'),
      'consumers[0].variables.REDIS_URL',
    ],
    [
      cacheWith('', 'variables: { REDIS_PASSWORD: s3cret, REDIS_URL: "{url}" }'),
      'consumers[0].variables.REDIS_PASSWORD',
    ],
    [cacheWith('', 'variables: { A: "{s3cret" , REDIS_URL: [s3cret] }'), 'consumers[0].variables.REDIS_URL'],
    [`${SMALLEST}checks: { appUrl: "https://me:s3cret@app.example.com" }`, 'checks.appUrl'],
    [`${SMALLEST}tags: { "aws:a": s3cret }`, 'tags'],
    [`secret: s3cret\n${SMALLEST}  - [s3cret`, 'line'],
  ])('is refused or wrong, and never shown: %j', (config, place) => {
    const { message, hint } = refusal('setup', { config });
    expect(message).toContain(place);
    expect(`${message}${hint}`).not.toContain('s3cret');
  });

  test('is named by a variable or a file instead', () => {
    const config = `${SMALLEST}checks: { refreshPath: /, refreshValue: body, headers: { Authorization: "env:TOKEN" } }`;
    expect(typed('setup', { config }).inputs.header.value).toEqual({ Authorization: 'env:TOKEN' });
  });
});

test('whatever stands in a file, the answer is a sentence and exit code 2, or a project', () => {
  const value = fc.oneof(
    fc.constantFrom(
      '',
      'redis',
      'true',
      '{url}',
      '{{x}}',
      'cache.t3.micro',
      'subnet-1',
      'env:X',
      '1',
      'queue',
    ),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 2 }),
    fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
  );
  const section = (keys: readonly string[]) =>
    fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value, { maxKeys: 6 });
  const entries = (keys: readonly string[], base: object) =>
    fc.oneof(
      fc.array(
        section(keys).map((each) => ({ ...base, ...each })),
        { maxLength: 3 },
      ),
      value,
    );
  const file = fc.record({
    caches: entries(Object.keys(CACHE_KEYS), { name: 'shop-redis' }),
    consumers: entries([...Object.keys(CONSUMER_KEYS), 'cache', 'variables'], {
      ecsCluster: 'a',
      service: 'b',
    }),
    stickiness: value,
    checks: fc.oneof(value, section(['refreshes', 'headers', 'logPattern', 'appUrl'])),
  });
  fc.assert(
    fc.property(file, (content) => {
      try {
        typed('setup', { config: JSON.stringify(content) });
      } catch (error) {
        expect(error).toBeInstanceOf(WizardError);
        expect((error as WizardError).exitCode).toBe(2);
        expect((error as WizardError).message).not.toMatch(/\[object|Invalid input|\bundefined\b/);
      }
    }),
    { numRuns: 300 },
  );
});

describe('where nobody can be asked', () => {
  test('a file names its own caches and consumers', () => {
    const project = typed('setup', { config: TWO_OF_EACH });
    expect(() => requireInputs('setup', project, false)).not.toThrow();
  });

  test.each(['--instance i-0a1b', '--auto-scaling-group web', '--instance-security-group web-sg'])(
    'an app named by %s has neither cluster nor service',
    (selection) => {
      const project = typed(`setup ${selection} --cache-name shop-redis`);
      expect(() => requireInputs('setup', project, false)).not.toThrow();
    },
  );
});

describe('the configurations of this package', () => {
  const folder = 'templates/configs';

  test.each(readdirSync(folder))('%s is taken as it is, and named for editors', (name) => {
    const config = readFileSync(`${folder}/${name}`, 'utf8');
    expect(config.split('\n')[0]).toBe('# yaml-language-server: $schema=../config.schema.json');
    expect(() => settingsFrom(config)).not.toThrow();
  });

  const settings = (name: string): Settings => settingsFrom(readFileSync(`${folder}/${name}.yaml`, 'utf8'));

  test('CollabCanvas has one small node and the URL', () => {
    const { caches, consumers, stickiness } = settings('collabcanvas');
    expect(caches).toMatchObject([
      {
        name: 'collabcanvas-redis',
        description: { value: 'Redis cache for CollabCanvas multi-instance state' },
        engineVersion: { value: '7.1' },
        cacheNodeType: { value: 'cache.t3.micro' },
        replicas: { value: 0 },
        subnetGroupName: 'collabcanvas-subnet-group',
        securityGroupName: 'collabcanvas-redis-sg',
      },
    ]);
    expect(consumers).toMatchObject([
      { service: 'collabcanvas-backend', variables: [{ template: '{url}' }] },
    ]);
    expect(stickiness).toMatchObject({ enabled: { value: true }, seconds: { value: 3600 } });
  });

  test('Funmagic’s jobs are never evicted, and its web workers have an empty prefix', () => {
    const { caches, consumers } = settings('funmagic');
    const policies = caches.map((cache) =>
      cache.kind === 'serverless' ? undefined : cache.parameters['maxmemory-policy']?.value,
    );
    expect(policies).toEqual([undefined, 'noeviction', undefined, 'noeviction']);
    const prefixes = consumers.map(
      ({ variables }) => variables.find(({ name }) => name.value === 'QUEUE_PREFIX')?.template,
    );
    expect(prefixes).toEqual(['', 'admin']);
  });

  test('Kempian’s production has two nodes in two zones, and a token', () => {
    expect(settings('kempian-production').caches).toMatchObject([
      {
        name: 'kempian-cache-prod',
        description: { value: 'Kempian production cache' },
        cacheNodeType: { value: 'cache.t3.small' },
        replicas: { value: 1 },
        multiAz: { value: true },
        snapshotRetention: { value: 5 },
        preferredAzs: { value: ['us-east-1a', 'us-east-1b'] },
      },
    ]);
  });

  test('Close-Up is told in parts, with a password and a switch for TLS', () => {
    const { caches, consumers } = settings('close-up');
    expect(caches).toMatchObject([{ kind: 'serverless', auth: { value: 'rbac' } }]);
    expect(consumers[0]?.variables.map(({ name }) => name.value)).toEqual([
      'REDIS_HOST',
      'REDIS_PORT',
      'REDIS_DB',
      'REDIS_TLS',
      'REDIS_PASSWORD',
    ]);
  });
});
