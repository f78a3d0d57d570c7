/** The plan and what is asked about it, together in one window. */
import { afterAll, expect, test } from 'vitest';
import { openStage } from '../faults/scene.ts';
import { startSession } from './wizard-session.ts';

const stage = await openStage();
afterAll(() => stage.sandbox.close());

const ROWS = 24;

test('a first plan and its question stand in a window of 80 × 24, and the command is shown on request', async () => {
  await stage.withScene(async (scene) => {
    const session = startSession(['setup'], scene, stage.clock, [80, ROWS]);
    const sinceThePlan = (): string => {
      const text = session.window.text();
      return text.slice(text.lastIndexOf('\nPlan:') + 1);
    };
    await session.enterUntil('Which path');
    await session.answer('refreshPath', '/api/projects/demo/objects/count');
    await session.enterUntil('This plan:');
    const shown = sinceThePlan().split('\n');
    expect(shown.length, shown.join('\n')).toBeLessThanOrEqual(ROWS);
    expect(shown[0]).toBe('Plan: 4 made (+), 2 changed (~)');
    expect(shown.at(-1)).toContain('Ctrl-C leave');

    await session.choose('This plan:', 'Show the command');
    await session.asks('This plan:');
    await session.choose('This plan:', 'Leave');
    expect(await session.ended()).toBe(130);
    const [, command = ''] = /\n(npx elasticache-wizard [^]*? --yes)\n/.exec(sinceThePlan()) ?? [];
    const [, , ...words] = command.replaceAll('\\\n', '').replaceAll("'", '').split(/\s+/);
    expect(words).toEqual([
      ...['setup', '--ecs-cluster', 'collabcanvas', '--service', 'collabcanvas-backend'],
      ...['--env-profile', 'url', '--cache-name', 'collabcanvas-backend-redis'],
      ...['--cache-node-type', 'cache.t3.micro', '--workload', 'cache'],
      ...['--refresh-path', '/api/projects/demo/objects/count', '--refresh-value', '$.count'],
      ...['--region', 'us-east-1', '--poll-interval', '60', '--yes'],
    ]);
  });
});
