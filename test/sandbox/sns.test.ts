/** Topics as their users meet them: through the SDK. */
import { SNS } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { bare } from '../../src/sandbox/scenarios/bare.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { PROGRAMS } from './command-line.ts';

const EMAIL = { Protocol: 'email', Endpoint: 'ops@shop.example' };

let sandbox: Sandbox;
let sns: SNS;

beforeAll(async () => {
  sandbox = await startSandbox({ scenario: bare, programsFolder: PROGRAMS, clock: new VirtualClock() });
  sns = new SNS({
    endpoint: sandbox.endpointUrl,
    region: sandbox.region,
    maxAttempts: 1,
    credentials: { accessKeyId: sandbox.env['AWS_ACCESS_KEY_ID']!, secretAccessKey: 'secret' },
  });
});

afterAll(async () => {
  sns.destroy();
  await sandbox.close();
});

async function control(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; document: unknown }> {
  const response = await fetch(`${sandbox.endpointUrl}/_sandbox/${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.controlToken}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, document: await response.json() };
}

describe('a topic', () => {
  let TopicArn: string;

  beforeAll(async () => {
    const made = await sns.createTopic({ Name: 'alarms', Tags: [{ Key: 'project', Value: 'shop' }] });
    TopicArn = made.TopicArn!;
  });

  test('is the same when it is made again, and refused when it would be another', async () => {
    expect(await sns.createTopic({ Name: 'alarms' })).toMatchObject({ TopicArn });
    expect((await sns.listTopics({})).Topics).toEqual([{ TopicArn }]);
    await expect(
      sns.createTopic({ Name: 'alarms', Tags: [{ Key: 'project', Value: 'another' }] }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Tags Reason: Topic already exists with different tags',
    });
    await expect(sns.createTopic({ Name: 'shop alarms' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Topic Name',
    });
  });

  test('has tags', async () => {
    await sns.tagResource({ ResourceArn: TopicArn, Tags: [{ Key: 'of', Value: 'redis' }] });
    await sns.untagResource({ ResourceArn: TopicArn, TagKeys: ['project'] });
    const { Tags } = await sns.listTagsForResource({ ResourceArn: TopicArn });
    expect(Tags).toEqual([{ Key: 'of', Value: 'redis' }]);
  });

  test('reaches an e-mail address only after its owner has confirmed', async () => {
    expect(await sns.subscribe({ TopicArn, ...EMAIL })).toMatchObject({
      SubscriptionArn: 'pending confirmation',
    });
    await sns.subscribe({ TopicArn, ...EMAIL });
    expect((await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions).toMatchObject([
      { SubscriptionArn: 'PendingConfirmation', ...EMAIL, TopicArn },
    ]);
    await expect(sns.unsubscribe({ SubscriptionArn: 'PendingConfirmation' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await sns.publish({ TopicArn, Message: 'too early' });

    expect(await control('POST', 'confirmations', { endpoint: EMAIL.Endpoint })).toEqual({
      status: 200,
      document: { confirmed: 1 },
    });
    expect((await control('POST', 'confirmations', { endpoint: EMAIL.Endpoint })).status).toBe(400);
    await sns.publish({ TopicArn, Message: 'memory', Subject: 'ALARM' });

    expect((await control('GET', 'messages')).document).toMatchObject([
      { topicArn: TopicArn, message: 'too early', deliveredTo: [] },
      { subject: 'ALARM', message: 'memory', deliveredTo: [{ protocol: 'email', endpoint: EMAIL.Endpoint }] },
    ]);
    expect((await sns.getTopicAttributes({ TopicArn })).Attributes).toMatchObject({
      SubscriptionsConfirmed: '1',
      SubscriptionsPending: '0',
    });
  });

  test('lists its subscriptions in pages', async () => {
    const others = Array.from({ length: 100 }, (_, index) => `${index}@shop.example`);
    for (const Endpoint of others) await sns.subscribe({ TopicArn, Protocol: 'email', Endpoint });
    const first = await sns.listSubscriptionsByTopic({ TopicArn });
    const second = await sns.listSubscriptionsByTopic({ TopicArn, NextToken: first.NextToken });
    expect([first, second].map(({ Subscriptions }) => Subscriptions?.length)).toEqual([100, 1]);

    const { SubscriptionArn } = first.Subscriptions![0]!;
    await sns.unsubscribe({ SubscriptionArn });
    await sns.unsubscribe({ SubscriptionArn });
    expect((await sns.listSubscriptionsByTopic({ TopicArn })).NextToken).toBeUndefined();
  });

  test('is gone with its subscriptions when it is deleted, which may be said twice', async () => {
    await sns.deleteTopic({ TopicArn });
    await sns.deleteTopic({ TopicArn });
    const gone = { name: 'NotFoundException', message: 'Topic does not exist' };
    await expect(sns.listSubscriptionsByTopic({ TopicArn })).rejects.toMatchObject(gone);
    await expect(sns.publish({ TopicArn, Message: 'hello' })).rejects.toMatchObject(gone);
    await expect(sns.listTagsForResource({ ResourceArn: TopicArn })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

test('who may do nothing is told so in words of SNS', async () => {
  sandbox.setPolicy({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sns:ListTopics', Resource: '*' }],
  });
  expect(await sns.listTopics({})).toMatchObject({ Topics: [] });
  await expect(sns.createTopic({ Name: 'alarms' })).rejects.toMatchObject({
    name: 'AuthorizationErrorException',
    message: expect.stringContaining(
      'is not authorized to perform: sns:CreateTopic on resource: arn:aws:sns:',
    ) as unknown,
  });
  sandbox.setPolicy(undefined);
});
