/** What our secrets are called, and what the probe is handed of them. */
import { describe, expect, test } from 'vitest';
import { probeTargets } from '../../src/domain/probe-target.ts';
import {
  isSecretOf,
  passwordName,
  referenceTo,
  refersTo,
  secretArn,
  secretVariablesOf,
} from '../../src/domain/secrets.ts';
import { ownershipTags } from '../../src/domain/ownership.ts';
import type { Auth, CacheSettings, EcsConsumerSettings, SecretStore } from '../../src/domain/settings.ts';
import type { Variable } from '../../src/domain/task-definition.ts';
import type { Secrets } from '../../src/aws/secrets.ts';
import type { Step } from '../../src/engine/resource.ts';
import { documentWith } from '../../src/resources/access/execution-role-policy.ts';
import { secretsRemoval } from '../../src/resources/access/secrets-removal.ts';
import { handedTo } from '../../src/probe/handed.ts';
import { cacheOf, from, serviceOf, variableFor } from './wanted.ts';

const SERVICE = 'arn:aws-cn:ecs:cn-north-1:111122223333:service/web/shop';
const ENDPOINT = { address: 'master.web.abc.use1.cache.amazonaws.com', port: 6379, tls: true };

const cache = (auth: Auth, secretStore: SecretStore): CacheSettings =>
  cacheOf({ name: 'web', auth: from('flag', auth), secretStore });

function consumer(templates: Readonly<Record<string, string>>): EcsConsumerSettings {
  const variables = Object.entries(templates).map(([name, template]) =>
    variableFor('web', { name: from('config', name), template }),
  );
  return serviceOf({ service: 'shop', container: 'web-worker', variables });
}

/** Nothing is waited for. */
const NO_STEP = {} as Step;

const SPLIT = { REDIS_HOST: '{host}', REDIS_PORT: '{port}', REDIS_PASSWORD: '{password}' };

describe('a secret of ours', () => {
  test.each(['secretsmanager', 'ssm'] as const)('in %s is known by the reference to it', (store) => {
    const [variable] = secretVariablesOf(
      consumer({ REDIS_URL: '{url}' }),
      [cache('token', store)],
      'my shop',
    );
    const arn = secretArn(SERVICE, store, variable!.secret);
    expect(arn).toMatch(/^arn:aws-cn:(secretsmanager|ssm):cn-north-1:111122223333:/);
    const reference = referenceTo(arn, variable!.key);
    expect(refersTo(reference, variable!)).toBe(true);
    expect(isSecretOf('my shop', reference)).toBe(true);
    expect(isSecretOf('my', reference)).toBe(false);
    expect(refersTo(reference.replace('REDIS_URL', 'OTHER'), variable!)).toBe(false);
  });

  test.each([
    'arn:aws:secretsmanager:us-east-1:1:secret:theirs-AbCdEf:REDIS_URL::',
    'arn:aws:ssm:us-east-1:1:parameter/theirs/redis-url',
    '/theirs/redis-url',
    'elasticache-wizard/shop/web',
  ])('is not what is called %s', (valueFrom) => {
    expect(isSecretOf('shop', valueFrom)).toBe(false);
  });

  test('never ends as AWS’s own suffix does, and has no character that a store refuses', () => {
    const [variable] = secretVariablesOf(consumer({ A: '{url}' }), [cache('token', 'secretsmanager')], 'ä b');
    expect(variable!.secret).toBe('elasticache-wizard/--b/web/shop/web-worker_');
    expect(passwordName('ssm', 'ä b', 'web')).toBe('/elasticache-wizard/--b/web/password');
  });

  test('is not shared by services of one name in two clusters', () => {
    const secretIn = (ecsCluster: string) =>
      secretVariablesOf({ ...consumer({ A: '{url}' }), ecsCluster }, [cache('token', 'ssm')], 'shop')[0]
        ?.secret;
    expect(secretIn('blue')).toBe('/elasticache-wizard/shop/blue/shop/web-worker/A');
    expect(secretIn('green')).toBe('/elasticache-wizard/shop/green/shop/web-worker/A');
  });

  test('is deleted with its service, and stays where that service or its cache does', async () => {
    const names = ['blue/shop/web', 'green/shop/web', 'one/password', 'two/password'].map(
      (name) => `elasticache-wizard/shop/${name}`,
    );
    const deleted: string[] = [];
    const store = {
      list: () => Promise.resolve(names),
      describe: (name: string) =>
        Promise.resolve({ arn: name, deleted: false, tags: ownershipTags('shop', name) }),
      delete: (name: string) => Promise.resolve(void deleted.push(name)),
    } as unknown as Secrets;
    const staying = {
      cacheNames: ['two'],
      serviceArns: ['arn:aws:ecs:us-east-1:111122223333:service/green/shop'],
    };
    const aws = { secrets: { secretsmanager: store, ssm: store } };
    await secretsRemoval('shop', ['secretsmanager'], staying, aws).undo(NO_STEP);
    expect(deleted).toEqual([names[0], names[2]]);
  });

  test('is made only for what holds a password', () => {
    const names = (auth: Auth): string[] =>
      secretVariablesOf(consumer({ ...SPLIT, URL: '{url}' }), [cache(auth, 'ssm')], 'shop').map(
        ({ name }) => name,
      );
    expect(names('token')).toEqual(['REDIS_PASSWORD', 'URL']);
    expect(names('none')).toEqual([]);
  });
});

