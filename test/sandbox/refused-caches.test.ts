/** A cache that AWS would not make is refused by the name of the field, before anything around it is made. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { INERT_CANVAS } from '../faults/inert-canvas.ts';
import { canvasWith, type CanvasWith } from './canvas-with-cache.ts';
import { COLLABCANVAS, type Ended } from './command-line.ts';
import { quickSandbox } from './quick-account.ts';

const KEY = 'key/1234abcd-12ab-34cd-56ef-1234567890ab';

const clock = new VirtualClock();
let sandbox: Sandbox;
let app: CanvasWith;

beforeAll(async () => {
  sandbox = await quickSandbox({ scenario: bare, clock });
  app = await canvasWith(sandbox, clock, { inert: INERT_CANVAS });
});

afterAll(async () => {
  await app.close();
  await sandbox.close();
});

const plan = (...argv: string[]): Promise<Ended> => app.run('plan', ...COLLABCANVAS, ...argv);

/** What is said before the plan, and so before it is approved. */
function saidBeforePlan({ events }: Ended): string {
  const at = events.findIndex(({ type }) => type === 'plan.ready');
  const said = events.slice(0, Math.max(0, at)).filter(({ type }) => type === 'warning' || type === 'note');
  return said
    .map(({ type, code, message }) => `${String(type)} ${String(code)}: ${String(message)}`)
    .join('\n');
}

test.each([
  ['--cache-node-type cache.t3.mikro', '--cache-node-type cache.t3.mikro', 'Did you mean cache.t3.micro?'],
  ['--cache-node-type cache.x9.large', '--cache-node-type cache.x9.large', 'cache.m6g.large'],
  ['--shards 3', '--shards is 3', '--cluster-mode enabled'],
  ['--cluster-mode enabled --shards 300 --replicas 1', '--shards and --replicas make 600 nodes', 'fewer'],
  ['--kms-key-id shop', '--kms-key-id shop', 'aws kms list-keys'],
  [
    `--kms-key-id arn:aws:kms:eu-west-1:111122223333:${KEY}`,
    '--kms-key-id names a key in eu-west-1',
    'region',
  ],
  [`--kms-key-id arn:aws-cn:kms:us-east-1:111122223333:${KEY}`, 'the partition aws-cn', 'region'],
  ['--serverless --engine-version 7.1', '--engine-version 7.1', 'Say --engine-version 7.'],
  ['--serverless --engine-version 8', 'Redis OSS 8', '--engine valkey'],
  ['--engine valkey --engine-version 8', 'Engine version 8', '--engine-version 8.0'],
])('setup %s', async (line, problem, fix) => {
  const { exitCode, result } = await app.setup(...line.split(' '));
  expect([exitCode, result.awsCalls.writes]).toEqual([2, 0]);
  expect(result.error?.message).toContain(problem);
  expect(result.error?.hint).toContain(fix);
  expect(await app.groups()).toEqual([]);
});

describe('what only AWS can tell is said before the approval', () => {
  test('that so many nodes are over a quota which can be raised', async () => {
    const ended = await plan('--cluster-mode', 'enabled', '--shards', '91');
    expect(ended.exitCode).toBe(0);
    const said = saidBeforePlan(ended);
    expect(said).toContain('91 nodes, and the quota “Nodes per cluster (cluster mode enabled)” is 90');
    expect(said).toContain('--quota-code L-AF354865 --desired-value 91 --region us-east-1');
    expect(saidBeforePlan(await plan('--cluster-mode', 'enabled', '--shards', '90'))).not.toContain('quota');
  });

  test('that a key is another account’s', async () => {
    const { account } = app;
    const of = (owner: string) => plan('--kms-key-id', `arn:aws:kms:us-east-1:${owner}:${KEY}`);
    expect(saidBeforePlan(await of('999988887777'))).toContain('belongs to the account 999988887777');
    expect(saidBeforePlan(await of(account.accountId))).not.toContain('belongs to');
  });

  test('that a node type could not be looked up by someone who may not', async () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'elasticache:DescribeReservedCacheNodesOfferings', Resource: '*' },
      ],
    };
    sandbox.setPolicy(document, app.account.accessKeyId);
    const ended = await plan('--cache-node-type', 'cache.t2.micro');
    expect(ended.exitCode).toBe(0);
    expect(saidBeforePlan(ended)).toContain(
      'note node-type-not-checked: Whether us-east-1 has cache.t2.micro',
    );
    sandbox.setPolicy(undefined, app.account.accessKeyId);
    expect(saidBeforePlan(await plan('--cache-node-type', 'cache.t2.micro'))).not.toContain('node-type');
  });
});
