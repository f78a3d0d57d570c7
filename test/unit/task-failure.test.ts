/** Of several tasks of a revision that stopped, the one that tells why: the first, and the container that ended it. */
import { expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { Task } from '../../src/aws/ecs.ts';
import type { RunningService } from '../../src/domain/app.ts';
import type { Step } from '../../src/engine/resource.ts';
import { describeFailure, stoppedTasks } from '../../src/resources/services/task-failure.ts';

const stopped = (name: string, more: Partial<Task>): Task => ({
  taskArn: `arn:aws:ecs:us-east-1:111122223333:task/main/${name}`,
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/web:4',
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  containers: [],
  ...more,
});

const TASKS = [
  stopped('drains', { lastStatus: 'DEACTIVATING', stoppedReason: 'Task failed ELB health checks' }),
  stopped('second', { stoppedAt: 2_000, stoppedReason: 'Task failed container health checks' }),
  stopped('first', {
    stoppedAt: 1_000,
    stoppedReason: 'Essential container in task exited',
    containers: [
      { name: 'app', exitCode: 143 },
      { name: 'proxy', exitCode: 78 },
    ],
  }),
];

const container = (name: string) => ({
  name,
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': `/${name}`, 'awslogs-stream-prefix': 'ecs' },
  },
});
const app = {
  container: 'app',
  taskDefinition: { document: { containerDefinitions: [container('app'), container('proxy')] } },
} as unknown as RunningService;

test('the first failure is told, with the last lines of the container that others were stopped for', async () => {
  const ecs = { listTasks: () => Promise.resolve(['t']), describeTasks: () => Promise.resolve([...TASKS]) };
  const lines: Record<string, string> = {
    '/proxy ecs/proxy/first': 'no upstream at redis://:hunter2@db:6379',
    '/app ecs/app/first': 'told to end',
  };
  const logs = {
    filterLogEvents: (query: { logGroupName: string; logStreamNames: string[] }) =>
      Promise.resolve([{ message: lines[`${query.logGroupName} ${query.logStreamNames.join()}`] ?? '?' }]),
  };
  const warnings: string[] = [];
  const step = {
    warn: (_: string, message: string) => warnings.push(message),
    wait: async ({ probe }: { probe: () => Promise<{ value: unknown }> }) => (await probe()).value,
  } as unknown as Step;

  const failures = await stoppedTasks(ecs as unknown as Aws['ecs'], 'main', 'web');
  expect(await describeFailure(failures, app, { logs } as unknown as Pick<Aws, 'logs'>, step)).toBe(
    'Essential container in task exited, container proxy exited with 78',
  );
  expect(warnings).toEqual([expect.stringMatching(/^proxy: no upstream at redis:/) as string]);
  expect(warnings.join()).not.toContain('hunter2');
});