describe('the policy of an execution role', () => {
  const allows = (...Resource: string[]) =>
    ({ Effect: 'Allow', Action: ['ssm:GetParameters'], Resource }) as const;
  const statementsOf = (document: string): unknown =>
    (JSON.parse(document) as { Statement: unknown }).Statement;

  test('goes on to let other services of the same role read theirs', () => {
    const first = documentWith([allows('a')], undefined);
    const both = documentWith([allows('b')], first);
    expect(statementsOf(both)).toEqual([allows('a', 'b')]);
    expect(documentWith([allows('a')], both)).toBe(both);
  });

  test('keeps what somebody has added to it', () => {
    const theirs = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
    const now = JSON.stringify({ Version: '2012-10-17', Statement: theirs });
    expect(statementsOf(documentWith([allows('a')], now))).toEqual([theirs, allows('a')]);
  });
});

describe('the probe is handed', () => {
  const handedOf = (
    templates: Readonly<Record<string, string>>,
    values: Readonly<Record<string, Variable>>,
  ) =>
    probeTargets(
      consumer(templates),
      Object.entries(values).map(([name, variable]) => ({ container: 'web-worker', name, variable })),
      () => ENDPOINT,
    ).map(handedTo);

  test('the secret that holds the address', () => {
    const handed = handedOf(
      { A: '{url}', B: '{url}' },
      { A: { valueFrom: 'arn' }, B: { valueFrom: 'arn-b' } },
    );
    expect(handed).toHaveLength(1);
    expect(handed[0]).toMatchObject({ credentialsWithheld: false, secrets: { A: 'arn' } });
  });

  test('an address of the parts, and the secret that holds the password', () => {
    const handed = handedOf(SPLIT, {
      REDIS_HOST: { value: 'cache.example' },
      REDIS_PORT: { value: '6380' },
      REDIS_PASSWORD: { valueFrom: 'arn' },
    });
    expect(handed).toEqual([
      {
        credentialsWithheld: false,
        environment: {
          ELASTICACHE_WIZARD_VARIABLE: 'REDIS_HOST',
          ELASTICACHE_WIZARD_PASSWORD: 'REDIS_PASSWORD',
          REDIS_HOST: 'rediss://cache.example:6380',
        },
        secrets: { REDIS_PASSWORD: 'arn' },
      },
    ]);
  });

  test('no password that stands in the app’s definition for all to read', () => {
    const [handed] = handedOf(SPLIT, {
      REDIS_HOST: { value: 'cache.example' },
      REDIS_PORT: { value: '6380' },
      REDIS_PASSWORD: { value: 'swordfish' },
    });
    expect(handed?.credentialsWithheld).toBe(true);
    expect(JSON.stringify(handed)).not.toContain('swordfish');
  });

  test('nothing of variables that lead nowhere', () => {
    expect(handedOf({ REDIS_TLS: '{tls}' }, { REDIS_TLS: { value: 'true' } })).toEqual([]);
  });

  test('what is asked of a certificate, which is no password', () => {
    const [handed] = handedOf(
      { BROKER: '{url}/{db}{certificate}' },
      { BROKER: { value: 'rediss://cache.example:6379/0?ssl_cert_reqs=required' } },
    );
    expect(handed?.credentialsWithheld).toBe(false);
  });
});
