/** Who else answers behind the load balancer of a service. */
import { expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { strangersAmong } from '../../src/checks/refresh/strangers.ts';
import type { App } from '../../src/domain/app.ts';
import { contextOf, world } from './checked-world.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/canvas/1';

interface Target {
  readonly id: string;
  readonly state: string;
}

function ask(targets: readonly Target[], app: Partial<App> = {}) {
  const { app: canvas } = contextOf(world());
  const ecs = {
    listTasks: (_: string, { desiredStatus }: { desiredStatus: string }) => Promise.resolve([desiredStatus]),
    describeTasks: () =>
      Promise.resolve([{ privateIpAddress: '10.0.1.11' }, { privateIpAddress: '10.0.1.12' }]),
  };
  const elbv2 = {
    describeTargetHealth: () => Promise.resolve(targets.map((each) => ({ ...each, port: 80 }))),
  };
  const group = { targetGroupArn: TARGET_GROUP, targetType: 'ip' } as App['targetGroups'][number];
  const asked = { ...canvas, targetGroups: [group], ...app };
  return strangersAmong(asked, { ecs, elbv2 } as unknown as Aws, ['--region', 'us-east-1']);
}

const OWN = { id: '10.0.1.11', state: 'healthy' };
const OTHER = { id: '10.0.9.9', state: 'healthy' };

test('a target that is no task of the service is named, with the command that takes it away', async () => {
  expect(await ask([OWN, OTHER])).toMatchObject({
    said: '10.0.9.9 answers visitors beside the tasks of canvas-backend, and is none of them',
    fix: `aws elbv2 deregister-targets --target-group-arn ${TARGET_GROUP} --targets 'Id=10.0.9.9,Port=80' --region us-east-1`,
  });
});

test('tasks that are on their way out are the service’s own, and who drains answers nobody', async () => {
  const leaving = { id: '10.0.1.12', state: 'healthy' };
  expect(await ask([OWN, leaving, { ...OTHER, state: 'draining' }])).toBeUndefined();
});

test('instances that many services share tell nothing', async () => {
  const targetGroups = [
    { targetGroupArn: TARGET_GROUP, targetType: 'instance' },
  ] as unknown as App['targetGroups'];
  expect(await ask([OTHER], { targetGroups })).toBeUndefined();
});
