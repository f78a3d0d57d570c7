import { describe, expect, test } from 'vitest';
import { safetyOptions, type SafetyQuestion } from '../../src/domain/safety-options.ts';
import { authOf } from '../../src/inputs/settings.ts';
import { resolveInputs } from '../../src/inputs/resolve.ts';

const question: SafetyQuestion = {
  size: { cacheNodeType: 'cache.t3.micro' },
  engine: 'redis',
  region: 'us-east-1',
};

function spelled(more: Partial<SafetyQuestion> = {}) {
  return safetyOptions({ ...question, ...more }).map(({ preset, summary, facts, monthlyUsd }) => [
    `${preset}: ${summary}, $${monthlyUsd}`,
    ...facts,
  ]);
}

describe('how safe a new cache is to be', () => {
  test('is spelled out for both, with what is lost when and the price', () => {
    expect(spelled()).toMatchInlineSnapshot(`
      [
        [
          "development: 1 node, data is lost with its zone, $12.41",
          "1 node in one zone.",
          "Where the node or its zone is lost, so is the data; AWS makes a new node, some minutes later.",
          "No backups.",
          "No password: the security group says who gets in. TLS either way.",
          "No alarms.",
        ],
        [
          "production: 2 nodes, survives the loss of a zone, $27.42",
          "2 nodes in two zones: a replica beside each primary.",
          "Where a node or its zone is lost, a replica takes over by itself, usually within a minute.",
          "A backup each day, kept 7 days.",
          "A password (AUTH token), made here and kept as a secret that the app is handed.",
          "18 alarms in CloudWatch.",
          "20 refreshes in the proof.",
        ],
      ]
    `);
  });

  test('is another question on serverless', () => {
    expect(spelled({ size: 'serverless', engine: 'valkey' })).toMatchInlineSnapshot(`
      [
        [
          "development: serverless, survives the loss of a zone, $6.13",
          "AWS keeps the data in several zones, and the cache goes on where one is lost.",
          "No backups.",
          "No password: the security group says who gets in. TLS either way.",
          "No alarms.",
        ],
        [
          "production: serverless, survives the loss of a zone, $7.43",
          "AWS keeps the data in several zones, and the cache goes on where one is lost.",
          "A backup each day, kept 7 days.",
          "A user with a password, made here and kept as a secret that the app is handed.",
          "5 alarms in CloudWatch.",
          "20 refreshes in the proof.",
        ],
      ]
    `);
  });

  test('holds to what was given, and to what it is for', () => {
    const [, production] = safetyOptions({ ...question, given: { replicas: 2, auth: 'none' } });
    expect(production).toMatchObject({
      nodes: 3,
      summary: '3 nodes, survives the loss of a zone',
    });
    const [development, pubsub] = safetyOptions({ ...question, workload: 'pubsub' });
    expect([development?.nodes, pubsub?.facts.includes('No backups.')]).toEqual([1, true]);
    const alone = safetyOptions({ ...question, given: { replicas: 0, multiAz: false } })[1];
    expect(alone?.summary).toBe('1 node, data is lost with its zone');
    const [, still] = safetyOptions({ ...question, given: { multiAz: false } });
    expect(still?.summary).toMatch(/^2 nodes, no failover/);
  });

  test('has no price where that of the cache is not known', () => {
    const [development, production] = safetyOptions({ ...question, region: 'eu-west-1' });
    expect([development?.monthlyUsd, production?.monthlyUsd]).toEqual([undefined, undefined]);
  });

  const workloads = ['cache', 'sessions', 'queue', 'pubsub'] as const;
  test.each(
    workloads.flatMap((workload) => [true, false].map((serverless) => [workload, serverless] as const)),
  )('is for %s (serverless: %s) what the flags make of it', (workload, serverless) => {
    const size = serverless ? 'serverless' : ({ cacheNodeType: 'cache.t3.micro' } as const);
    for (const { preset, nodes, facts } of safetyOptions({ ...question, workload, size })) {
      const flags = { preset, workload, ...(serverless ? { serverless: true } : {}) };
      const inputs = resolveInputs('plan', { flags, environment: {} });
      if (!serverless) expect(nodes).toBe(1 + inputs.replicas.value);
      const days = inputs.snapshotRetention.value;
      expect(facts.join(' ')).toContain(days === 0 ? 'No backups.' : `kept ${days} days.`);
      expect(facts.join(' ')).toContain(
        { none: 'No password', token: 'AUTH token', rbac: 'A user with a password' }[authOf(inputs).value],
      );
      expect(facts.includes('No alarms.')).toBe(!inputs.monitoring.value);
    }
  });
});
