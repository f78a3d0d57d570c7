/** Alarms made, or taken away, by a run that is killed at any of its writes, are so after the next one, as if nothing had been. */
import type { DescribeAlarmsOutput, ListTagsForResourceOutput } from '@aws-sdk/client-cloudwatch';
import type { ListSubscriptionsByTopicResponse, ListTopicsResponse } from '@aws-sdk/client-sns';
import { afterAll, describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../src/cli/applying/lease.ts';
import { accountCalls } from '../sandbox/account-calls.ts';
import { deathsIn, type Death } from './mortal-world.ts';
import { DESTROY, openStage, sample, type Scene } from './scene.ts';
import { SETUP_ALONE } from './undoing.ts';

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const MAKE = ['alarms', '--project', 'collabcanvas-backend', '--alarm-email', 'ops@example.com', '--yes'];
const REMOVE = ['alarms', '--project', 'collabcanvas-backend', '--no-monitoring', '--yes'];

/** Everything that `alarms` may have left; who has put it there when is no part of it. */
async function picture({ account }: Scene): Promise<unknown> {
  const call = accountCalls({ account }, stage.clock);
  const { MetricAlarms = [] } = await call<DescribeAlarmsOutput>('cloudwatch', 'DescribeAlarms');
  const alarms = await Promise.all(
    MetricAlarms.map(async ({ AlarmName, AlarmArn, MetricName, Threshold, Dimensions, AlarmActions }) => {
      const { Tags } = await call<ListTagsForResourceOutput>('cloudwatch', 'ListTagsForResource', {
        ResourceARN: AlarmArn,
      });
      return { AlarmName, MetricName, Threshold, Dimensions, AlarmActions, Tags };
    }),
  );
  const { Topics } = await call<ListTopicsResponse>('sns', 'ListTopics');
  const told = await Promise.all(
    Topics!.map(async (topic) => {
      const { Subscriptions } = await call<ListSubscriptionsByTopicResponse>(
        'sns',
        'ListSubscriptionsByTopic',
        topic,
      );
      return Subscriptions!.map(({ Endpoint }) => Endpoint);
    }),
  );
  const { SecurityGroups } = await call<{ SecurityGroups: { GroupName: string; Tags?: unknown }[] }>(
    'ec2',
    'DescribeSecurityGroups',
  );
  const anchors = SecurityGroups.filter(({ GroupName }) => GroupName === 'collabcanvas-redis-sg');
  return {
    alarms,
    topics: Topics,
    told: told.flat(),
    anchors: anchors.map(({ Tags }) => Tags),
  };
}

/** One account for all: what one run has made, the next takes away. */
const scene = await stage.openScene();
const setup = await scene.run(SETUP_ALONE);

async function unbroken(argv: readonly string[]) {
  const earlier = scene.calls().length;
  const ended = await scene.run(argv);
  return { ended, calls: scene.calls().slice(earlier), picture: await picture(scene) };
}

const made = await unbroken(MAKE);
const removed = await unbroken(REMOVE);

test('alarms that nothing happens to are made, and are removed', () => {
  expect([setup, made.ended, removed.ended].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(made.picture).toMatchObject({ topics: [{}], told: ['ops@example.com'] });
  expect(removed.picture).toMatchObject({ alarms: [], topics: [], told: [] });
});

async function mustBecome(expected: unknown, argv: readonly string[], death: Death): Promise<void> {
  await scene.runKilled(argv, death);
  await stage.clock.sleep(LEASE_MS);
  const ended = await scene.run(argv);
  expect([ended.result.error?.message, ended.exitCode]).toEqual([undefined, 0]);
  expect(await picture(scene)).toEqual(expected);
}

describe('alarms whose making is killed are whole after the next run', () => {
  test.each(sample(deathsIn(made.calls), 23))('$moment of call $call, $action', async (death) => {
    await mustBecome(made.picture, MAKE, death);
    expect((await scene.run(REMOVE)).exitCode).toBe(0);
  });
});

describe('alarms whose removal is killed are gone after the next run', () => {
  test.each(sample(deathsIn(removed.calls), 11))('$moment of call $call, $action', async (death) => {
    expect((await scene.run(MAKE)).exitCode).toBe(0);
    await mustBecome(removed.picture, REMOVE, death);
  });
});

describe('a project that has alarms leaves none, wherever its destroy is killed', () => {
  const calls = ['cloudwatch:DeleteAlarms', 'sns:DeleteTopic'];
  test.each(sample(calls, 2))('before %s', async (action) => {
    await stage.withScene(async (fresh) => {
      expect((await fresh.run([...SETUP_ALONE, '--monitoring'])).exitCode).toBe(0);
      const [service = '', name = ''] = action.split(':');
      const { accessKeyId } = fresh.account;
      stage.sandbox.faults.add({ kind: 'reset', service, action: name, accessKeyId });
      expect((await fresh.run(DESTROY)).exitCode).not.toBe(0);
      stage.sandbox.faults.clear();
      expect((await fresh.run(DESTROY)).result.error?.message).toBeUndefined();
      expect(await picture(fresh)).toEqual({ alarms: [], topics: [], told: [], anchors: [] });
    });
  });
});
