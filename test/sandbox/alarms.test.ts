/** Alarms on a project's cache: made, kept right, told of, and gone with it; those of others are left alone. */
import type { DescribeAlarmsOutput, MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { ListSubscriptionsByTopicResponse, ListTopicsResponse } from '@aws-sdk/client-sns';
import { afterAll, describe, expect, test } from 'vitest';
import { DESTROY, openStage, SETUP, type Scene } from '../faults/scene.ts';
import { accountCalls, type AccountCall } from './account-calls.ts';
import type { Ended } from './command-line.ts';
import { inMatrix } from '../matrix.ts';

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const PROJECT = 'collabcanvas-backend';
const CACHE = 'collabcanvas-redis';
const QUICK = ['--no-probe', '--no-verify'];
const ALARMS = ['alarms', '--project', PROJECT, '--yes'];
const EMAIL = 'ops@example.com';
const TOPIC = `elasticache-wizard-${PROJECT}`;
const OF_NODES = [
  'connections',
  'cpu',
  'cpu-credits',
  'evictions',
  'memory',
  'network-in',
  'network-out',
  'swap',
];

const nameOf = (node: string, what: string): string =>
  `elasticache-wizard/${PROJECT}/${CACHE}/${node}/${what}`;

const namesOf = (nodes: readonly string[], whats: readonly string[]): string[] =>
  nodes.flatMap((node) => whats.map((what) => nameOf(node, what))).sort();

const callOf = ({ account }: Scene): AccountCall => accountCalls({ account }, stage.clock);

async function alarmsIn(scene: Scene): Promise<MetricAlarm[]> {
  return (await callOf(scene)<DescribeAlarmsOutput>('cloudwatch', 'DescribeAlarms')).MetricAlarms!;
}

async function names(scene: Scene): Promise<string[]> {
  return (await alarmsIn(scene)).map(({ AlarmName }) => AlarmName!).sort();
}

async function topics(scene: Scene): Promise<string[]> {
  const { Topics } = await callOf(scene)<ListTopicsResponse>('sns', 'ListTopics');
  return Topics!.map(({ TopicArn }) => TopicArn!.split(':').at(-1)!);
}

const topicArn = ({ account: { region, accountId } }: Scene, name = TOPIC): string =>
  `arn:aws:sns:${region}:${accountId}:${name}`;

async function put(scene: Scene, alarm: Partial<PutMetricAlarmInput>): Promise<void> {
  const [like = {}] = await alarmsIn(scene);
  await callOf(scene)('cloudwatch', 'PutMetricAlarm', {
    Namespace: 'AWS/ElastiCache',
    MetricName: 'Evictions',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    ...(alarm.AlarmName === like.AlarmName ? like : {}),
    ...alarm,
  });
}

function mustBeFine({ exitCode, result }: Ended): void {
  expect([result.error?.message, exitCode]).toEqual([undefined, 0]);
}

const warnings = ({ events }: Ended): unknown[] =>
  events.filter(({ type }) => type === 'warning').map(({ code }) => code);

/** With a project that is there already. */
async function withProject<T>(play: (scene: Scene) => Promise<T>, ...flags: string[]): Promise<T> {
  return stage.withScene(async (scene) => {
    mustBeFine(await scene.run([...SETUP, ...QUICK, ...flags]));
    return play(scene);
  });
}

test('each node gets its alarms and the project a topic; they are as they should be, and go with the project', async () => {
  await withProject(async (scene) => {
    const made = await scene.run([...ALARMS, '--alarm-email', EMAIL]);
    mustBeFine(made);
    expect(made.result.monthlyUsd).toBe(0.8);
    expect(await names(scene)).toEqual(namesOf(['001'], OF_NODES));
    for (const { AlarmActions } of await alarmsIn(scene)) expect(AlarmActions).toEqual([topicArn(scene)]);
    const { Subscriptions } = await callOf(scene)<ListSubscriptionsByTopicResponse>(
      'sns',
      'ListSubscriptionsByTopic',
      { TopicArn: topicArn(scene) },
    );
    expect(Subscriptions!.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([['email', EMAIL]]);
    expect(warnings(made)).toContain('alarms.unheard');

    const again = await scene.run([...ALARMS, '--alarm-email', EMAIL]);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    // Its metrics are of whole minutes.
    await scene.clock.sleep(5 * 60_000);
    const status = await scene.run(['status', '--project', PROJECT, '--strict', '--metrics']);
    mustBeFine(status);
    expect(status.result.driftNotes?.map(({ what }) => what)).toEqual([
      `nobody is told yet: ${EMAIL} must follow the link in the message that AWS has sent there`,
    ]);
    scene.account.sns.confirm(EMAIL);
    expect((await scene.run(['status', '--project', PROJECT])).result.driftNotes).toEqual([]);
    const memory = status.result.metrics?.find(({ what }) => what === 'memory');
    expect(memory).toMatchObject({ of: `${CACHE}-001`, limit: { threshold: 80 } });
    expect(memory!.current).toBeGreaterThan(0);
    expect(status.result.metrics?.find(({ what }) => what === 'hit rate')?.current).toBe(null);

    mustBeFine(await scene.run(DESTROY));
    expect([await names(scene), await topics(scene)]).toEqual([[], []]);
  });
});

inMatrix('a setup keeps the alarms of replicas that come and go', async () => {
  await withProject(async (scene) => {
    mustBeFine(await scene.run(ALARMS));
    const grown = await scene.run([...SETUP, ...QUICK, '--replicas', '1']);
    mustBeFine(grown);
    expect(await names(scene)).toEqual(namesOf(['001', '002'], [...OF_NODES, 'replication-lag']));
    mustBeFine(await scene.run([...SETUP, ...QUICK, '--replicas', '0']));
    expect(await names(scene)).toEqual(namesOf(['001'], OF_NODES));
    const again = await scene.run([...SETUP, ...QUICK]);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
  });
});

test('status tells what was changed, and alarms mends it', async () => {
  await withProject(async (scene) => {
    mustBeFine(await scene.run(ALARMS));
    const [first, second, third] = await alarmsIn(scene);
    const call = callOf(scene);
    await call('cloudwatch', 'DeleteAlarms', { AlarmNames: [first!.AlarmName] });
    const pager = topicArn(scene, 'pager');
    const theirs = { AlarmActions: [...second!.AlarmActions!, pager], OKActions: [pager] };
    await call('cloudwatch', 'PutMetricAlarm', { ...second, ...theirs, Threshold: 99 });
    await call('cloudwatch', 'PutMetricAlarm', { ...third, ActionsEnabled: false });
    const { result } = await scene.run(['status', '--project', PROJECT]);
    expect(result.drift?.map(({ what, now }) => [what, now])).toEqual([
      [`missing: ${first!.AlarmName}`, undefined],
      [`somebody has changed the threshold of ${second!.AlarmName}`, '99'],
      [`somebody has changed the action of ${third!.AlarmName}`, 'switched off'],
    ]);
    expect(result.drift![0]!.command).toBe(
      `elasticache-wizard alarms --project ${PROJECT} --region us-east-1`,
    );
    mustBeFine(await scene.run(ALARMS));
    expect((await scene.run(['status', '--project', PROJECT])).result.drift).toEqual([]);
    const mended = (await alarmsIn(scene)).find(({ AlarmName }) => AlarmName === second!.AlarmName);
    expect(mended).toMatchObject({ ...theirs, Threshold: second!.Threshold });
  });
});

test('alarms of others are never touched, and one that has our name stops the run', async () => {
  await withProject(async (scene) => {
    const theirs = {
      AlarmName: 'ours: evictions',
      Dimensions: [{ Name: 'CacheClusterId', Value: `${CACHE}-001` }],
    };
    await put(scene, theirs);
    await put(scene, { ...theirs, AlarmName: nameOf('001', 'evictions') });
    const before = await alarmsIn(scene);
    const blocked = await scene.run(ALARMS);
    expect([blocked.exitCode, blocked.result.awsCalls.writes]).toEqual([4, 0]);
    expect(await alarmsIn(scene)).toEqual(before);
    await callOf(scene)('cloudwatch', 'DeleteAlarms', { AlarmNames: [nameOf('001', 'evictions')] });
    mustBeFine(await scene.run(ALARMS));
    mustBeFine(await scene.run([...ALARMS, '--no-monitoring']));
    expect([await names(scene), await topics(scene)]).toEqual([[theirs.AlarmName], []]);
    // What was taken away is not asked for again by a setup that says nothing of it.
    const again = await scene.run([...SETUP, ...QUICK]);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
  });
});

inMatrix('an account that takes few alarms at a time gets them all', async () => {
  await withProject(async (scene) => {
    const throttled = {
      kind: 'throttle',
      service: 'cloudwatch',
      action: 'PutMetricAlarm',
      times: 30,
    } as const;
    stage.sandbox.faults.add({ ...throttled, accessKeyId: scene.account.accessKeyId });
    mustBeFine(await scene.run(ALARMS));
    expect(await names(scene)).toEqual(namesOf(['001'], OF_NODES));
  });
});

inMatrix('a topic of theirs is used as it is, kept by later runs, and outlives the project', async () => {
  await withProject(async (scene) => {
    const named = [...ALARMS, '--sns-topic', topicArn(scene, 'ops')];
    const absent = await scene.run(named);
    expect([absent.exitCode, absent.result.error?.message]).toEqual([
      4,
      expect.stringContaining('There is no SNS topic') as string,
    ]);
    mustBeFine(await scene.run(ALARMS));
    const Attributes = { KmsMasterKeyId: 'alias/aws/sns' };
    await callOf(scene)('sns', 'CreateTopic', { Name: 'sealed', Attributes });
    const sealed = await scene.run([...ALARMS, '--sns-topic', topicArn(scene, 'sealed')]);
    expect([sealed.exitCode, sealed.result.error?.message]).toEqual([
      4,
      expect.stringContaining('is encrypted with alias/aws/sns') as string,
    ]);
    await callOf(scene)('sns', 'CreateTopic', { Name: 'ops' });
    mustBeFine(await scene.run(named));
    mustBeFine(await scene.run(ALARMS));
    const told = new Set((await alarmsIn(scene)).flatMap(({ AlarmActions }) => AlarmActions));
    expect([...told]).toEqual([topicArn(scene, 'ops')]);
    mustBeFine(await scene.run(DESTROY));
    expect([await names(scene), await topics(scene)]).toEqual([[], ['sealed', 'ops']]);
  });
});

inMatrix('a cache that nobody of us has set up is watched by its name', async () => {
  await withProject(async (scene) => {
    const call = callOf(scene);
    await call('ec2', 'DeleteTags', await anchorOf(scene));
    const watch = ['alarms', '--cache-name', CACHE, '--yes'];
    mustBeFine(await scene.run(watch));
    expect((await names(scene))[0]).toBe(`elasticache-wizard/${CACHE}/${CACHE}/001/connections`);
    const again = await scene.run(watch);
    expect([again.exitCode, again.result.awsCalls.writes]).toEqual([0, 0]);
    mustBeFine(await scene.run([...watch, '--no-monitoring']));
    expect([await names(scene), await topics(scene)]).toEqual([[], []]);
  });
});

async function anchorOf(scene: Scene): Promise<{ Resources: string[] }> {
  const { SecurityGroups } = await callOf(scene)<{ SecurityGroups: { GroupId: string }[] }>(
    'ec2',
    'DescribeSecurityGroups',
    { Filters: [{ Name: 'group-name', Values: [`${CACHE}-sg`] }] },
  );
  return { Resources: SecurityGroups.map(({ GroupId }) => GroupId) };
}

describe('where alarms are not allowed', () => {
  test.each([
    ['a preset alone goes on without them', ['--preset', 'production', '--auth', 'none'], 0],
    ['who asks for them is told what is missing', ['--monitoring'], 3],
  ])('%s', async (_, flags, exitCode) => {
    await stage.withScene(async (scene) => {
      const { accessKeyId } = scene.account;
      stage.sandbox.faults.add({ kind: 'access-denied', service: 'cloudwatch', accessKeyId });
      stage.sandbox.faults.add({ kind: 'access-denied', service: 'sns', accessKeyId });
      const ended = await scene.run([...SETUP, ...QUICK, ...flags]);
      expect([ended.exitCode, await names(scene), await topics(scene)]).toEqual([exitCode, [], []]);
      if (exitCode !== 0) expect(ended.result.error?.message).toContain('sns:GetTopicAttributes');
    });
  });
});

test('the policy that is printed for it is enough, and those of status and destroy see and remove what it made', async () => {
  await withProject(async (scene) => {
    const allowOnly = async (command: string): Promise<void> => {
      stage.sandbox.setPolicy(undefined, scene.account.accessKeyId);
      const named = ['--project', PROJECT, '--region', 'us-east-1', '--cache-name', CACHE];
      const { events } = await scene.run(['policy', '--for', command, ...named]);
      const printed = events.find(({ type }) => type === 'policy');
      stage.sandbox.setPolicy(printed?.document, scene.account.accessKeyId);
    };
    await allowOnly('alarms');
    mustBeFine(await scene.run([...ALARMS, '--alarm-email', EMAIL]));
    mustBeFine(await scene.run([...ALARMS, '--no-monitoring']));
    mustBeFine(await scene.run(ALARMS));
    await allowOnly('status');
    const status = await scene.run(['status', '--project', PROJECT, '--metrics']);
    mustBeFine(status);
    expect(status.result.driftUnseen).toEqual([]);
    await allowOnly('destroy');
    mustBeFine(await scene.run(DESTROY));
    expect([await names(scene), await topics(scene)]).toEqual([[], []]);
  });
});
