/** Close-Up: an API in Mumbai whose Redis is still on somebody's laptop, and that goes on without it. */
import { describe, expect, it } from 'vitest';
import type { DescribeServicesResponse, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { VirtualClock } from '../../src/clock.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { closeUp } from '../../src/sandbox/scenarios/close-up.ts';
import { accountCalls } from './account-calls.ts';
import { PROGRAMS } from './command-line.ts';

describe('close-up', () => {
  it('answers in its own region, each task with counts of its own, and reads its Redis in parts', async () => {
    const clock = new VirtualClock();
    const sandbox = await startSandbox({
      scenario: closeUp({ programsFolder: PROGRAMS }),
      programsFolder: PROGRAMS,
      clock,
    });
    try {
      expect(sandbox.region).toBe('ap-south-1');
      expect(sandbox.env['AWS_REGION']).toBe('ap-south-1');
      const views: { views: number; from: string }[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        const response = await fetch(`${sandbox.appUrl!}/views/home`);
        views.push((await response.json()) as { views: number; from: string });
      }
      expect(views.map(({ views: count }) => count).toSorted()).toEqual([1, 1, 2, 2]);
      expect(new Set(views.map(({ from }) => from))).toEqual(new Set(['memory']));

      const call = accountCalls(sandbox, clock);
      const { services } = await call<DescribeServicesResponse>('ecs', 'DescribeServices', {
        cluster: 'close-up',
        services: ['close-up-api'],
      });
      const { taskDefinition } = await call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', {
        taskDefinition: services![0]!.taskDefinition,
      });
      const variables = taskDefinition!.containerDefinitions![0]!.environment!;
      expect(variables).toContainEqual({ name: 'REDIS_HOST', value: 'localhost' });
      expect(variables.map(({ name }) => name)).not.toContain('REDIS_TLS');
    } finally {
      await sandbox.close();
    }
  });
});
