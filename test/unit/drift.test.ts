/** What counts as drift of rules and of variables, the commands that mend it, and how all that reads. */
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../src/domain/drift.ts';
import type { Variable } from '../../src/domain/task-definition.ts';
import { setupCommand, tagWords, type Naming } from '../../src/domain/mending.ts';
import { ruleDrift, ruleJson, ruleText } from '../../src/domain/rule-drift.ts';
import type { Permission } from '../../src/domain/security-rules.ts';
import { staleAddress, variableDrift } from '../../src/domain/variable-drift.ts';
import { observeAll, type Observer } from '../../src/drift/observer.ts';
import { WizardError } from '../../src/errors.ts';
import { formatResult } from '../../src/output/format-result.ts';
import { paintWith } from '../../src/output/paint.ts';
import { resultOf, type Facts } from '../../src/output/result.ts';
import { commandText } from '../../src/domain/shell-word.ts';

const OURS = 'Tasks of backend';
const rule = (source: Permission['source'], more: Partial<Permission> = {}): Permission => ({
  protocol: 'tcp',
  fromPort: 6379,
  toPort: 6379,
  source,
  ...more,
});
const app = { groupId: 'sg-app' };

describe('the rules of our security group', () => {
  const driftOf = (...ingress: Permission[]) => ruleDrift(ingress, ['sg-app'], [6379], OURS);
  const none = { missing: [], added: [], outlived: [] };

  test('are as they should be, whoever wrote the description, and with the ranges of --allow-cidr', () => {
    expect(driftOf(rule(app, { description: OURS }))).toEqual(none);
    expect(driftOf(rule(app))).toEqual(none);
    expect(driftOf(rule(app), rule({ cidr: '10.1.0.0/16' }, { description: OURS }))).toEqual(none);
  });

  test('lack one for the app, or let in more than it', () => {
    expect(driftOf()).toEqual({ ...none, missing: ['sg-app'] });
    const wide = rule(app, { fromPort: 0, toPort: 65_535 });
    expect(driftOf(wide)).toEqual({ ...none, added: [wide] });
    const other = rule({ cidr: '0.0.0.0/0' });
    expect(driftOf(rule(app), other)).toEqual({ ...none, added: [other] });
  });

  test('have outlived a group that the app has left', () => {
    const left = rule({ groupId: 'sg-old' }, { description: OURS });
    expect(driftOf(rule(app), left)).toEqual({ ...none, outlived: ['sg-old'] });
  });

  test.each([
    [rule(app), 'TCP 6379 from sg-app', { UserIdGroupPairs: [{ GroupId: 'sg-app' }] }],
    [rule({ cidr: '::/0' }, { protocol: '6' }), 'TCP 6379 from ::/0', { Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
    [
      rule({ prefixListId: 'pl-1' }, { protocol: 'udp', toPort: 6400 }),
      'UDP 6379 to 6400 from pl-1',
      { PrefixListIds: [{ PrefixListId: 'pl-1' }] },
    ],
    [
      rule({ cidr: '10.0.0.0/8' }, { protocol: '-1', fromPort: -1, toPort: -1 }),
      'everything from 10.0.0.0/8',
      { IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ],
  ])('read as sentences, and as the AWS CLI takes them: %j', (permission, text, json) => {
    expect(ruleText(permission)).toBe(text);
    expect(JSON.parse(ruleJson(permission))).toMatchObject([json]);
  });
});

describe('the variables of a revision', () => {
  const document = {
    containerDefinitions: [
      {
        name: 'web',
        environment: [{ name: 'REDIS_URL', value: 'redis://ada:secret@other:6379' }],
        secrets: [{ name: 'CACHE_URL', valueFrom: 'arn:aws:ssm:x' }],
      },
    ],
  };
  const expected = (name: string) => [{ container: 'web', name, variable: { value: 'rediss://cache:6379' } }];

  test('lead elsewhere, come from a secret, or are not set', () => {
    const now = (name: string) => variableDrift(document, expected(name), () => false)[0]?.now;
    expect(now('REDIS_URL')).toBe('redis://****@other:6379');
    expect(now('CACHE_URL')).toBe('secret arn:aws:ssm:x');
    expect(now('OTHER')).toBe('not set');
  });

  test('lead to the cache in a form of their own', () => {
    const isOther = (variable: Variable): boolean => 'value' in variable && variable.value.includes('@other');
    expect(variableDrift(document, expected('REDIS_URL'), isOther)).toEqual([]);
  });

  const endpoint = { address: 'master.cache.example', port: 6379, tls: true };
  test.each([
    ['rediss://master.cache.example:6379', undefined],
    ['rediss://default:x@replica.cache.example/2', undefined],
    ['redis://master.cache.example:6379', 'rediss://master.cache.example:6379'],
    ['rediss://master.cache.example:6380', 'rediss://master.cache.example:6379'],
    ['rediss://old.cache.example:6379', 'rediss://master.cache.example:6379'],
  ])('that say %s', (value, now) => {
    expect(staleAddress(value, endpoint, 'replica.cache.example')).toBe(now);
  });
});

describe('the command', () => {
  const naming: Naming = {
    project: 'backend',
    ecsCluster: 'web',
    service: 'backend',
    cacheName: 'web-redis',
    variable: undefined,
    stickiness: true,
    where: ['--region', 'eu-west-1'],
  };

  test('names what the project needs, and nothing else', () => {
    const plain = 'elasticache-wizard setup --ecs-cluster web --service backend --cache-name web-redis';
    expect(commandText(setupCommand(naming))).toBe(`${plain} --region eu-west-1`);
    const other = { ...naming, project: 'my shop', variable: 'CACHE_URL', stickiness: false, where: [] };
    expect(commandText(setupCommand(other, ['--replicas', '1']))).toBe(
      `${plain} --project 'my shop' --env-var CACHE_URL --no-stickiness --replicas 1`,
    );
  });

  test('names an app on instances by its instances', () => {
    const instances = ['--auto-scaling-group', 'shop-web', '--parameter-path', '/shop/web'];
    expect(commandText(setupCommand({ ...naming, instances, project: 'shop', where: [] }))).toBe(
      `elasticache-wizard setup ${instances.join(' ')} --cache-name web-redis --project shop`,
    );
  });

  test('is quoted where a shell would take it apart', () => {
    expect(commandText(tagWords({ 'elasticache-wizard:project': 'my shop' }))).toBe(
      "'Key=elasticache-wizard:project,Value=my shop'",
    );
  });
});

describe('looking', () => {
  const failing = (error: Error): Observer => ({
    kind: 'cache',
    name: 'web-redis',
    look: () => Promise.reject(error),
  });

  test('goes on where one thing may not be seen, and not where the user has had enough', async () => {
    const note = { outcome: 'note', kind: 'lease', name: 'web', what: 'is held' } as const;
    const seen: Observer = { kind: 'lease', name: 'web', look: () => Promise.resolve([note]) };
    const denied = new WizardError('AccessDenied', 'elasticache:ListTagsForResource is not allowed');
    expect(await observeAll([failing(denied), seen])).toEqual([
      { outcome: 'unseen', kind: 'cache', name: 'web-redis', what: denied.message },
      note,
    ]);
    await expect(observeAll([failing(new WizardError('Interrupted', 'Interrupted'))])).rejects.toThrow();
    await expect(observeAll([failing(new TypeError('a mistake of ours'))])).rejects.toThrow(TypeError);
  });
});

describe('the screen', () => {
  const screen = (...observations: Observation[]): string[] => screenOf(undefined, observations);
  const screenOf = (columns: number | undefined, observations: readonly Observation[]): string[] => {
    const facts: Facts = {
      changes: [],
      caches: [],
      consumers: [],
      stickiness: [],
      checks: [],
      observations,
      awsCalls: { reads: 0, writes: 0 },
      elapsedMs: 0,
    };
    return formatResult(resultOf('status', facts, 0), paintWith(false), columns);
  };
  const unseen = { outcome: 'unseen', kind: 'cache', name: 'web-redis', what: 'not allowed' } as const;

  test('says that nothing differs only where everything was looked at', () => {
    expect(screen()).toEqual(['drift       none: everything is as it was set up']);
    expect(screen(unseen)).toEqual([
      'drift       none seen, but 1 could not be looked at',
      '  ? cache web-redis: could not be looked at: not allowed',
    ]);
  });

  test('breaks no word on a terminal, and no command', () => {
    const drift: Observation = {
      outcome: 'drift',
      kind: 'service',
      name: 'backend',
      what: 'runs backend:9, in which REDIS_URL is not set',
      by: 'arn:aws:iam::111122223333:user/ada',
      command: ['elasticache-wizard', 'setup', '--project', 'my shop', '--adopt'],
    };
    expect(screenOf(40, [drift, unseen])).toEqual([
      'drift       1 thing differs from what',
      '            was set up, 1 could not be',
      '            looked at',
      '  ✖ service backend: runs backend:9, in',
      '    which REDIS_URL is not set',
      '      by  arn:aws:iam::111122223333:user/ada',
      "      Try: elasticache-wizard setup --project 'my shop' --adopt",
      '  ? cache web-redis: could not be looked',
      '    at: not allowed',
    ]);
  });

  test('shows how it was and is, who changed it and what to type; then what is worth knowing', () => {
    expect(
      screen(
        {
          outcome: 'drift',
          kind: 'service',
          name: 'backend',
          what: 'runs backend:9, in which REDIS_URL is not set',
          was: 'rediss://cache:6379',
          now: 'not set',
          by: 'arn:aws:iam::1:user/ada',
          command: ['elasticache-wizard', 'setup', '--project', 'my shop'],
        },
        unseen,
        { outcome: 'note', kind: 'lease', name: 'web', what: 'is held', by: 'ada' },
      ),
    ).toMatchInlineSnapshot(`
      [
        "drift       1 thing differs from what was set up, 1 could not be looked at",
        "  ✖ service backend: runs backend:9, in which REDIS_URL is not set",
        "      was rediss://cache:6379",
        "      now not set",
        "      by  arn:aws:iam::1:user/ada",
        "      Try: elasticache-wizard setup --project 'my shop'",
        "  ? cache web-redis: could not be looked at: not allowed",
        "  - lease of web: is held (ada)",
      ]
    `);
  });
});
