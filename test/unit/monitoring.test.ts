/** Whether the caches of a project are watched, and whom their alarms tell: as it was said, else as it is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { wantedMonitoring } from '../../src/cli/opening/monitoring.ts';
import { readConfigFile } from '../../src/inputs/config-file.ts';
import { resolveProjectInputs } from '../../src/inputs/project-inputs.ts';
import { checkRules } from '../../src/inputs/rules.ts';
import { resolveInputs, type Inputs } from '../../src/inputs/resolve.ts';

const IDENTITY = { account: '111122223333', region: 'eu-west-1', partition: 'aws', arn: 'arn:me' };
const OURS = 'arn:aws:sns:eu-west-1:111122223333:elasticache-wizard-shop';
const OPS = 'arn:aws:sns:eu-west-1:111122223333:ops';
const NONE = [{ alarmTopicArn: undefined }];

const inputs = (flags: Record<string, string | boolean> = {}): Inputs =>
  resolveInputs('setup', { flags, environment: {} });
const wanted = (flags: Record<string, string | boolean>, noted?: string) =>
  wantedMonitoring(inputs(flags), 'shop', IDENTITY, noted === undefined ? NONE : [{ alarmTopicArn: noted }]);

describe('a setup', () => {
  test.each([
    ['watches nothing unasked', {}, undefined, undefined],
    ['watches in production, where it is allowed', { preset: 'production' }, undefined, [OURS, true]],
    ['watches where that is said', { monitoring: true }, undefined, [OURS, false]],
    ['watches where somebody is to be told', { alarmEmail: 'ops@example.com' }, undefined, [OURS, false]],
    ['tells the topic that is named', { snsTopic: OPS }, undefined, [OPS, false]],
    ['keeps what is watched', {}, OPS, [OPS, true]],
    ['keeps the topic that was named before', { monitoring: true }, OPS, [OPS, false]],
    ['leaves what is watched where it shall not watch', { monitoring: false }, OPS, undefined],
    [
      'watches nothing in production where it shall not',
      { preset: 'production', monitoring: false },
      undefined,
      undefined,
    ],
  ] as const)('%s', (_, flags, noted, expected) => {
    const monitoring = wanted(flags, noted);
    expect(monitoring && [monitoring.topicArn, monitoring.optional]).toEqual(expected);
  });

  test('lets its alarms tell another topic than before, and that one no more', () => {
    expect(wanted({ snsTopic: OPS }, OURS)).toMatchObject({
      topicArn: OPS,
      topicIsOurs: false,
      replacedTopicArn: OURS,
    });
    expect(wanted({ alarmEmail: 'ops@example.com' }, OPS)).toMatchObject({
      topicArn: OURS,
      topicIsOurs: true,
      replacedTopicArn: OPS,
    });
  });

  test('refuses a topic of another region', () => {
    expect(() => wanted({ snsTopic: OPS.replace('eu-west-1', 'us-east-1') })).toThrow(/not in eu-west-1/);
  });
});

describe('a run stops before it has begun where', () => {
  test.each([
    [{ snsTopic: OPS, alarmEmail: 'ops@example.com' }, /--alarm-email.*--sns-topic/],
    [{ monitoring: false, snsTopic: OPS }, /--sns-topic has no meaning with --no-monitoring/],
    [{ snsTopic: OPS, region: 'us-east-1' }, /--sns-topic is in eu-west-1/],
  ])('%j', (flags, sentence) => {
    expect(() =>
      checkRules('alarms', { inputs: resolveInputs('alarms', { flags, environment: {} }) }),
    ).toThrow(sentence);
  });

  test.each([
    ['snsTopic', 'arn:aws:sqs:eu-west-1:111122223333:ops'],
    ['snsTopic', `${OPS}.fifo`],
    ['alarmEmail', 'nobody'],
  ])('%s is %s', (name, value) => {
    expect(() => inputs({ [name]: value })).toThrow(/must be/);
  });
});

describe('a config file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function read(section: string) {
    const path = join(folder, 'project.yaml');
    writeFileSync(
      path,
      `caches: [{ name: web }]\nconsumers: [{ service: shop, ecsCluster: web }]\n${section}\n`,
    );
    return resolveProjectInputs('setup', { flags: {}, environment: {} }, readConfigFile(path)).inputs;
  }

  test('says in its section monitoring whether, and whom', () => {
    const { monitoring, alarmEmail } = read('monitoring: { enabled: true, alarmEmail: ops@example.com }');
    expect([monitoring, alarmEmail]).toEqual([
      { value: true, origin: 'config' },
      { value: 'ops@example.com', origin: 'config' },
    ]);
  });

  test('is told which of its keys there is none of', () => {
    expect(() => read('monitoring: { email: ops@example.com }')).toThrow(/monitoring\.email/);
  });
});
